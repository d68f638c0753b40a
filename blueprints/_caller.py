"""Who calls: a bearer token, a guest cookie, or nobody. Identity headers are never read."""

import re
from hmac import compare_digest
from typing import Final

import azure.functions as func

from domain import session
from domain.access import Caller, Role, Trace
from domain.errors import Forbidden, Unauthenticated
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


def request_id_of(shop: Shop, req: func.HttpRequest) -> str:
    """The caller's ``X-Request-Id`` where it is a plain word, else a new id."""
    given = req.headers.get("x-request-id", "")
    return given if _ID.fullmatch(given) else shop.ids.new()


def cookie_name(shop: Shop) -> str:
    """The guest cookie's name: bound to this host where there is HTTPS."""
    return f"__Host-{GUEST_COOKIE}" if shop.settings.https else GUEST_COOKIE


async def caller_of(shop: Shop, req: func.HttpRequest, request_id: str, *, needs: Role) -> Caller:
    """Who calls an endpoint that takes the role ``needs``.

    A cookie alone vouches for no write: where nobody need be known the caller is then nobody, so that
    who has lost the session's token can start another session. Raises ``CsrfTokenMissing``, and
    ``Unauthenticated`` for a bearer token that is not good.
    """
    trace = _trace_of(req, request_id)
    authorization = req.headers.get("authorization", "")
    if authorization:
        return await _bearer(shop, authorization, trace)
    token = _cookies(req).get(cookie_name(shop))
    guest = session.read(shop.secret, token, shop.clock.now()) if token else None
    if guest is not None and _is_vouched_for(req, guest.csrf_token):
        return Caller(user_id=guest.user_id, role=Role.GUEST, trace=trace)
    if guest is not None and needs > Role.ANONYMOUS:
        raise CsrfTokenMissing
    return Caller(user_id="", role=Role.ANONYMOUS, trace=trace)


async def _bearer(shop: Shop, authorization: str, trace: Trace) -> Caller:
    scheme, _, token = authorization.partition(" ")
    found = await shop.identity.verify(token) if scheme.lower() == "bearer" else None
    if found is None:
        raise Unauthenticated("The access token is not good.")
    return Caller(user_id=found.user_id, role=found.role, trace=trace)


def _is_vouched_for(req: func.HttpRequest, token: str) -> bool:
    given = req.headers.get(CSRF_HEADER, "")
    return req.method in SAFE_METHODS or compare_digest(given.encode(), token.encode())


def _trace_of(req: func.HttpRequest, request_id: str) -> Trace:
    correlation = req.headers.get("x-correlation-id", "")
    traceparent = req.headers.get("traceparent", "")
    return Trace(
        correlation_id=correlation if _ID.fullmatch(correlation) else request_id,
        causation_id=request_id,
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else "",
    )


def _cookies(req: func.HttpRequest) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in req.headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}
