"""Load, decide, commit; and again when somebody else was faster."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from domain.errors import Unavailable
from usecases.ports.store import AlreadyExists, VersionConflict
from usecases.shop import Shop

MOST_TRIES = 8
FIRST_WAIT_SECONDS = 0.01


class Contended(Unavailable):
    """Too many writers wanted the same thing at once."""

    code = "CONTENDED"
    message = "Too many requests change the same thing at once; try again."


async def again[T](shop: Shop, step: Callable[[], Awaitable[T]]) -> T:
    """Run load → decide → commit until it commits, at most eight times, waiting longer each time.

    ``step`` must read everything anew. Raises ``Contended`` when it never commits.
    """
    for attempt in range(MOST_TRIES):
        if attempt:
            await shop.clock.sleep(FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
        with suppress(VersionConflict, AlreadyExists):
            return await step()
    raise Contended(retry_after=1)
