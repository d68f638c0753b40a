"""Tickets as customers see them, over HTTP."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.access import Role
from domain.ticket import Ticket
from tests.blueprints.goods import CANDLE, ORDER
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import Hooked
from tests.issuer_desk import access_token, id_of
from usecases.ports.store import Change, Scan

TICKETS = "/api/tickets"
ASKED = {"type": "delivery", "subject": "Where is it?", "description": "It is not here."}


def other(web: Web) -> dict[str, str]:
    """The header of another customer."""
    return {"Authorization": f"Bearer {access_token(web.shop.secret, 'customer2')}"}


async def opened(web: Web, **more: str) -> Any:
    """A ticket that the customer has opened."""
    answer = await web.send("POST", TICKETS, ASKED, **web.token(Role.CUSTOMER), **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def all_tickets(web: Web) -> tuple[Ticket, ...]:
    return (await web.shop.store.find(Ticket, Scan())).items


async def test_a_customer_asks_and_looks_and_adds_something(web: Web) -> None:
    me = web.token(Role.CUSTOMER)

    ticket = await opened(web)
    path = f"{TICKETS}/{ticket['ticket_number']}"
    added = await web.send("POST", f"{path}/messages", {"message": "Hello?"}, **me)

    assert ticket == {
        "ticket_id": ticket["ticket_id"],
        "ticket_number": ticket["ticket_number"],
        "type": "delivery",
        "subject": "Where is it?",
        "status": "new",
        "priority": "normal",
        "order_id": "",
        "created_at": ticket["created_at"],
        "updated_at": ticket["created_at"],
        "description": "It is not here.",
        "resolution": "",
        "resolved_at": None,
        "messages": [
            {
                "author_type": "customer",
                "message": "It is not here.",
                "created_at": ticket["created_at"],
            }
        ],
    }
    assert added.status_code == 201
    assert (added.json()["message"]["message"], added.json()["status"]) == ("Hello?", "new")
    seen = await web.get(path, **me)
    assert [one["message"] for one in seen.json()["messages"]] == ["It is not here.", "Hello?"]
    assert seen.headers["cache-control"] == "no-store"
    known = await web.get(path, **me, **{"If-None-Match": seen.headers["etag"]})
    assert known.status_code == 304


async def test_ones_own_tickets_are_listed_a_page_at_a_time(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    first, second = await opened(web), await opened(web)

    newest = (await web.get(f"{TICKETS}?limit=1", **me)).json()
    rest = (await web.get(f"{TICKETS}?limit=1&cursor={newest['next_cursor']}", **me)).json()

    found = [page["items"][0]["ticket_id"] for page in (newest, rest)]
    assert found == [second["ticket_id"], first["ticket_id"]]
    assert (rest["next_cursor"], newest["limit"]) == (None, 1)
    assert code(await web.get(f"{TICKETS}?cursor=x", **me)) == (400, "INVALID_CURSOR")
    assert (await web.get(TICKETS, **other(web))).json()["items"] == []


async def test_anothers_ticket_is_not_there(web: Web) -> None:
    ticket = await opened(web)
    path = f"{TICKETS}/{ticket['ticket_id']}"
    await web.get(TICKETS, **other(web))

    with web.unchanged():
        seen = await web.get(path, **other(web))
        added = await web.send("POST", f"{path}/messages", {"message": "Mine"}, **other(web))

    assert code(seen) == code(added) == (404, "TICKET_NOT_FOUND")


@pytest.mark.parametrize("id", ["x", "00000000-0000-0000-0000-000000000000", "%00", "\u00fc"])
async def test_what_is_no_ticket_is_not_found(web: Web, id: str) -> None:
    answer = await web.get(f"{TICKETS}/{id}", **web.token(Role.CUSTOMER))

    assert code(answer) == (404, "TICKET_NOT_FOUND")


async def test_an_order_is_named_that_is_ones_own(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    await web.send("POST", "/api/cart/items", {"product_id": CANDLE}, **me)
    order = (await web.send("POST", "/api/orders", ORDER, **me)).json()
    about = ASKED | {"order_id": order["order_number"]}

    mine = await web.send("POST", TICKETS, about, **me)
    theirs = await web.send("POST", TICKETS, about, **other(web))

    assert mine.json()["order_id"] == order["id"]
    assert code(theirs) == (404, "ORDER_NOT_FOUND")


@pytest.mark.parametrize(
    ("but", "field"),
    [
        ({"type": "incident"}, "type"),
        ({"priority": "now"}, "priority"),
        ({"subject": "  "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"description": ""}, "description"),
        ({"description": "x" * 5_001}, "description"),
        ({"status": "closed"}, "status"),
        ({"user_id": "somebody else"}, "user_id"),
    ],
)
async def test_what_is_not_valid_is_named(web: Web, but: dict[str, str], field: str) -> None:
    me = web.token(Role.CUSTOMER)
    await web.get(TICKETS, **me)

    with web.unchanged():
        answer = await web.send("POST", TICKETS, ASKED | but, **me)

    assert code(answer) == (400, "INVALID_REQUEST")
    assert [one["field"] for one in answer.json()["error"]["details"]["fields"]] == [field]


async def test_the_longest_text_is_taken(web: Web) -> None:
    body = ASKED | {"subject": "\u00fc" * 200, "description": "\U0001f384" * 5_000}

    answer = await web.send("POST", TICKETS, body, **web.token(Role.CUSTOMER))

    assert answer.status_code == 201


@pytest.mark.parametrize("kind", ["ticket-pointer", "ticket", "outbox", "kept-answer"])
async def test_one_key_opens_one_ticket_also_after_a_crash(web: Web, kind: str) -> None:
    """The process dies ahead of one of its commits; the lease runs out, and the client tries again."""
    whole, headers = web.shop.store, web.token(Role.CUSTOMER) | {"Idempotency-Key": "k"}
    web.change(store=Hooked(web, dies_at(kind)))
    died = await web.send("POST", TICKETS, ASKED, **headers)
    web.change(store=whole)
    early = await web.send("POST", TICKETS, ASKED, **headers)
    web.clock.move(31)

    again = await web.send("POST", TICKETS, ASKED, **headers)
    replayed = await web.send("POST", TICKETS, ASKED, **headers)

    assert (died.status_code, code(early)) == (500, (409, "IDEMPOTENCY_KEY_IN_FLIGHT"))
    assert (again.status_code, replayed.headers["idempotent-replayed"]) == (201, "true")
    assert [ticket.ticket_id for ticket in await all_tickets(web)] == [again.json()["ticket_id"]]
    other_body = await web.send("POST", TICKETS, ASKED | {"subject": "Else"}, **headers)
    assert code(other_body) == (422, "IDEMPOTENCY_KEY_REUSED")


def dies_at(kind: str) -> Callable[[Change], Awaitable[None]]:
    """A process that dies ahead of the first commit of that kind, and does nothing more."""
    dead = False

    async def stop(change: Change) -> None:
        nonlocal dead
        one = (*change.puts, *change.removes)[0]
        is_answer = kind == "kept-answer" and getattr(one, "status", None)
        dead = dead or (one.kind == kind and (kind != "kept-answer" or bool(is_answer)))
        if dead:
            raise RuntimeError("the process died")

    return stop


async def test_one_key_says_one_thing_once(web: Web) -> None:
    path = f"{TICKETS}/{(await opened(web))['ticket_id']}"
    headers = web.token(Role.CUSTOMER) | {"Idempotency-Key": "k"}

    for _ in range(2):
        await web.send("POST", f"{path}/messages", {"message": "Hello?"}, **headers)

    seen = await web.get(path, **web.token(Role.CUSTOMER))
    assert len(seen.json()["messages"]) == 2


async def test_a_ticket_that_is_full_of_long_text_is_answered_kept_and_read(web: Web) -> None:
    """What an answer under a key keeps is one document of the store: it must not grow with the ticket."""
    me, text = web.token(Role.CUSTOMER), "\U0001f384" * 5_000
    path = f"{TICKETS}/{(await opened(web))['ticket_id']}"

    answers = [
        await web.send(
            "POST", f"{path}/messages", {"message": text}, **me, **{"Idempotency-Key": k}
        )
        for k in map(str, range(61))
    ]

    assert [one.status_code for one in answers] == [201] * 60 + [422]
    assert code(answers[-1]) == (422, "TICKET_FULL")
    seen = await web.get(path, **me)
    assert [one["message"] for one in seen.json()["messages"][1:]] == [text] * 60


async def test_nobody_opens_tickets_without_end(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    for _ in range(5):
        await opened(web)

    with web.unchanged():
        refused = await web.send("POST", TICKETS, ASKED, **me)
    keyed = await web.send("POST", TICKETS, ASKED, **me, **{"Idempotency-Key": "k"})

    assert code(refused) == code(keyed) == (429, "RATE_LIMIT_EXCEEDED")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await web.send("POST", TICKETS, ASKED, **other(web))).status_code == 201
    assert len(await all_tickets(web)) == 6
    web.set(limit_scale=1_000.0)
    assert (
        await web.send("POST", TICKETS, ASKED, **me, **{"Idempotency-Key": "k"})
    ).status_code == 201


async def test_tickets_are_for_who_has_signed_in(web: Web) -> None:
    guest = await web.guest()
    path = f"{TICKETS}/{(await opened(web))['ticket_id']}"

    with web.unchanged():
        for method, where, body in (
            ("GET", TICKETS, None),
            ("POST", TICKETS, ASKED),
            ("GET", path, None),
            ("POST", f"{path}/messages", {"message": "x"}),
        ):
            assert code(await web.send(method, where, body)) == (401, "UNAUTHORIZED")
            assert code(await guest.send(method, where, body)) == (403, "FORBIDDEN")


async def test_nothing_that_was_said_leaves_the_shop_in_events(web: Web) -> None:
    ticket = await opened(web)
    path = f"{TICKETS}/{ticket['ticket_id']}/messages"
    await web.send("POST", path, {"message": "A secret"}, **web.token(Role.CUSTOMER))

    bodies = [json.loads(one.body) for one in await web.events() if one.hub == "support-events"]
    assert [body["event_type"] for body in bodies] == ["TicketCreated", "TicketUpdated"]
    assert bodies[0]["data"]["user_id"] == id_of("customer")
    for text in ("Where is it?", "It is not here.", "A secret"):
        assert text not in json.dumps(bodies)
