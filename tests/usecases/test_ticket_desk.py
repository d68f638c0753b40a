"""What staff do with tickets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from domain.access import Caller, Role, Trace
from domain.audit import broken_links
from domain.companions import AuditRecord, beside
from domain.errors import PreconditionFailed
from domain.ticket import Ticket, TicketNotFound, WrongStatus
from domain.ticket_message import TicketMessage
from domain.ticket_number import TicketPointer
from domain.user import User
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import Bench, open_bench
from tests.usecases.test_ticketing import CUSTOMER, asking
from usecases.ports.store import Query
from usecases.ticket_desk import (
    AgentSuggestion,
    AnswerTicket,
    AssignTicket,
    ChangeTicketStatus,
    NotStaff,
    StaffTicket,
    assign,
    change_status,
    get_ticket,
    respond,
)
from usecases.ticketing import ReplyToTicket, open_ticket, reply
from usecases.ticketing import get_ticket as get_own

STAFF = Caller("s-1", Role.STAFF, Trace("c-s", "r-s"))
NOTE = AnswerTicket(message="Odd.", internal_note=True)
ANSWER = AnswerTicket(message="It is on its way.")


@dataclass
class KnowingAgents:
    """Agents that answer, and remember what they were asked."""

    answer: Mapping[str, Any]
    asked: list[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=list)

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        self.asked.append((service, intent, payload, correlation_id))
        return self.answer


async def an_open_ticket(**asked: Any) -> tuple[Bench, str]:
    """A shop with two members of staff, and a ticket."""
    bench = open_bench()
    for id, fields in {
        "s-1": {"role": "staff"},
        "s-2": {"role": "admin"},
        "s-3": {"role": "staff", "status": "disabled"},
        "u-1": {"role": "customer"},
    }.items():
        await bench.put(a_user(bench, id, **fields))
    return bench, (await open_ticket(bench.shop, CUSTOMER, asking(**asked))).ticket_id


def a_user(bench: Bench, id: str, **fields: Any) -> User:
    now = bench.clock.now()
    whole = {"id": id, "user_id": id, "issuer": "i", "subject": id, "created_at": now}
    return User.model_validate(whole | {"updated_at": now, "last_login": now} | fields)


async def given(bench: Bench, id: str, staff_id: str = "s-1", **more: Any) -> StaffTicket:
    return await assign(bench.shop, STAFF, id, AssignTicket(staff_id=staff_id), **more)


async def moved(bench: Bench, id: str, status: Any, said: str = "", **more: Any) -> StaffTicket:
    command = ChangeTicketStatus(new_status=status, resolution=said)
    return await change_status(bench.shop, STAFF, id, command, **more)


async def test_a_ticket_goes_its_way_and_each_step_is_told() -> None:
    bench, id = await an_open_ticket()

    views = [
        await given(bench, id),
        await moved(bench, id, "in_progress"),
        await moved(bench, id, "resolved", "Sent again."),
        await moved(bench, id, "closed"),
    ]

    assert [one.status for one in views] == ["assigned", "in_progress", "resolved", "closed"]
    assert (views[3].resolution, views[3].assigned_to) == ("Sent again.", "s-1")
    told = [(e.event_type, e.sequence, e.data["changed"]) for e in bench.hubs.events[1:]]
    assert told == [
        ("TicketUpdated", 2, ["status", "assigned_to"]),
        ("TicketUpdated", 3, ["status"]),
        ("TicketResolved", 4, ["status", "resolution"]),
        ("TicketUpdated", 5, ["status"]),
    ]


async def test_what_is_done_already_is_done_whatever_was_expected() -> None:
    bench, id = await an_open_ticket()
    first = await given(bench, id, expected=frozenset({1}))
    state = bench.state()

    assert await given(bench, id, expected=frozenset({1})) == first
    assert await moved(bench, id, "assigned", expected=frozenset()) == first
    assert bench.state() == state


async def test_whoever_read_an_older_version_changes_nothing() -> None:
    bench, id = await an_open_ticket()
    await given(bench, id)
    state = bench.state()

    for change in (
        given(bench, id, "s-2", expected=frozenset({1})),
        moved(bench, id, "in_progress", expected=frozenset({1, 7})),
    ):
        with pytest.raises(PreconditionFailed) as refused:
            await change
        assert refused.value.facts == {"version": 2}
    assert bench.state() == state
    assert (await moved(bench, id, "in_progress", expected=frozenset({2}))).sequence == 3


@pytest.mark.parametrize("staff_id", ["u-1", "s-3", "nobody"])
async def test_a_ticket_is_given_to_staff_only(staff_id: str) -> None:
    bench, id = await an_open_ticket()
    state = bench.state()

    with pytest.raises(NotStaff):
        await given(bench, id, staff_id)
    assert bench.state() == state


async def test_what_the_table_forbids_changes_nothing() -> None:
    bench, id = await an_open_ticket()
    state = bench.state()

    with pytest.raises(WrongStatus):
        await moved(bench, id, "closed")
    assert bench.state() == state


async def test_who_loses_a_race_decides_by_what_is_there_then() -> None:
    bench, id = await an_open_ticket()

    async def somebody_else() -> None:
        await given(bench, id, "s-2")

    shop = meddled(bench, {1: somebody_else})
    view = await assign(shop, STAFF, id, AssignTicket(staff_id="s-1"))

    assert (view.assigned_to, view.sequence) == ("s-1", 3)


async def test_a_note_is_for_staff_and_an_answer_for_everybody() -> None:
    bench, id = await an_open_ticket()

    await respond(bench.shop, STAFF, id, NOTE)
    seen = await respond(bench.shop, STAFF, id, ANSWER)
    await reply(bench.shop, CUSTOMER, id, ReplyToTicket(message="Thank you."))

    own = await get_own(bench.shop, CUSTOMER, id)
    assert [(one.author_type, one.message) for one in own.messages] == [
        ("customer", "It is not here."),
        ("staff", "It is on its way."),
        ("customer", "Thank you."),
    ]
    assert "s-1" not in own.model_dump_json()
    assert "Odd" not in own.model_dump_json()
    assert seen.first_response_at == bench.clock.now()
    all_of_it = await get_ticket(bench.shop, STAFF, id)
    assert [(one.author_id, one.is_internal) for one in all_of_it.messages] == [
        ("u-1", False),
        ("s-1", True),
        ("s-1", False),
        ("u-1", False),
    ]


async def test_under_a_key_an_answer_is_said_once() -> None:
    bench, id = await an_open_ticket()

    for _ in range(2):
        await respond(bench.shop, STAFF, id, ANSWER, key="k")
    note = AnswerTicket(message=ANSWER.message, internal_note=True)
    await respond(bench.shop, STAFF, id, note, key="k")

    assert [one.is_internal for one in bench.documents(TicketMessage)].count(False) == 1
    assert len(bench.documents(TicketMessage)) == 2


async def test_on_what_the_customer_does_not_see_everything_is_a_note() -> None:
    bench, id = await an_open_ticket()
    (ticket,) = bench.documents(Ticket)
    await bench.put(ticket.but(is_internal=True))

    view = await respond(bench.shop, STAFF, id, ANSWER)

    assert view.message.is_internal
    first, note = (await get_ticket(bench.shop, STAFF, id)).messages
    assert (first.author_type, first.author_id, first.is_internal) == ("shop", "", True)
    assert note == view.message


async def test_every_change_is_in_the_audit_and_no_word_of_it() -> None:
    bench, id = await an_open_ticket()
    await given(bench, id)
    await moved(bench, id, "in_progress")
    await moved(bench, id, "resolved", "Sent again.")
    await respond(bench.shop, STAFF, id, NOTE)

    query = Query("u-1", limit=100)
    records = (await bench.store.find(beside(AuditRecord, "Tickets"), query)).items
    chain, head = [], ""
    while found := [one for one in records if one.previous == head]:
        chain.append(found[0])
        head = found[0].hash
    assert list(broken_links(chain, head)) == []
    assert [(one.actor_id, one.action) for one in chain] == [
        ("u-1", "created"),
        *[("s-1", "changed")] * 4,
    ]
    assert chain[1].changes["assigned_to"] == {"before": "", "after": "s-1"}
    assert "Sent again" not in str(chain)


async def test_the_agent_says_what_it_would_do() -> None:
    bench, id = await an_open_ticket(description="x" * 5_000)
    agents = KnowingAgents({"support_brief": {"risk": "low", "next_best_actions": ["Call"]}})
    shop = replace(bench.shop, agents=agents)

    view = await get_ticket(shop, STAFF, id)

    assert view.agent_suggestion == AgentSuggestion(risk="low", next_best_actions=("Call",))
    ((service, intent, payload, correlation_id),) = agents.asked
    assert (service, intent, correlation_id) == ("crm-support-assistance", "assist", "c-s")
    assert payload["contact_id"] == "u-1"
    assert len(payload["issue_summary"]) == 1_000


async def test_without_the_agent_there_is_no_suggestion() -> None:
    bench, id = await an_open_ticket()
    said_nothing = KnowingAgents({"support_brief": {"risk": "high"}})

    for agents in (bench.shop.agents, said_nothing):
        view = await get_ticket(replace(bench.shop, agents=agents), STAFF, id)
        assert view.agent_suggestion is None
    await given(bench, id)
    await moved(bench, id, "in_progress")
    await moved(bench, id, "resolved")
    await get_ticket(replace(bench.shop, agents=said_nothing), STAFF, id)
    assert len(said_nothing.asked) == 1, "nobody needs advice on what is over"


async def test_nothing_is_not_found() -> None:
    bench, _ = await an_open_ticket()
    await bench.put(TicketPointer(id="~ZZZZZZZZ", user_id="~ZZZZZZZZ", owner="u-1", opening="o"))

    for text in ("x", "YYYYYYYY", "ZZZZZZZZ"):
        with pytest.raises(TicketNotFound):
            await get_ticket(bench.shop, STAFF, text)
