"""What an operation costs in request units: a published model, so that budgets can be tests.

A point read of 1 KB is 1 RU and costs grow with the size:
https://learn.microsoft.com/azure/cosmos-db/request-units#request-unit-considerations.
The other factors are estimates for documents of a few kilobytes with few indexed paths, from
https://learn.microsoft.com/azure/cosmos-db/key-value-store-cost and the service's own calculator; they
were not measured on an account.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

READ: Final = 1.0
INSERT: Final = 5.5
REPLACE: Final = 10.5
REMOVE: Final = 5.5
QUERY: Final = 2.5
ROW: Final = 0.2
REFUSED: Final = 1.0


def kilobytes(document: Mapping[str, Any]) -> float:
    """The size of a document as the service counts it, at least 1."""
    return max(1.0, size_bytes(document) / 1024)


def size_bytes(document: Mapping[str, Any]) -> int:
    """The size of the document's JSON in UTF-8."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


def query(loaded: Iterable[Mapping[str, Any]]) -> float:
    """A page of a query: every document that had to be loaded, found or not."""
    return QUERY + ROW * sum(kilobytes(document) for document in loaded)
