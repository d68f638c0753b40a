"""Events that nobody could apply, as administrators read them, and publishing them again."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, ValidationError

from domain.access import Caller
from domain.cursor import opened, sealed
from domain.dead_letter import DeadLetter, LetterNotFound, NotReplayable
from domain.entity import Command
from domain.events import TYPES_BY_HUB, Event
from domain.model import View
from domain.moment import moment_text
from usecases.ports.store import Change, Position, Query, VersionConflict, Where
from usecases.shelves import cursor_keys
from usecases.shop import Shop

STATES: Final = {
    "waiting": Where("replayed_at", "missing"),
    "replayed": Where("replayed_at", ">", ""),
}


class ListLetters(Command):
    """Which parked events: those that wait for somebody, or those that were published again."""

    state: Literal["waiting", "replayed"] = "waiting"
    hub: Annotated[str, Field(max_length=50)] = ""
    reason: Annotated[str, Field(max_length=50)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""


class LetterLine(View):
    """A parked event: which group could not apply it, and why. Its body may name people, and is not shown."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    hub: str
    group: str
    event_id: str
    event_type: str
    reason: str
    detail: str
    attempts: int
    parked_at: datetime
    replayed_at: datetime | None


class LetterLines(View):
    """A page of them."""

    items: tuple[LetterLine, ...]
    next_cursor: str | None
    limit: int


async def list_letters(shop: Shop, asked: ListLetters) -> LetterLines:
    """A page of parked events, newest first; one query for each hub. Raises ``BadCursor``."""
    name = f"dead-letters:{asked.model_dump_json(exclude={'cursor', 'limit'})}"
    keys = await cursor_keys(shop)
    after = Position(*opened(asked.cursor, name, keys)) if asked.cursor else None
    hubs = [hub for hub in TYPES_BY_HUB if asked.hub in ("", hub)]
    pages = [await shop.store.find(DeadLetter, _query(asked, hub, after)) for hub in hubs]
    found = sorted((one for page in pages for one in page.items), key=_place, reverse=True)
    shown = found[: asked.limit]
    is_more = len(found) > asked.limit or any(page.next for page in pages)
    return LetterLines(
        items=tuple(map(LetterLine.model_validate, shown)),
        next_cursor=sealed(_place(shown[-1]), name, keys) if is_more else None,
        limit=asked.limit,
    )


async def replay(shop: Shop, caller: Caller, id: str) -> LetterLine:
    """Publish the parked event again, and say so on its letter. Safe to repeat: readers drop what they have applied.

    First the event, then the mark: a crash between leaves it waiting. An event that could not be applied again
    before the mark was written has changed its letter, which then waits on.

    Raises ``LetterNotFound``, ``NotReplayable``; ``EventsBusy`` where the hub does not take it.
    """
    letter = await _letter(shop, id)
    event = _event(letter)
    await shop.events.publish(letter.hub, event.subject, (event,))
    try:
        marked = letter.replayed(shop.clock.now())
        done = await shop.store.commit(Change(by=caller, puts=(marked,)))
    except VersionConflict:
        return LetterLine.model_validate(await _letter(shop, id))
    return LetterLine.model_validate(done.entities[0])


def _query(asked: ListLetters, hub: str, after: Position | None) -> Query:
    where = [STATES[asked.state]]
    if asked.reason:
        where.append(Where("reason", "=", asked.reason))
    return Query(
        hub, tuple(where), order_by="parked_at", descending=True, limit=asked.limit, after=after
    )


def _place(letter: DeadLetter) -> tuple[str, str]:
    return moment_text(letter.parked_at), letter.id


async def _letter(shop: Shop, id: str) -> DeadLetter:
    """The letter, in whichever hub's partition it lies."""
    for hub in TYPES_BY_HUB:
        letter = await shop.store.get(DeadLetter, id, hub)
        if letter is not None:
            return letter
    raise LetterNotFound


def _event(letter: DeadLetter) -> Event:
    try:
        return Event.model_validate_json(letter.body)
    except ValidationError:
        raise NotReplayable(reason=letter.reason) from None
