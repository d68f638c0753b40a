"""One call of an endpoint, as its handler sees it."""

from dataclasses import dataclass
from typing import Any

import azure.functions as func

from domain.access import Caller
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class Call[B]:
    """One call of an endpoint: the shop, who asks, and what was asked, parsed.

    ``command_id`` names what is asked under an ``Idempotency-Key``: a use case that writes it down together
    with what it does will not do it again, also when the process dies before the answer is kept.
    """

    shop: Shop
    who: Caller
    body: B
    query: Any
    path: dict[str, str]
    request: func.HttpRequest
    command_id: str = ""
