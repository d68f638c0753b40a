"""Parked events over HTTP: for administrators only, and a replayed one does what it should have done."""

from typing import Any

import pytest

from domain.access import Role
from domain.companions import AuditRecord, beside
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import Faulty
from tests.blueprints.test_consumer import LAST, inventory, placed, record, reserved
from usecases.ports.store import Query, StoreBusy

LETTERS = "/api/admin/dead-letters"


async def parked(web: Web) -> str:
    """A new order's OrderCreated that inventory could not apply; the letter's id."""
    created = await placed(web)
    whole = web.shop.store
    web.change(store=Faulty(web, **{created.key: StoreBusy("away")}))
    await web.deliver(inventory(web), [created], retry=LAST)
    web.change(store=whole)
    ((id, *_),) = await waiting(web)
    return str(id)


async def waiting(web: Web, query: str = "") -> list[tuple[Any, ...]]:
    """Id, group, type, reason and attempts of what waits."""
    items = (await web.get(f"{LETTERS}{query}", **web.token(Role.ADMIN))).json()["items"]
    names = ("id", "group", "event_type", "reason", "attempts")
    return [tuple(one[name] for name in names) for one in items]


async def test_a_replayed_event_is_applied_and_no_longer_waits(web: Web) -> None:
    id = await parked(web)
    assert await waiting(web) == [(id, "inventory", "OrderCreated", "gave_up", 6)]

    answer = await web.send("POST", f"{LETTERS}/{id}/replay", **web.token(Role.ADMIN))
    await web.pump()

    assert answer.json()["replayed_at"] is not None
    assert len(await reserved(web)) == 1
    assert await waiting(web) == []
    assert [one[0] for one in await waiting(web, "?state=replayed")] == [id]


async def test_replaying_twice_does_it_once(web: Web) -> None:
    id, admin = await parked(web), web.token(Role.ADMIN)

    for _ in range(2):
        answer = await web.send("POST", f"{LETTERS}/{id}/replay", **admin)
        assert answer.status_code == 200
    await web.pump()

    assert len(await reserved(web)) == 1


async def test_what_cannot_be_replayed_says_why(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    await web.deliver(inventory(web), [record(b"not json")])
    ((id, *_),) = await waiting(web)

    assert code(await web.send("POST", f"{LETTERS}/{id}/replay", **admin)) == (
        422,
        "NOT_REPLAYABLE",
    )
    assert code(await web.send("POST", f"{LETTERS}/nobody:e-1/replay", **admin)) == (
        404,
        "DEAD_LETTER_NOT_FOUND",
    )


async def test_who_replayed_is_on_record(web: Web) -> None:
    id = await parked(web)
    await web.send("POST", f"{LETTERS}/{id}/replay", **web.token(Role.ADMIN))

    kept = await web.shop.store.find(beside(AuditRecord, "DeadLetters"), Query("order-events"))
    assert sorted(one.actor_type for one in kept.items) == ["admin", "system"]


async def test_a_page_costs_a_query_for_each_hub_and_the_record_of_who_asks(web: Web) -> None:
    admin = web.token(Role.ADMIN)

    answers = [await web.get(f"{LETTERS}{query}", **admin) for query in ("", "?hub=order-events")]

    assert [answer.headers["x-store-operations"] for answer in answers] == ["8", "2"]


async def test_no_page_shows_what_the_event_says_of_people(web: Web) -> None:
    await parked(web)

    answer = await web.get(LETTERS, **web.token(Role.ADMIN))

    assert "body" not in answer.json()["items"][0]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.STAFF])
async def test_nobody_else_reads_or_replays(web: Web, role: Role) -> None:
    id = await parked(web)

    with web.unchanged():
        for method, path in (("GET", LETTERS), ("POST", f"{LETTERS}/{id}/replay")):
            assert code(await web.send(method, path, **web.token(role))) == (403, "FORBIDDEN")
            assert code(await web.send(method, path)) == (401, "UNAUTHORIZED")
