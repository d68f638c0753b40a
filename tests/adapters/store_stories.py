"""Random things to keep, ask and do, and what an end of the store makes of them."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.adapters.store_kinds import Crate, StillClock, change, pages, take
from usecases.ports.store import Query, Refused, Scan, Store, Where

_WORDS = st.sampled_from(["", "a", "ab", "b", "é", "\uffee", "\U0001f381", "1", "true"])
_NUMBERS = st.sampled_from([-1, 0, 1, 1.5, 2, 2.0, 10, 2**53 - 1])
_SCALARS = st.one_of(_WORDS, _NUMBERS, st.booleans())
_FACTS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"x": st.one_of(_SCALARS, st.none(), st.lists(st.one_of(_SCALARS, st.none()), max_size=3))}
    ),
)
_PATHS = st.sampled_from(["facts.x", "sequence", "created_at", "id"])
_LISTS = st.one_of(
    st.lists(_WORDS, max_size=3),
    st.lists(_NUMBERS, max_size=3),
    st.lists(st.booleans(), max_size=3),
)
_ASKED = st.one_of(_WORDS, _NUMBERS, st.sampled_from([10**30, -(2**63) - 1, 2**63]))
_CONDITIONS = st.one_of(
    st.builds(Where, _PATHS, st.sampled_from(["=", "!=", "has"]), _SCALARS),
    st.builds(Where, _PATHS, st.sampled_from(["<", "<=", ">", ">="]), st.one_of(_WORDS, _NUMBERS)),
    st.builds(Where, _PATHS, st.sampled_from(["in", "has any"]), _LISTS),
    st.builds(Where, _PATHS, st.just("prefix"), _WORDS),
    st.builds(Where, _PATHS, st.just("missing")),
)
QUERIES = st.builds(
    Query,
    partition=st.just("u-1"),
    where=st.lists(_CONDITIONS, max_size=2).map(tuple),
    order_by=st.sampled_from(["id", "sequence", "created_at"]),
    descending=st.booleans(),
    limit=st.integers(1, 4),
)


def crate_of(n: int, facts: dict[str, Any], sequence: Any, created_at: Any) -> Crate:
    return Crate(id=f"{n}", facts=facts, sequence=sequence, created_at=created_at, left=n)


ROWS = st.lists(
    st.tuples(_FACTS, st.none() | _NUMBERS | _WORDS, st.none() | _WORDS),
    max_size=9,
)


async def answers(store: Store, crates: Sequence[Crate], queries: Sequence[Query]) -> list[Any]:
    for crate in crates:
        await store.commit(change(crate))
    found: list[Any] = []
    for query in queries:
        asked = await pages(store, query)
        found.append([[crate.id for crate in page.items] for page in asked])
        scanned = await store.find(Crate, Scan(query.where))
        found.append(sorted(crate.id for crate in scanned.items))
    return found


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put stale", "remove", "take", "create", "wait"]),
        st.integers(0, 2),
        st.integers(-2, 3),
        st.sampled_from([None, None, 60]),
    ),
    max_size=14,
)


async def story(store: Store, clock: StillClock, steps: Sequence[Any]) -> list[Any]:
    """What becomes of the steps: each outcome, and the documents at the end, without their versions."""
    known: dict[int, Crate] = {}
    told: list[Any] = []
    for number, (verb, n, quantity, ttl) in enumerate(steps):
        try:
            told.append(await _step(store, clock, known, (verb, n, quantity, ttl, number)))
        except Refused as refused:
            told.append((type(refused).__name__, refused.entity_id))
    kept = [await store.get(Crate, str(n), "u-1") for n in range(3)]
    return [told, [crate and crate.document() for crate in kept]]


async def _step(
    store: Store, clock: StillClock, known: dict[int, Crate], step: tuple[Any, ...]
) -> str | None:
    verb, n, quantity, ttl, number = step
    if verb == "wait":
        await clock.sleep(40)
    elif verb == "create":
        (known[n],) = (await store.commit(change(Crate(id=str(n), left=2, ttl=ttl)))).entities
    elif verb == "take":
        await store.commit(change(Crate(id=f"h{number}"), takes=(take(quantity, str(n)),)))
    elif n in known and verb == "remove":
        await store.commit(change(removes=(known[n],)))
    elif n in known:
        fresh = await store.get(Crate, str(n), "u-1") if verb == "put" else known[n]
        await store.commit(change((fresh or known[n]).but(left=quantity, ttl=ttl)))
    return None
