"""One call of an endpoint, as its handler sees it."""

from dataclasses import dataclass
from typing import Any

import azure.functions as func

from domain.access import Caller
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class Call[B]:
    """One call of an endpoint: the shop, who asks, and what was asked, parsed."""

    shop: Shop
    who: Caller
    body: B
    query: Any
    path: dict[str, str]
    request: func.HttpRequest
