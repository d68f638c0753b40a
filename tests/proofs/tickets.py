"""Tickets under crashes and at once: what is opened is opened once, what is said is said once, nothing is lost."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from domain.access import Caller, Role, Trace
from domain.user import User
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.crashes import Act, Life, run_on
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.world import CLERK, World, clockwork
from usecases import ticket_desk, ticketing
from usecases.erasing import LAST_WORDS, erase_traces
from usecases.incidents import hear_ticket
from usecases.ports.store import Change
from usecases.shop import Shop
from usecases.ticket_desk import AnswerTicket, AssignTicket, ChangeTicketStatus
from usecases.ticketing import OpenTicket, ReplyToTicket

CUSTOMER: Final = Caller("u-1", Role.CUSTOMER, Trace("c-u", "r-u"))
STAFF: Final = Caller("s-1", Role.STAFF, Trace("c-s", "r-s"))
ASKED: Final = OpenTicket(type="question", subject="Where is it?", description="A secret of mine.")

type Asks = Callable[[Shop, str], Coroutine[Any, Any, Any]]


def shop_with_people() -> World:
    """A world with a customer and two members of staff."""
    world = World()
    for id, role in (("u-1", "customer"), ("s-1", "staff"), ("s-2", "staff")):
        finish(world.store.commit(Change(by=CLERK, puts=(user_of(id, role),))))
    return world


def a_whole_ticket() -> Life:
    """Opened, assigned, answered, resolved, opened again by a reply, resolved again and closed."""
    script = (
        Act("open", lambda _, shop: ticketing.open_ticket(shop, CUSTOMER, ASKED, key="k")),
        acting("assign", assigning("s-1")),
        acting("start", moving("in_progress")),
        acting("answer", answering("We look.", "k-1")),
        acting("note", answering("Odd.", "k-2", is_note=True)),
        acting("resolve", moving("resolved", "Found.")),
        acting("reply", replying("No, it is not.", "k-3")),
        acting("resolve again", moving("resolved", "Sent again.")),
        acting("close", moving("closed")),
        Act("the views", _views_hear),
    )
    return Life("a whole ticket", shop_with_people(), script, check_tickets, _check_closed)


def an_erased_person() -> Life:
    """A person with three tickets leaves; the sweep is cut off anywhere, and goes on."""
    world = shop_with_people()
    for number in range(3):
        ticket_id = opened(world, f"k-{number}")
        shop = world.shop("staff")
        finish(answering("About a secret.", "k", is_note=True)(shop, ticket_id))
        finish(replying("My secret again.", "k")(shop, ticket_id))
    run_on(world)
    hear(world)
    _leave(world)
    script = (
        Act("erase", lambda _, shop: erase_traces(shop, clockwork("erase"))),
        Act("the views", _views_hear),
    )
    return Life("an erased person", world, script, check_tickets, _check_erased)


def opened_twice() -> Scenario:
    """One request sent twice at once, under one key: one ticket, the same answer."""
    world = shop_with_people()

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert len({end.value.ticket_id for end in ends.values()}) == 1
        assert len(world.documents("ticket")) == len(world.documents("ticket-pointer")) == 1

    clients: dict[str, Client] = {
        name: lambda shop: ticketing.open_ticket(shop, CUSTOMER, ASKED, key="k")
        for name in ("first", "second")
    }
    return Scenario("opened twice", world, clients, check_tickets, finally_)


def said_twice() -> Scenario:
    """One reply sent twice at once, under one key: one message."""

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert len(world.documents("ticket-message")) == 1

    reply = replying("Hello?", "k")
    return _race("said twice", {"first": reply, "second": reply}, finally_)


def closed_while_replied() -> Scenario:
    """Staff close while the customer replies: the reply is on the ticket, or was refused."""

    def finally_(world: World, ends: Outcomes) -> None:
        (ticket,) = world.documents("ticket")
        was_said = ends["customer"].error is None
        assert was_said == bool(world.documents("ticket-message"))
        if ends["staff"].error is None:
            assert ticket["status"] == "closed"
            assert not was_said
        else:
            assert ticket["status"] == "in_progress"

    who = {"customer": replying("No.", "k"), "staff": moving("closed")}
    return _race("closed while replied", who, finally_, until="resolved")


def assigned_twice() -> Scenario:
    """Two take the same ticket, each having read it: one has it, the other hears that it has changed."""

    def finally_(world: World, ends: Outcomes) -> None:
        (ticket,) = world.documents("ticket")
        won = [name for name, end in ends.items() if end.error is None]
        assert won == [ticket["assigned_to"]]

    who = {name: assigning(name, expected=frozenset({1})) for name in ("s-1", "s-2")}
    return _race("assigned twice", who, finally_)


def erased_while_answered() -> Scenario:
    """The sweep takes the words out while staff write more: none of them stays."""
    world = shop_with_people()
    ticket_id = opened(world, "k")
    _leave(world)

    def finally_(world: World, ends: Outcomes) -> None:
        assert ends["sweep"].error is None
        _check_silent(world, "ticket", "ticket-message")

    clients: dict[str, Client] = {
        "staff": lambda shop: answering("Your secret.", "k")(shop, ticket_id),
        "sweep": lambda shop: erase_traces(shop, clockwork("erase")),
    }
    return Scenario("erased while answered", world, clients, check_tickets, finally_)


def erased_twice() -> Scenario:
    """Two processes sweep at once: the words go once, and both come to their end."""
    world = shop_with_people()
    opened(world, "k")
    _leave(world)

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert [event.event_type for _, _, event in world.hubs.log.events].count(
            "TicketUpdated"
        ) in (1, 2), "told once, and published at least once"
        assert world.documents("ticket")[0]["sequence"] == 2
        _check_silent(world, "ticket")

    clients: dict[str, Client] = {
        name: lambda shop: erase_traces(shop, clockwork("erase")) for name in ("one", "other")
    }
    return Scenario("erased twice", world, clients, check_tickets, finally_)


def shown_at_once() -> Scenario:
    """Two processes hear the same events at once, one of them backwards: the list says the newest."""
    world = shop_with_people()
    ticket_id = opened(world, "k")
    finish(assigning("s-1")(world.shop("staff"), ticket_id))
    finish(moving("in_progress")(world.shop("staff"), ticket_id))
    events = [event for _, _, event in world.hubs.log.events]

    def hearing(order: Iterable[Any]) -> Client:
        async def hear_all(shop: Shop) -> None:
            for event in order:
                await hear_ticket(shop, clockwork("views"), event)

        return hear_all

    clients = {"one": hearing(events[1:]), "other": hearing(events[:0:-1])}
    return Scenario("shown at once", world, clients, check_tickets, lambda w, _: _check_shown(w))


def check_tickets(world: World) -> None:
    """Every ticket has its pointer; its messages are numbered from one, and as many as it says."""
    pointers = {pointer["id"] for pointer in world.documents("ticket-pointer")}
    messages = world.documents("ticket-message")
    for ticket in world.documents("ticket"):
        mine = [one["sequence"] for one in messages if one["ticket_id"] == ticket["id"]]
        assert sorted(mine) == list(range(1, ticket["message_count"] + 1)), mine
        assert f"~{ticket['id']}" in pointers


def opened(world: World, key: str) -> str:
    """The id of a ticket that the customer has opened."""
    view = finish(ticketing.open_ticket(world.shop("customer"), CUSTOMER, ASKED, key=key))
    return str(view.ticket_id)


def hear(world: World) -> None:
    """The list is brought up to date."""
    finish(_views_hear(world, world.shop("views")))


def assigning(staff_id: str, expected: frozenset[int] | None = None) -> Asks:
    """A member of staff is given the ticket."""
    command = AssignTicket(staff_id=staff_id)
    return lambda shop, id: ticket_desk.assign(shop, STAFF, id, command, expected=expected)


def moving(status: Any, resolution: str = "") -> Asks:
    """Staff move the ticket on."""
    command = ChangeTicketStatus(new_status=status, resolution=resolution)
    return lambda shop, id: ticket_desk.change_status(shop, STAFF, id, command)


def answering(text: str, key: str, *, is_note: bool = False) -> Asks:
    """Staff answer, or write a note."""
    command = AnswerTicket(message=text, internal_note=is_note)
    return lambda shop, id: ticket_desk.respond(shop, STAFF, id, command, key=key)


def replying(text: str, key: str, by: Caller = CUSTOMER) -> Asks:
    """The customer replies."""
    return lambda shop, id: ticketing.reply(shop, by, id, ReplyToTicket(message=text), key=key)


def acting(name: str, asks: Asks) -> Act:
    """Somebody does something with the only ticket."""
    return Act(name, lambda world, shop: asks(shop, world.documents("ticket")[0]["id"]))


def _race(
    name: str,
    who: dict[str, Asks],
    finally_: Callable[[World, Outcomes], None],
    until: str = "new",
) -> Scenario:
    """Several people at once with one ticket that has come so far."""
    world = shop_with_people()
    ticket_id = opened(world, "k")
    shop = world.shop("before")
    if until != "new":
        finish(assigning("s-1")(shop, ticket_id))
        finish(moving("in_progress")(shop, ticket_id))
        finish(moving(until)(shop, ticket_id))

    def asking(asks: Asks) -> Client:
        return lambda shop: asks(shop, ticket_id)

    clients = {each: asking(asks) for each, asks in who.items()}
    return Scenario(name, world, clients, check_tickets, finally_)


async def _views_hear(world: World, shop: Shop) -> None:
    for _, _, event in world.hubs.log.events:
        await hear_ticket(shop, clockwork("views"), event)


def _check_closed(world: World) -> None:
    (ticket,) = world.documents("ticket")
    assert (ticket["status"], ticket["resolution"]) == ("closed", "Sent again.")
    said = sorted(world.documents("ticket-message"), key=lambda one: one["sequence"])
    assert [one["message"] for one in said] == ["We look.", "Odd.", "No, it is not."]
    told = {event.event_id: event for _, _, event in world.hubs.log.events}.values()
    assert sorted(event.sequence for event in told) == list(range(1, ticket["sequence"] + 1))
    assert [event.event_type for event in told].count("TicketResolved") == 2
    _check_shown(world)


def _check_erased(world: World) -> None:
    _check_silent(world, "ticket", "ticket-message", "ticket-listing")
    assert len(world.documents("ticket-message")) == 6
    users = {user["id"]: user for user in world.documents("user")}
    assert users["u-1"]["leaves_traces"] is False
    _check_shown(world)


def _check_shown(world: World) -> None:
    lines = {line["id"]: line for line in world.documents("ticket-listing")}
    tickets = world.documents("ticket")
    assert lines.keys() == {ticket["id"] for ticket in tickets}
    for ticket in tickets:
        line = lines[ticket["id"]]
        for name in ("status", "subject", "sequence", "message_count", "assigned_to"):
            assert line[name] == ticket[name], f"{name}: {line[name]!r}"


def _check_silent(world: World, *kinds: str) -> None:
    for kind in kinds:
        for document in world.documents(kind):
            assert "secret" not in str(document), f"{kind} still tells it"


def _leave(world: World) -> None:
    user = finish(world.store.get(User, "u-1", "u-1"))
    assert user is not None
    finish(world.store.commit(Change(by=CUSTOMER, puts=(user.erased(NOON - LAST_WORDS),))))


def user_of(id: str, role: str) -> User:
    """Somebody with an account."""
    return User.model_validate(
        {
            "id": id,
            "user_id": id,
            "issuer": "https://issuer.example",
            "subject": id,
            "role": role,
            "created_at": NOON,
            "updated_at": NOON,
            "last_login": NOON,
        }
    )
