"""Taking the words out of the tickets of a person whose account is gone; what became of each stays."""

from typing import Final

from domain.access import Caller
from domain.ticket import Ticket
from domain.user import User
from usecases.again import again
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Where
from usecases.relaying import relay
from usecases.shop import Shop
from usecases.tickets import messages_of, ticket_of

NAMES_SOMEBODY: Final = Where("is_anonymous", "=", False)


async def erase_tickets(shop: Shop, by: Caller, user: User) -> bool:
    """Whether no ticket of the person says anything of them any more; at most a hundred are done at once.

    Nobody waits for an answer, so it is done at once, whatever a ticket's status. Safe to repeat after a
    crash at any point. Who has come back meanwhile keeps what they wrote.
    """
    if user.status != "deleted":
        return True
    query = Query(
        user.user_id, where=(NAMES_SOMEBODY,), order_by="created_at", limit=MOST_ON_A_PAGE
    )
    page = await shop.store.find(Ticket, query)
    for ticket in page.items:
        await _erase(shop, by, ticket)
    return page.next is None


async def _erase(shop: Shop, by: Caller, ticket: Ticket) -> None:
    """The ticket with all its messages, in one batch, so that nothing can be said on it beside; the event
    that it tells takes the words out of the list."""

    async def step() -> None:
        before = await ticket_of(shop, ticket.user_id, ticket.ticket_id)
        if before.is_anonymous:
            return
        now = shop.clock.now()
        after = before.anonymised(now)
        told, event = after.telling(after.changed_since(before), trace=by.trace, at=now)
        messages = tuple(one.anonymised() for one in await messages_of(shop, before))
        done = await shop.store.commit(Change(by=by, puts=(told, *messages), events=(event,)))
        await relay(shop, by, done)

    await again(shop, step)
