"""Not too often: each caller has a bucket for what could be guessed or flooded."""

import math

from domain.access import Caller
from domain.errors import TooMany
from domain.limit import LIMITS
from usecases.shop import Shop


async def spend(shop: Shop, caller: Caller, name: str) -> None:
    """Take a token from the caller's bucket of that name. Raises ``TooMany`` with the seconds to wait.

    Signed-in people have buckets of their own; everybody else shares that of the network address.
    """
    limit = LIMITS[name].scaled(shop.settings.limit_scale)
    wait = await shop.gate.buckets.take(f"{name}:{caller.limit_key}", limit)
    if wait:
        raise TooMany(retry_after=math.ceil(wait))
