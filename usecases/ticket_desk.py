"""What staff do with tickets: look, assign, move on, answer. All of it is audited."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from domain.access import Caller, Role
from domain.advice import advised_actions
from domain.entity import Command
from domain.errors import PreconditionFailed, RuleBroken
from domain.model import View
from domain.ticket import LONGEST_TEXT, Ticket, TicketStatus
from domain.ticket_message import TicketMessage, Words
from domain.user import User
from usecases.advising import ask
from usecases.shop import Shop
from usecases.tickets import Text, TicketLine, change, find_ticket, messages_of, say, words

ASSIST: Final = ("crm-support-assistance", "assist")
LONGEST_SUMMARY: Final = 1_000
"""So much of the ticket's text is shown to the agent."""


class NotStaff(RuleBroken):
    """Tickets are given to members of staff."""

    code = "NOT_STAFF"
    message = "There is no such member of staff."


class ChangeTicketStatus(Command):
    """Where the ticket shall go; ``resolution`` tells the customer what came of it."""

    new_status: TicketStatus
    resolution: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class AssignTicket(Command):
    """Who shall have the ticket."""

    staff_id: Annotated[str, Field(min_length=1, max_length=64)]


class AnswerTicket(Command):
    """An answer for the customer; with ``internal_note`` a note that only staff see."""

    message: Text
    internal_note: bool = False


class StaffMessage(View):
    """A message or a note as staff see it."""

    message_id: str
    author_id: str
    author_type: Literal["customer", "staff", "shop"]
    message: str
    is_internal: bool
    created_at: datetime


class AgentSuggestion(View):
    """What the support agent would do next; it is advice, and nothing follows from it by itself."""

    risk: str
    next_best_actions: tuple[str, ...]


class StaffTicket(TicketLine):
    """A ticket as staff see it."""

    user_id: str
    reference: str
    assigned_to: str
    is_internal: bool
    is_anonymous: bool
    description: str
    resolution: str
    first_response_at: datetime | None
    resolved_at: datetime | None
    sequence: int


class StaffTicketView(StaffTicket):
    """A ticket with all that was said; ``messages`` begin with the description.

    ``agent_suggestion`` is missing where the agent has nothing to say, and for a ticket that is over.
    """

    messages: tuple[StaffMessage, ...]
    agent_suggestion: AgentSuggestion | None


class StaffAnswer(StaffTicket):
    """What staff have said, and the ticket as it is then."""

    message: StaffMessage


async def get_ticket(shop: Shop, caller: Caller, id_or_number: str) -> StaffTicketView:
    """Any ticket with all that was said and what the agent suggests; three reads. Raises ``TicketNotFound``."""
    ticket = await find_ticket(shop, id_or_number)
    messages = await messages_of(shop, ticket)
    return StaffTicketView(
        **_fields(ticket),
        messages=(_first(ticket), *map(_said, messages)),
        agent_suggestion=await _suggestion(shop, caller, ticket),
    )


async def change_status(
    shop: Shop,
    by: Caller,
    id_or_number: str,
    command: ChangeTicketStatus,
    *,
    expected: frozenset[int] | None = None,
) -> StaffTicket:
    """Move the ticket on; where it is there already, nothing happens. ``expected`` are sequences, one of which
    it must have to be changed.

    Raises ``TicketNotFound``, ``PreconditionFailed``, ``WrongStatus``, ``TicketUnassigned``,
    ``ResolutionTooEarly``, ``TicketErased`` and ``Contended``.
    """

    def move(ticket: Ticket) -> Ticket:
        moved = ticket.moved(command.new_status, shop.clock.now(), command.resolution)
        return _as_expected(ticket, moved, expected)

    ticket = await find_ticket(shop, id_or_number)
    return StaffTicket(**_fields(await change(shop, by, ticket, move)))


async def assign(
    shop: Shop,
    by: Caller,
    id_or_number: str,
    command: AssignTicket,
    *,
    expected: frozenset[int] | None = None,
) -> StaffTicket:
    """Give the ticket to a member of staff, also from another; ``expected`` as for ``change_status``.

    Raises ``TicketNotFound``, ``NotStaff``, ``PreconditionFailed``, ``TicketClosed`` and ``Contended``.
    """

    def hand_over(ticket: Ticket) -> Ticket:
        assigned = ticket.assigned(command.staff_id, shop.clock.now())
        return _as_expected(ticket, assigned, expected)

    ticket = await find_ticket(shop, id_or_number)
    await _check_is_staff(shop, command.staff_id)
    return StaffTicket(**_fields(await change(shop, by, ticket, hand_over)))


async def respond(
    shop: Shop, by: Caller, id_or_number: str, command: AnswerTicket, *, key: str = ""
) -> StaffAnswer:
    """Answer the customer, or leave a note. Under one ``key`` it is said once, also after a crash.

    Raises ``TicketNotFound``, ``TicketClosed``, ``TicketFull``, ``TicketErased`` and ``Contended``.
    """

    def speaks(ticket: Ticket, said: Words) -> tuple[Ticket, TicketMessage]:
        return ticket.responded(said, is_internal=is_internal)

    ticket = await find_ticket(shop, id_or_number)
    # what the shop has opened for staff has no customer who reads
    is_internal = command.internal_note or ticket.is_internal
    what = f"{ticket.ticket_id}:{'note' if is_internal else 'answer'}"
    said = words(shop, by, what, command.message, key=key)
    answered, message = await say(shop, by, ticket, said, speaks)
    return StaffAnswer(**_fields(answered), message=_said(message))


def _as_expected(before: Ticket, after: Ticket, expected: frozenset[int] | None) -> Ticket:
    """What was done already is done, whatever was expected: a repeat must not fail for its own first try."""
    is_change = bool(after.changed_since(before))
    if is_change and expected is not None and before.sequence not in expected:
        raise PreconditionFailed(version=before.sequence)
    return after


async def _check_is_staff(shop: Shop, staff_id: str) -> None:
    user = await shop.store.get(User, staff_id, staff_id)
    if user is None or not user.is_active or user.rank < Role.STAFF:
        raise NotStaff(staff_id=staff_id)


async def _suggestion(shop: Shop, caller: Caller, ticket: Ticket) -> AgentSuggestion | None:
    if ticket.status in ("resolved", "closed") or ticket.is_anonymous:
        return None
    summary = f"{ticket.subject}\n{ticket.description}"[:LONGEST_SUMMARY]
    payload = {"contact_id": ticket.user_id, "issue_summary": summary}
    risk, actions = advised_actions(await ask(shop, caller, ASSIST, payload))
    return AgentSuggestion(risk=risk, next_best_actions=actions) if actions else None


def _fields(ticket: Ticket) -> dict[str, Any]:
    return ticket.model_dump(include=set(StaffTicket.model_fields))


def _first(ticket: Ticket) -> StaffMessage:
    return StaffMessage(
        message_id=ticket.ticket_id,
        author_id="" if ticket.is_internal else ticket.user_id,
        author_type="shop" if ticket.is_internal else "customer",
        message=ticket.description,
        is_internal=ticket.is_internal,
        created_at=ticket.created_at,
    )


def _said(message: TicketMessage) -> StaffMessage:
    return StaffMessage(
        message_id=message.id,
        **message.model_dump(include=set(StaffMessage.model_fields) - {"message_id"}),
    )
