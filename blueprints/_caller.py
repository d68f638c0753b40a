"""Who calls: a bearer token, a session's cookie, a guest's, or nobody. Identity headers are never read."""

import hmac
import re
from dataclasses import replace
from functools import lru_cache
from hmac import compare_digest
from typing import Final

import azure.functions as func

from blueprints._cookies import GUEST, SESSION, cookie_in
from domain import session, signed_in
from domain.access import Caller, Role, Trace
from domain.errors import Forbidden, Unauthenticated
from domain.keys import derived
from domain.session import GuestSession
from usecases import entering
from usecases.pages import origins_of
from usecases.shop import Shop
from usecases.signing import signing_keys

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


class WrongOrigin(Forbidden):
    """A write that only a cookie vouches for, from a page that is not the shop's."""

    code = "WRONG_ORIGIN"
    message = "This page may not do that in your name."


def request_id_of(shop: Shop, req: func.HttpRequest) -> str:
    """The caller's ``X-Request-Id`` where it is a plain word, else a new id."""
    given = header_of(req, "x-request-id")
    return given if _ID.fullmatch(given) else shop.ids.new()


async def caller_of(
    shop: Shop, req: func.HttpRequest, request_id: str, *, is_guarded: bool, is_public: bool = False
) -> Caller:
    """Who calls. Raises ``Unauthenticated`` for a bearer token that is not good.

    ``is_guarded``: the endpoint acts on what belongs to the caller, so a write that only a cookie
    vouches for needs the session's token besides; raises ``CsrfTokenMissing`` and ``WrongOrigin``.
    ``is_public``: its answer belongs to nobody, so nobody is looked up. Raises ``AccountDisabled``.
    """
    trace = _trace_of(req, request_id)
    anyone = Caller(user_id="", role=Role.ANONYMOUS, trace=trace, source=_source(shop, req))
    authorization = header_of(req, "authorization")
    if authorization:
        return await entering.by_token(shop, _bearer(authorization), anyone, is_public=is_public)
    if is_public:
        return anyone
    writes = is_guarded and req.method not in SAFE_METHODS
    found = await _by_session(shop, req, anyone, writes=writes)
    return found or await _by_guest(shop, req, anyone, writes=writes)


async def guest_session_of(shop: Shop, req: func.HttpRequest) -> GuestSession | None:
    """The guest session whose cookie the request brings, if it is a good one."""
    token = cookie_in(shop, req, GUEST)
    return session.read(await signing_keys(shop), token, shop.clock.now()) if token else None


async def _by_session(
    shop: Shop, req: func.HttpRequest, anyone: Caller, *, writes: bool
) -> Caller | None:
    token = cookie_in(shop, req, SESSION)
    found = await entering.by_session(shop, token, anyone) if token else None
    if found is None:
        return None
    caller, kept = found
    if writes:
        _check_source(shop, req, signed_in.csrf_token(shop.secret, kept.id))
    return caller


async def _by_guest(shop: Shop, req: func.HttpRequest, anyone: Caller, *, writes: bool) -> Caller:
    guest = await guest_session_of(shop, req)
    if guest is None:
        return anyone
    if writes:
        _check_source(shop, req, guest.csrf_token)
    return replace(anyone, user_id=guest.user_id, role=Role.GUEST)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("The access token is not good.")
    return token


def _check_source(shop: Shop, req: func.HttpRequest, token: str) -> None:
    """A browser says where a write comes from; it must be a page of ours, and know the session's token."""
    origin = header_of(req, "origin")
    is_cross_site = header_of(req, "sec-fetch-site") == "cross-site"
    if is_cross_site or (origin and origin not in origins_of(shop)):
        raise WrongOrigin
    if not compare_digest(header_of(req, CSRF_HEADER).encode(), token.encode()):
        raise CsrfTokenMissing


def _source(shop: Shop, req: func.HttpRequest) -> str:
    """A keyed hash of the caller's address: limits need to tell callers apart, not to know them."""
    given = header_of(req, shop.settings.client_address_header).rpartition(",")[2].strip()
    return _hidden(derived(shop.secret, "source"), given)


@lru_cache(maxsize=1024)  # the same few callers ask again and again
def _hidden(key: bytes, address: str) -> str:
    return hmac.digest(key, address.encode(), "sha256").hex()[:24]


def _trace_of(req: func.HttpRequest, request_id: str) -> Trace:
    correlation = header_of(req, "x-correlation-id")
    traceparent = header_of(req, "traceparent")
    return Trace(
        correlation_id=correlation if _ID.fullmatch(correlation) else request_id,
        causation_id=request_id,
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else "",
    )
