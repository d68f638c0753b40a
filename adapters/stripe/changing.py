"""Calls that change something, each once however often it is asked."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from adapters.stripe.connection import Call, StripeConnection
from adapters.stripe.faults import KeySpent
from usecases.ports.payments import PaymentBusy

MOST_SPENT: Final = 5
"""So many keys of one call may end in a fault of Stripe's, which each then repeats."""

type Thing = dict[str, Any]
type Found = Callable[[], Awaitable[Thing | None]]


async def nothing() -> Thing | None:
    """Whatever it was, twice would do no harm."""
    return None


async def changed(
    stripe: StripeConnection, call: Call, *, key: str, found: Found = nothing
) -> Thing:
    """What the call answers under ``key``, or under the next key where that one is spent on a 500.

    A 500 says nothing about what happened: ``found`` looks before it is asked anew. Raises the port's errors.
    """
    for number in range(MOST_SPENT):
        try:
            return await stripe.ask(call, key=f"{key}:{number + 1}" if number else key)
        except KeySpent:
            there = await found()
        if there is not None:
            return there
    raise PaymentBusy(f"stripe answers {MOST_SPENT} keys with a fault: {key}")
