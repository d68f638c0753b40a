"""Signing in, staying, and leaving; and shopping without."""

from datetime import datetime

from blueprints import _cookies
from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._caller import guest_session_of
from blueprints._cookies import cookie, cookie_in, gone
from blueprints._endpoint import Call, endpoint
from domain.access import Role
from domain.errors import TooMany
from domain.model import View
from domain.session import GuestSession
from domain.user import AccountDisabled, EmailInUse
from usecases import signing_in, staying
from usecases.pages import ReturnNotAllowed
from usecases.sessions import (
    NewSession,
    NewSignedIn,
    SessionEnded,
    SessionRenewed,
    start_guest_session,
)
from usecases.shop import Shop
from usecases.signing_in import (
    BeginSignIn,
    SignInAnswer,
    SignInFailed,
    SignInLost,
)
from usecases.staying import Me, SignedOut, Stay

area = Area("auth")


class GuestSessionView(View):
    """A guest session; send ``csrf_token`` as ``X-CSRF-Token`` with every write."""

    user_id: str
    csrf_token: str
    expires_at: datetime


@endpoint(
    area,
    "POST",
    "api/auth/guest",
    may="session:start",
    returns=GuestSessionView,
    status=201,
    also=(200,),
)
async def start_guest(call: Call[None]) -> Answer:
    """Start a guest session: it may hold a cart and check out with an e-mail.

    A browser that has one already is told about that one, so that it can find its csrf_token again.
    """
    known = await guest_session_of(call.shop, call.request)
    if known:
        return Answer(200, _view(known))
    new = await start_guest_session(call.shop)
    return Answer(201, _view(new.session), cookies=(_guest_cookie(call.shop, new),))


@endpoint(
    area,
    "GET",
    "api/auth/login",
    may="sign-in:begin",
    query=BeginSignIn,
    status=302,
    media_type="text/plain",
    raises=(ReturnNotAllowed, TooMany),
)
async def login(call: Call[None]) -> Answer:
    """Send the browser to the issuer to sign in (authorization code, PKCE, state and nonce)."""
    return await _begun(call, is_new=False)


@endpoint(
    area,
    "GET",
    "api/auth/signup",
    may="sign-in:begin",
    query=BeginSignIn,
    status=302,
    media_type="text/plain",
    raises=(ReturnNotAllowed, TooMany),
)
async def signup(call: Call[None]) -> Answer:
    """Send the browser to the issuer to make an account."""
    return await _begun(call, is_new=True)


@endpoint(
    area,
    "GET",
    "api/auth/callback",
    may="sign-in:begin",
    query=SignInAnswer,
    status=302,
    media_type="text/plain",
    raises=(SignInLost, SignInFailed, AccountDisabled, EmailInUse, TooMany),
)
async def callback(call: Call[None]) -> Answer:
    """Where the issuer sends the browser back: a code becomes a session, a first visit an account.

    The session is always a new one, and the guest's cart goes over without losing a line.
    """
    sealed = cookie_in(call.shop, call.request, _cookies.SIGN_IN)
    done = await signing_in.finish(call.shop, call.who, call.query, sealed)
    left = (_cookies.SIGN_IN, *((_cookies.GUEST,) if done.has_merged else ()))
    cookies = (_cookie(call.shop, done.session), *(gone(call.shop, name) for name in left))
    return Answer(302, b"", {"Location": done.return_to}, cookies)


@endpoint(
    area,
    "POST",
    "api/auth/refresh",
    may="session:keep",
    returns=Stay,
    raises=(SessionEnded, SessionRenewed, AccountDisabled),
)
async def refresh(call: Call[None]) -> Answer:
    """Stay: the issuer is asked again, and the session gets a new cookie; the old one is good no more."""
    new, stay = await staying.stay(call.shop, call.who)
    return Answer(200, stay.model_dump_json().encode(), cookies=(_cookie(call.shop, new),))


@endpoint(
    area,
    "POST",
    "api/auth/logout",
    may="session:keep",
    returns=SignedOut,
    raises=(SessionEnded,),
)
async def logout(call: Call[None]) -> Answer:
    """End the session; the answer says where the issuer's own session ends."""
    out = await staying.leave(call.shop, call.who)
    return Answer(200, out.model_dump_json().encode(), cookies=(gone(call.shop, _cookies.SESSION),))


@endpoint(area, "GET", "api/auth/me", may="self:read", returns=Me)
async def me(call: Call[None]) -> Me:
    """Who the caller is; with a session, its csrf_token for the X-CSRF-Token header of writes."""
    return await staying.me(call.shop, call.who)


async def _begun(call: Call[None], *, is_new: bool) -> Answer:
    guest = await guest_session_of(call.shop, call.request)
    guest_id = guest.user_id if guest and call.who.role is Role.GUEST else ""
    begun = await signing_in.begin(
        call.shop, call.who, call.query, is_new=is_new, guest_id=guest_id
    )
    kept = cookie(call.shop, _cookies.SIGN_IN, begun.sealed, begun.seconds, same_site="Lax")
    return Answer(302, b"", {"Location": begun.address}, (kept,))


def _view(guest: GuestSession) -> bytes:
    view = GuestSessionView(
        user_id=guest.user_id, csrf_token=guest.csrf_token, expires_at=guest.expires_at
    )
    return view.model_dump_json().encode()


def _guest_cookie(shop: Shop, new: NewSession) -> str:
    return cookie(shop, _cookies.GUEST, new.token, new.seconds)


def _cookie(shop: Shop, new: NewSignedIn) -> str:
    return cookie(shop, _cookies.SESSION, new.token, new.seconds)
