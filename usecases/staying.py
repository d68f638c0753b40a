"""Who is signed in: telling, staying and leaving."""

from datetime import datetime

from domain import signed_in
from domain.access import Caller
from domain.errors import Refusal
from domain.model import View
from domain.signed_in import SignedIn
from usecases import sessions, users
from usecases.pages import homes_of
from usecases.ports.identity import IssuerAway
from usecases.sessions import NewSignedIn, SessionEnded
from usecases.shop import Shop


class Me(View):
    """The caller, and the session where a cookie vouches for it. ``role`` is what counts now."""

    user_id: str
    email: str
    name: str
    role: str
    csrf_token: str | None = None
    expires_at: datetime | None = None


class Stay(View):
    """The renewed session; the csrf_token is a new one too."""

    csrf_token: str
    expires_at: datetime


class SignedOut(View):
    """Where to send the browser to end the issuer's own session; ``None`` while the issuer is away."""

    end_session_url: str | None


async def me(shop: Shop, who: Caller) -> Me:
    """Who the caller is."""
    user = await users.find_user(shop, who.user_id)
    known = Me(user_id=user.user_id, email=user.email, name=user.name, role=who.role.name.lower())
    session = await shop.gate.sessions.get(who.session_id) if who.session_id else None
    if session is None:
        return known
    token = signed_in.csrf_token(shop.secret, session.id)
    ends = sessions.ends_at(shop, session, user.rank)
    return known.model_copy(update={"csrf_token": token, "expires_at": ends})


async def stay(shop: Shop, who: Caller) -> tuple[NewSignedIn, Stay]:
    """Renew the caller's session.

    Raises ``SessionEnded``, ``SessionRenewed``, ``AccountDisabled`` and ``IssuerAway``.
    """
    new, tokens = await sessions.renew(shop, await _own(shop, who), who.role)
    try:
        user = await users.entered(shop, who, tokens.who, signs_in=True)
    except Refusal:
        await sessions.end_family(shop, new.session)
        raise
    token = signed_in.csrf_token(shop.secret, new.session.id)
    ends = sessions.ends_at(shop, new.session, user.rank)
    return new, Stay(csrf_token=token, expires_at=ends)


async def leave(shop: Shop, who: Caller) -> SignedOut:
    """End the caller's session, and every other that came of the same sign-in. Raises ``SessionEnded``."""
    session = await _own(shop, who)
    await sessions.end_family(shop, session)
    try:
        url = await shop.gate.sign_in.end_address(session.issuer, homes_of(shop.settings)[0])
    except IssuerAway:
        return SignedOut(end_session_url=None)
    return SignedOut(end_session_url=url)


async def _own(shop: Shop, who: Caller) -> SignedIn:
    """The caller's session; a bearer token has none. Raises ``SessionEnded``."""
    session = await shop.gate.sessions.get(who.session_id) if who.session_id else None
    if session is None:
        raise SessionEnded
    return session
