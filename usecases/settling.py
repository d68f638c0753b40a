"""Making partitions hold what they should, cheaply, and again after a crash.

A step writes one partition. It may run twice, concurrently and half a day later: it writes what should
be there, and nothing where that is there already. New things are written without looking first; only
where that is refused are they read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

from domain.access import Caller
from domain.entity import Document, Entity
from usecases.again import again
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Where
from usecases.shop import Shop

CHUNK = 48
"""Documents of one partition in one commit: with an audit record for each still under 100 operations."""

AT_ONCE = 128
"""Steps under way at once, so that the store can group their commits."""


@dataclass(slots=True)
class Wanted[E: Entity]:
    """What should stand in one partition and, by id, what should not; ``is_new`` where nothing is known."""

    kind: type[E]
    partition: str
    there: list[E] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    is_new: bool = True

    @property
    def ids(self) -> list[str]:
        """The ids of everything that this is about."""
        return [*(one.id for one in self.there), *self.gone]

    def parts(self) -> Iterable["Wanted[E]"]:
        """The same in parts that one commit takes."""
        for there in batched(self.there, CHUNK, strict=False):
            yield Wanted(self.kind, self.partition, list(there), [], self.is_new)
        for gone in batched(self.gone, CHUNK, strict=False):
            yield Wanted(self.kind, self.partition, [], list(gone), is_new=False)


@dataclass(frozen=True, slots=True)
class Settled[E: Entity]:
    """What one commit changes: documents put, the same as they were before, and documents removed."""

    puts: tuple[E, ...]
    replaced: tuple[E, ...]
    removes: tuple[E, ...]


type Beside[E: Entity] = Callable[[str, Settled[E]], Awaitable[Entity]]
"""A document that changes with the others, in the same batch: a summary of the partition."""


async def settle[E: Entity](
    shop: Shop, by: Caller, wanted: Iterable[Wanted[E]], beside: Beside[E] | None = None
) -> None:
    """Make each partition hold what is wanted: partitions at once, the parts of one in turn."""
    await together(_in_turn(shop, by, one, beside) for one in wanted)


async def put(shop: Shop, by: Caller, document: Entity, *, is_new: bool) -> None:
    """Make one document what it should be."""
    one = Wanted(type(document), document.partition, [document], is_new=is_new)
    await settle(shop, by, [one])


async def together(steps: Iterable[Awaitable[object]]) -> None:
    """Take all steps, at most ``AT_ONCE`` of them at a time; a single one needs no task of its own."""
    for some in batched(steps, AT_ONCE, strict=False):
        if len(some) == 1:
            await some[0]
        else:
            await asyncio.gather(*some)


async def found_by_id[E: Document](
    shop: Shop, kind: type[E], partition: str, ids: Sequence[str], *where: Where
) -> dict[str, E]:
    """Those of at most 100 documents of one partition that are there, by id; one operation."""
    if len(ids) == 1 and not where:
        found = await shop.store.get(kind, ids[0], partition)
        return {found.id: found} if found else {}
    conditions = (Where("id", "in", tuple(ids)), *where)
    query = Query(partition=partition, where=conditions, limit=MOST_ON_A_PAGE)
    return {one.id: one for one in (await shop.store.find(kind, query)).items}


def as_found[E: Entity](found: E, wanted: E) -> E:
    """The document as found, each field as wanted; its audit and what this release does not know stay."""
    names = type(wanted).model_fields.keys() - {"audit_head"}
    return found.but(**{name: getattr(wanted, name) for name in names})


async def _in_turn[E: Entity](
    shop: Shop, by: Caller, wanted: Wanted[E], beside: Beside[E] | None
) -> None:
    for part in wanted.parts():
        await _part(shop, by, part, beside)


async def _part[E: Entity](
    shop: Shop, by: Caller, part: Wanted[E], beside: Beside[E] | None
) -> None:
    blind = part.is_new

    async def step() -> None:
        nonlocal blind
        found = {} if blind else await found_by_id(shop, part.kind, part.partition, part.ids)
        blind = False
        settled = _settled(part, found)
        if not settled.puts and not settled.removes:
            return
        also = (await beside(part.partition, settled),) if beside else ()
        await shop.store.commit(Change(by=by, puts=(*settled.puts, *also), removes=settled.removes))

    await again(shop, step)


def _settled[E: Entity](part: Wanted[E], found: Mapping[str, E]) -> Settled[E]:
    puts, replaced = [], []
    for wanted in part.there:
        there = found.get(wanted.id)
        revised = as_found(there, wanted) if there else wanted
        if there and revised == there:
            continue
        puts.append(revised)
        replaced += [there] if there else []
    removes = tuple(found[id] for id in part.gone if id in found)
    return Settled(tuple(puts), tuple(replaced), removes)
