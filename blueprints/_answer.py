"""What leaves the shop: bodies, status, entity tags and the headers that every answer carries."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, Self

import azure.functions as func

from blueprints._area import Declaration
from blueprints._caller import header_of
from blueprints._errors import envelope, headers_of, status_of
from domain.access import Caller
from domain.errors import Refusal
from usecases.meter import Meter, begin
from usecases.ports.telemetry import SILENT_SPAN, Span
from usecases.shop import Shop

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Resource-Policy": "same-site",
}

JSON: Final = "application/json"

PUBLIC_SECONDS: Final = 60
"""How long a browser or gateway may keep a public answer."""


@dataclass(slots=True)
class Reply:
    """What the wrapper knows about the answer before there is one."""

    shop: Shop
    req: func.HttpRequest
    request_id: str
    public: bool = False
    span: Span = SILENT_SPAN
    who: Caller | None = None
    error: str = ""
    """The code of what was refused, or of what went wrong."""
    meter: Meter = field(default_factory=begin)

    @property
    def role(self) -> str:
        """The caller's role, for the log line."""
        return self.who.role.name.lower() if self.who else "unknown"

    @property
    def correlation_id(self) -> str:
        """The id of the chain of causes that the request belongs to."""
        return self.who.trace.correlation_id if self.who else self.request_id

    @property
    def operations(self) -> int:
        """Store operations so far."""
        return self.meter.operations

    def headers(self) -> dict[str, str]:
        """The headers that every answer carries."""
        headers = SECURITY_HEADERS | {
            "X-Request-Id": self.request_id,
            "X-Correlation-Id": self.correlation_id,
        }
        if self.shop.settings.local:
            headers["X-Store-Operations"] = str(self.meter.operations)
            if self.meter.request_units:
                headers["X-Store-Request-Units"] = f"{self.meter.request_units:.2f}"
        return headers


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. ``cookies`` are whole ``Set-Cookie`` values, never kept under a key.

    ``media_type`` is one of those that the endpoint declares, where it is not the first.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    etag: str = ""
    media_type: str = ""

    @classmethod
    def of(cls, result: Any, declaration: Declaration) -> Self:
        """The answer that a handler's result means: an ``Answer`` as it is, a model as JSON."""
        if isinstance(result, cls):
            return result
        if declaration.returns is None:
            return cls(declaration.status, b"")
        return cls(declaration.status, declaration.returns.dump_json(result))


class Response(func.HttpResponse):
    """A response without cookies. Its headers are a plain dict: the worker asks no more of them, and the
    library's own cost as much for twelve headers as a whole hello."""

    def __init__(
        self, body: bytes, status: int, headers: dict[str, str], media_type: str = JSON
    ) -> None:
        super().__init__(body, status_code=status, mimetype=media_type)
        self._plain = headers

    @property
    def headers(self) -> dict[str, str]:  # type: ignore[override]  # the worker reads both alike
        """Name to value, each once."""
        return self._plain


def answered(reply: Reply, answer: Answer, declaration: Declaration) -> func.HttpResponse:
    """The response to a call that succeeded; 304 when the caller has it already."""
    headers = reply.headers() | answer.headers
    is_refusal = answer.status >= 400  # one that was kept under a key
    media_type = JSON if is_refusal else answer.media_type or declaration.media_type
    headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}" if reply.public else "no-store"
    if declaration.method == "GET" and answer.status == 200:
        headers["ETag"] = answer.etag or etag_of(answer.body)
        if _is_known(headers["ETag"], header_of(reply.req, "if-none-match")):
            return _response(b"", 304, headers, answer, media_type)
    return _response(answer.body, answer.status, headers, answer, media_type)


def refused(reply: Reply, refusal: Refusal) -> func.HttpResponse:
    """The response to a call that was refused."""
    reply.error = refusal.code
    status = status_of(type(refusal))
    headers = reply.headers() | headers_of(refusal, status) | {"Cache-Control": "no-store"}
    at = reply.shop.clock.now()
    body = envelope(refusal.code, str(refusal), refusal.facts, at, reply.request_id)
    return Response(body, status, headers)


def unexpected(reply: Reply) -> func.HttpResponse:
    """The response to a fault of ours: no trace, no empty body."""
    message = "Something went wrong on our side; the fault is logged under this request id."
    reply.error = "INTERNAL_SERVER_ERROR"
    body = envelope(reply.error, message, {}, reply.shop.clock.now(), reply.request_id)
    headers = reply.headers() | {"Cache-Control": "no-store"}
    return Response(body, 500, headers)


def etag_of(body: bytes) -> str:
    """A strong entity tag: the hash of exactly these bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _is_known(etag: str, given: str) -> bool:
    """Whether ``If-None-Match`` names the tag; the comparison is the weak one (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return etag in tags or tags == ["*"]


def _response(
    body: bytes, status: int, headers: dict[str, str], answer: Answer, media_type: str
) -> func.HttpResponse:
    if not answer.cookies:
        return Response(body, status, headers, media_type)
    response = func.HttpResponse(body, status_code=status, headers=headers, mimetype=media_type)
    for cookie in answer.cookies:
        response.headers.add("Set-Cookie", cookie)
    return response
