"""A request and an answer, and JSON as the service reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from tools.cosmos_emulator.refusal import CODES, Refusal, bad_request

EXACT: Final = 2**53
"""Numbers are IEEE 754 doubles, exact up to here:
https://learn.microsoft.com/azure/cosmos-db/nosql/query/constants#remarks"""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends; ``headers`` by their names in lower case, ``path`` as it stands on the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/") if part)

    @property
    def json(self) -> Any:
        """The body. Raises ``Refusal`` 400."""
        try:
            return json.loads(self.body, parse_int=_double)
        except ValueError:
            raise bad_request("The request body is no JSON.") from None

    def says(self, header: str) -> bool:
        """Whether a header is there and true."""
        return self.headers.get(header, "").lower() == "true"

    @property
    def sort(self) -> str:
        """``batch``, ``query``, ``write``, ``read``; ``other`` for what is not about documents."""
        if len(self.segments) < 5 or self.segments[4] != "docs":
            return "other"
        if self.says("x-ms-cosmos-is-batch-request"):
            return "batch"
        if self.is_query:
            return "query"
        return "read" if self.method == "GET" else "write"

    @property
    def is_feed(self) -> bool:
        """Whether changes are asked for: https://learn.microsoft.com/rest/api/cosmos-db/list-documents#request-headers"""
        return self.headers.get("a-im", "").lower() == "incremental feed"

    @property
    def is_query(self) -> bool:
        """https://learn.microsoft.com/rest/api/cosmos-db/query-documents#headers"""
        content_type = self.headers.get("content-type", "")
        return self.says("x-ms-documentdb-isquery") or "query+json" in content_type


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets; ``body`` is JSON, or nothing. ``charge`` is in request units."""

    status: int
    body: Any = None
    charge: float = 1.0
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(
    refusal: Refusal, charge: float = 1.0, headers: Mapping[str, str] | None = None
) -> Answer:
    """The answer of a refusal; it costs too."""
    body = {"code": CODES[refusal.status], "message": refusal.message}
    told = dict(headers or {})
    if refusal.substatus:
        told["x-ms-substatus"] = str(refusal.substatus)
    return Answer(refusal.status, body, charge, told)


def _double(text: str) -> int:
    number = int(text)
    return number if abs(number) <= EXACT else int(float(number))
