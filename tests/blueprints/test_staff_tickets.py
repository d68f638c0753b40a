"""Tickets as staff see them, over HTTP."""

from typing import Any

import pytest

from blueprints.staff_tickets import area
from domain.access import Role
from tests.blueprints.harness import Web, code
from tests.blueprints.test_support import TICKETS, opened
from tests.issuer_desk import id_of
from tests.usecases.test_incidents import an_incident

DESK = "/api/staff/tickets"


async def desk(web: Web) -> tuple[str, dict[str, str], Any]:
    """The path of a ticket at the desk, the header of a member of staff, and the ticket as opened."""
    ticket = await opened(web)
    return f"{DESK}/{ticket['ticket_id']}", web.token(Role.STAFF), ticket


async def given(web: Web, path: str, to: str = "staff", **more: str) -> Any:
    me = web.token(Role.STAFF)
    return await web.send("PUT", f"{path}/assign", {"staff_id": id_of(to)}, **me, **more)


async def moved(web: Web, path: str, status: str, **body: str) -> Any:
    whole = {"new_status": status} | body
    return await web.send("PUT", f"{path}/status", whole, **web.token(Role.STAFF))


async def test_a_ticket_goes_its_way_and_the_list_follows(web: Web) -> None:
    path, staff, ticket = await desk(web)
    assert (await web.get(DESK, **staff)).json()["items"] == []
    await web.pump()
    ways = [await given(web, path)]
    for status in ("in_progress", "resolved", "closed"):
        ways.append(await moved(web, path, status))
    await web.pump()

    assert [one.status_code for one in ways] == [200] * 4
    assert [one.json()["status"] for one in ways] == [
        "assigned",
        "in_progress",
        "resolved",
        "closed",
    ]
    (line,) = (await web.get(f"{DESK}?status=closed&assigned_to={id_of('staff')}", **staff)).json()[
        "items"
    ]
    assert line == {
        "ticket_id": ticket["ticket_id"],
        "ticket_number": ticket["ticket_number"],
        "user_id": id_of("customer"),
        "type": "delivery",
        "subject": "Where is it?",
        "status": "closed",
        "priority": "normal",
        "assigned_to": id_of("staff"),
        "order_id": "",
        "message_count": 0,
        "created_at": ticket["created_at"],
        "updated_at": ways[-1].json()["updated_at"],
    }
    assert (await web.get(f"{DESK}?status=new", **staff)).json()["items"] == []


async def test_tickets_are_listed_a_page_at_a_time(web: Web) -> None:
    staff = web.token(Role.STAFF)
    ids = [(await opened(web))["ticket_id"] for _ in range(3)]
    await web.pump()

    first = (await web.get(f"{DESK}?limit=2", **staff)).json()
    rest = (await web.get(f"{DESK}?limit=2&cursor={first['next_cursor']}", **staff)).json()
    second = (await web.get(f"{DESK}?limit=2&page=2", **staff)).json()

    assert [one["ticket_id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert second["items"] == rest["items"]
    assert rest["next_cursor"] is None
    assert code(await web.get(f"{DESK}?cursor=x", **staff)) == (400, "INVALID_CURSOR")
    assert code(await web.get(f"{DESK}?limit=100&page=11", **staff)) == (400, "INVALID_REQUEST")
    assert code(await web.get(f"{DESK}?status=lost", **staff)) == (400, "INVALID_REQUEST")


async def test_a_note_is_for_staff_and_an_answer_for_the_customer(web: Web) -> None:
    path, staff, ticket = await desk(web)
    customer = web.token(Role.CUSTOMER)
    note = {"message": "Odd.", "internal_note": True}

    noted = await web.send("POST", f"{path}/response", note, **staff)
    await web.send("POST", f"{path}/response", {"message": "It comes."}, **staff)

    own = await web.get(f"{TICKETS}/{ticket['ticket_id']}", **customer)
    assert noted.status_code == 201
    assert [one["message"] for one in own.json()["messages"]] == ["It is not here.", "It comes."]
    assert id_of("staff") not in own.text
    all_of_it = (await web.get(path, **staff)).json()["messages"]
    assert [(one["author_type"], one["is_internal"]) for one in all_of_it] == [
        ("customer", False),
        ("staff", True),
        ("staff", False),
    ]


async def test_the_customers_reply_opens_what_was_resolved(web: Web) -> None:
    path, staff, ticket = await desk(web)
    await given(web, path)
    await moved(web, path, "in_progress")
    early = await web.send(
        "PUT",
        f"{path}/status",
        {"new_status": "in_progress", "resolution": "Sent."},
        **staff,
    )
    await moved(web, path, "resolved", resolution="Sent again.")
    own = f"{TICKETS}/{ticket['ticket_id']}"
    resolved = (await web.get(own, **web.token(Role.CUSTOMER))).json()

    body = {"message": "It is not here."}
    after = await web.send("POST", f"{own}/messages", body, **web.token(Role.CUSTOMER))

    assert code(early) == (422, "RESOLUTION_TOO_EARLY")
    assert (resolved["status"], resolved["resolution"]) == ("resolved", "Sent again.")
    assert after.json()["status"] == "in_progress"
    assert (await web.get(path, **staff)).json()["resolution"] == ""


async def test_whoever_read_an_older_version_is_told_so(web: Web) -> None:
    path, staff, _ = await desk(web)
    read = (await web.get(path, **staff)).headers["etag"]
    await web.send("POST", f"{path}/response", {"message": "It comes."}, **staff)

    with web.unchanged():
        for tag in (read, f"W/{read}", '"x"', "1", f'"0-ab", {read}'):
            stale = await given(web, path, **{"If-Match": tag})
            assert code(stale) == (412, "PRECONDITION_FAILED"), tag
    fresh = (await web.get(path, **staff)).headers["etag"]
    taken = await given(web, path, **{"If-Match": f"{read}, {fresh}"})
    repeated = await given(web, path, **{"If-Match": fresh})
    anyhow = await given(web, path, to="admin", **{"If-Match": "*"})

    assert [one.status_code for one in (taken, repeated, anyhow)] == [200, 200, 200]
    assert taken.headers["etag"].startswith('"3-')
    assert repeated.headers["etag"] == taken.headers["etag"]
    body = {"new_status": "in_progress"}
    moved_on = await web.send(
        "PUT", f"{path}/status", body, **staff, **{"If-Match": taken.headers["etag"]}
    )
    assert code(moved_on) == (412, "PRECONDITION_FAILED")


async def test_a_ticket_that_was_read_before_is_not_sent_again(web: Web) -> None:
    path, staff, _ = await desk(web)
    read = await web.get(path, **staff)

    again = await web.get(path, **staff, **{"If-None-Match": read.headers["etag"]})
    await given(web, path)
    changed = await web.get(path, **staff, **{"If-None-Match": read.headers["etag"]})

    assert (again.status_code, changed.status_code) == (304, 200)


async def test_every_answer_is_what_is_declared(web: Web) -> None:
    path, staff, _ = await desk(web)
    answers = {
        "get_ticket": await web.get(path, **staff),
        "assign": await given(web, path),
        "change_status": await moved(web, path, "in_progress"),
        "respond": await web.send("POST", f"{path}/response", {"message": "So."}, **staff),
    }

    for declaration in area.declarations:
        answer = answers.get(declaration.name.removeprefix("staff_tickets_"))
        if answer is not None and declaration.returns is not None:
            read = declaration.returns.validate_json(answer.content)
            assert declaration.returns.dump_json(read) == answer.content
            assert answer.status_code == declaration.status


async def test_the_agent_suggests_what_to_do(web: Web) -> None:
    path, staff, _ = await desk(web)

    told = (await web.get(path, **staff)).json()["agent_suggestion"]
    web.set(agents_enabled=False)
    without = (await web.get(path, **staff)).json()["agent_suggestion"]

    actions = ["Acknowledge issue", "Confirm resolution criteria"]
    assert told == {"risk": "low", "next_best_actions": actions}
    assert without is None


@pytest.mark.parametrize(
    ("to", "status", "code_"),
    [("customer", 422, "NOT_STAFF"), ("nobody at all", 422, "NOT_STAFF"), ("admin", 200, "")],
)
async def test_a_ticket_is_given_to_staff_only(web: Web, to: str, status: int, code_: str) -> None:
    path, staff, _ = await desk(web)
    body = {"staff_id": id_of(to) if " " not in to else to}

    answer = await web.send("PUT", f"{path}/assign", body, **staff)

    assert answer.status_code == status
    assert answer.json().get("error", {}).get("code", "") == code_


async def test_the_table_decides_where_a_ticket_may_go(web: Web) -> None:
    path, _, _ = await desk(web)

    with web.unchanged():
        jumped = await moved(web, path, "closed")
        nobodys = await moved(web, path, "assigned")

    assert code(jumped) == (409, "TICKET_STATUS")
    assert jumped.json()["error"]["details"] == {"status": "new", "allowed": ["assigned"]}
    assert code(nobodys) == (422, "TICKET_UNASSIGNED")


async def test_a_closed_ticket_takes_nothing_more(web: Web) -> None:
    path, staff, ticket = await desk(web)
    await given(web, path)
    for status in ("in_progress", "resolved", "closed"):
        await moved(web, path, status)

    with web.unchanged():
        answered = await web.send("POST", f"{path}/response", {"message": "x"}, **staff)
        own = f"{TICKETS}/{ticket['ticket_id']}/messages"
        replied = await web.send("POST", own, {"message": "x"}, **web.token(Role.CUSTOMER))
        assigned = await given(web, path, to="admin")

    assert code(answered) == code(replied) == code(assigned) == (409, "TICKET_CLOSED")


async def test_the_desk_is_for_staff_only(web: Web) -> None:
    path, _, _ = await desk(web)
    customer = web.token(Role.CUSTOMER)

    with web.unchanged():
        for method, where, body in (
            ("GET", DESK, None),
            ("GET", path, None),
            ("PUT", f"{path}/status", {"new_status": "closed"}),
            ("PUT", f"{path}/assign", {"staff_id": id_of("customer")}),
            ("POST", f"{path}/response", {"message": "x"}),
        ):
            assert code(await web.send(method, where, body)) == (401, "UNAUTHORIZED")
            assert code(await web.send(method, where, body, **customer)) == (403, "FORBIDDEN")


@pytest.mark.parametrize("id", ["x", "00000000", "%00", "\u00fc", "1" * 1000])
async def test_what_is_no_ticket_is_not_found(web: Web, id: str) -> None:
    staff = web.token(Role.STAFF)

    for method, path, body in (
        ("GET", f"{DESK}/{id}", None),
        ("PUT", f"{DESK}/{id}/status", {"new_status": "closed"}),
        ("PUT", f"{DESK}/{id}/assign", {"staff_id": id_of("staff")}),
        ("POST", f"{DESK}/{id}/response", {"message": "x"}),
    ):
        answer = await web.send(method, path, body, **staff)
        assert code(answer) == (404, "TICKET_NOT_FOUND")


async def test_an_order_that_needs_a_person_is_on_the_list_and_not_the_customers(web: Web) -> None:
    staff, owner = web.token(Role.STAFF), id_of("customer")
    event = an_incident(user_id=owner)
    await web.shop.events.publish("support-events", event.subject, (event,))
    await web.pump()

    (line,) = (await web.get(f"{DESK}?type=incident", **staff)).json()["items"]
    customer = web.token(Role.CUSTOMER)
    assert line["priority"] == "high"
    assert (await web.get(f"{DESK}/{line['ticket_id']}", **staff)).json()["reference"] == (
        event.data["ticket_id"]
    )
    assert (await web.get(TICKETS, **customer)).json()["items"] == []
    hidden = await web.get(f"{TICKETS}/{line['ticket_id']}", **customer)
    assert code(hidden) == (404, "TICKET_NOT_FOUND")


async def test_an_event_that_comes_again_changes_nothing(web: Web) -> None:
    path, _, _ = await desk(web)
    await given(web, path)
    await web.pump()
    records = [one for one in await web.events() if one.hub == "support-events"]

    with web.unchanged():
        await web.deliver(web.door.function("views_on_support_events"), records[::-1])
