"""Who calls: a bearer token, a guest cookie, or nobody. Identity headers are never read."""

import re
from hmac import compare_digest
from typing import Final

import azure.functions as func

from domain import session
from domain.access import Caller, Role, Trace
from domain.errors import Forbidden, Unauthenticated
from domain.session import GuestSession
from usecases.shop import Shop

GUEST_COOKIE: Final = "hph_guest"
CSRF_HEADER: Final = "x-csrf-token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class CsrfTokenMissing(Forbidden):
    """A write that only a cookie vouches for, without the token that proves where it comes from."""

    code = "CSRF_TOKEN_REQUIRED"
    message = "Send the session's csrf_token in the X-CSRF-Token header."


def header_of(req: func.HttpRequest, name: str) -> str:
    """The header's value, empty where it is missing; ``name`` in lower case.

    Most are missing, and asking first costs less than the exception inside the library's ``get``.
    """
    headers = req.headers
    return headers[name] if name in headers else ""  # noqa: SIM401 - see above


def request_id_of(shop: Shop, req: func.HttpRequest) -> str:
    """The caller's ``X-Request-Id`` where it is a plain word, else a new id."""
    given = header_of(req, "x-request-id")
    return given if _ID.fullmatch(given) else shop.ids.new()


def cookie_name(shop: Shop) -> str:
    """The guest cookie's name: bound to this host where there is HTTPS."""
    return f"__Host-{GUEST_COOKIE}" if shop.settings.https else GUEST_COOKIE


async def caller_of(
    shop: Shop, req: func.HttpRequest, request_id: str, *, is_guarded: bool
) -> Caller:
    """Who calls. Raises ``Unauthenticated`` for a bearer token that is not good.

    ``is_guarded``: the endpoint acts on what belongs to the caller, so a write that only a cookie
    vouches for needs the session's token besides; raises ``CsrfTokenMissing``.
    """
    trace = _trace_of(req, request_id)
    authorization = header_of(req, "authorization")
    if authorization:
        return await _bearer(shop, authorization, trace)
    guest = guest_session_of(shop, req)
    if guest is None:
        return Caller(user_id="", role=Role.ANONYMOUS, trace=trace)
    if is_guarded and req.method not in SAFE_METHODS:
        _check_csrf(req, guest.csrf_token)
    return Caller(user_id=guest.user_id, role=Role.GUEST, trace=trace)


def guest_session_of(shop: Shop, req: func.HttpRequest) -> GuestSession | None:
    """The guest session whose cookie the request brings, if it is a good one."""
    token = _cookies(req).get(cookie_name(shop))
    return session.read(shop.secret, token, shop.clock.now()) if token else None


async def _bearer(shop: Shop, authorization: str, trace: Trace) -> Caller:
    scheme, _, token = authorization.partition(" ")
    found = await shop.identity.verify(token) if scheme.lower() == "bearer" else None
    if found is None:
        raise Unauthenticated("The access token is not good.")
    return Caller(user_id=found.user_id, role=found.role, trace=trace)


def _check_csrf(req: func.HttpRequest, token: str) -> None:
    if not compare_digest(header_of(req, CSRF_HEADER).encode(), token.encode()):
        raise CsrfTokenMissing


def _trace_of(req: func.HttpRequest, request_id: str) -> Trace:
    correlation = header_of(req, "x-correlation-id")
    traceparent = header_of(req, "traceparent")
    return Trace(
        correlation_id=correlation if _ID.fullmatch(correlation) else request_id,
        causation_id=request_id,
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else "",
    )


def _cookies(req: func.HttpRequest) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header_of(req, "cookie").split(";"))
    return {name: value for name, _, value in pairs if name}
