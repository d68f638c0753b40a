"""Sessions: of guests, signed and with nothing to look up; of people who have signed in, kept at the gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.access import Role
from domain.errors import Conflict, Unauthenticated
from domain.keys import text_of
from domain.session import SEED_BYTES, GuestSession, read, start
from domain.signed_in import TOKEN_BYTES, SignedIn, session_id
from domain.user import User, email_hash, user_id_of
from usecases.ports.identity import IssuerAway, SignInRefused, Tokens
from usecases.ports.sessions import MOST_OF_A_USER
from usecases.shop import Shop
from usecases.signing import signing_keys

REFRESH_TOKEN = "refresh-token"  # noqa: S105 - what the sealed text is, not one
MOST_SESSIONS = 20
"""So many sessions a person may have; the oldest end when there are more."""


class SessionEnded(Unauthenticated):
    """The session is over, or what it was made of is no longer good."""

    code = "SESSION_ENDED"
    message = "The session has ended; sign in again."


class SessionRenewed(Conflict):
    """Somebody else has just renewed this session; the answer with the new cookie is under way."""

    code = "SESSION_RENEWED"
    message = "The session was renewed a moment ago."


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun; ``token`` belongs into an HttpOnly cookie and nowhere else."""

    token: str
    session: GuestSession
    seconds: int


@dataclass(frozen=True, slots=True)
class NewSignedIn:
    """The same for somebody who has signed in; ``seconds`` is how long it can last at most."""

    token: str
    session: SignedIn
    seconds: int


async def start_guest_session(shop: Shop) -> NewSession:
    """A new guest: signed, opaque, expiring; nothing is stored until the guest does something."""
    now = shop.clock.now()
    lasts = timedelta(days=shop.settings.guest_session_days)
    keys = await signing_keys(shop)
    token = start(keys.current, shop.ids.secret(SEED_BYTES), now + lasts)
    guest = read(keys, token, now)
    assert guest is not None, "a session that was just signed is good"
    return NewSession(token, guest, int(lasts.total_seconds()))


async def begin(shop: Shop, user: User, tokens: Tokens, issuer: str) -> NewSignedIn:
    """A new session of somebody who has just signed in. Never one that existed before: nobody can plant one."""
    now = shop.clock.now()
    draft = SignedIn(
        id="",
        user_id=user.user_id,
        family=shop.ids.new(),
        issuer=issuer,
        ceiling=tokens.who.ceiling,
        refresh="",
        started_at=now,
        used_at=now,
    )
    await _end_oldest(shop, user.user_id)
    return await _begun(shop, draft, tokens, user.rank)


async def find(shop: Shop, token: str) -> SignedIn | None:
    """The session of a cookie's token; ``None`` when there is none.

    The token of a session that was renewed some time ago is somebody's copy: all that came of the same
    sign-in ends.
    """
    session = await shop.gate.sessions.get(session_id(token))
    if session is None or not session.is_replaced(shop.clock.now()):
        return session
    await end_family(shop, session)
    return None


async def is_over(shop: Shop, session: SignedIn, role: Role) -> bool:
    """Whether the session's time is over for somebody of that role; one that is, is ended."""
    if session.ends_at(*_lasts(shop, role)) > shop.clock.now():
        return False
    await shop.gate.sessions.drop(session.id)
    return True


async def touch(shop: Shop, session: SignedIn, role: Role) -> None:
    """Note that it was used, now and then; when two do at once, one note is enough."""
    now = shop.clock.now()
    if session.needs_touch(now):
        used = session.model_copy(update={"used_at": now})
        await shop.gate.sessions.put(used, _seconds_left(shop, used, role))


async def renew(shop: Shop, session: SignedIn, role: Role) -> tuple[NewSignedIn, Tokens]:
    """A new session of a person of that role for the old one, after the issuer has renewed its tokens.

    The old one is marked first, so of two renewals at once one goes on. Raises ``SessionRenewed``,
    ``SessionEnded`` and ``IssuerAway``; only the last leaves the session as it was.
    """
    marked = session.model_copy(update={"replaced_at": shop.clock.now()})
    left = _seconds_left(shop, session, role)
    if session.replaced_at or not await shop.gate.sessions.put(marked, left):
        raise SessionRenewed
    try:
        tokens = await _renewed_tokens(shop, session)
    except IssuerAway:
        back = session.model_copy(update={"version": session.version + 1})
        await shop.gate.sessions.put(back, left)
        raise
    changes = {"used_at": shop.clock.now(), "version": 0, "ceiling": tokens.who.ceiling}
    draft = session.model_copy(update=changes)
    return await _begun(shop, draft, tokens, role), tokens


async def end(shop: Shop, id: str) -> None:
    """End one session. Safe to repeat."""
    await shop.gate.sessions.drop(id)


async def end_family(shop: Shop, session: SignedIn) -> None:
    """End every session that came of the same sign-in."""
    mine = await shop.gate.sessions.of_user(session.user_id)
    ids = [each.id for each in mine if each.family == session.family]
    await shop.gate.sessions.drop(session.id, *ids)


async def end_all(shop: Shop, user_id: str) -> None:
    """End every session of a person. One that begins meanwhile is refused by the record."""
    for _ in range(MOST_OF_A_USER):
        mine = await shop.gate.sessions.of_user(user_id)
        if not mine:
            return
        await shop.gate.sessions.drop(*(session.id for session in mine))


def ends_at(shop: Shop, session: SignedIn, role: Role) -> datetime:
    """When the session ends, if it is not used before."""
    return session.ends_at(*_lasts(shop, role))


async def _renewed_tokens(shop: Shop, session: SignedIn) -> Tokens:
    sealed = shop.gate.sealer.open(REFRESH_TOKEN, session.refresh)
    try:
        if sealed is None:
            raise SignInRefused("sealed with another key")
        tokens = await shop.gate.sign_in.refresh(session.issuer, sealed.decode())
        if user_id_of(tokens.who.issuer, tokens.who.subject) != session.user_id:
            raise SignInRefused("another person")
    except SignInRefused:
        await end_family(shop, session)
        raise SessionEnded from None
    return tokens


async def _begun(shop: Shop, draft: SignedIn, tokens: Tokens, role: Role) -> NewSignedIn:
    token = text_of(shop.ids.secret(TOKEN_BYTES))
    sealed = shop.gate.sealer.seal(REFRESH_TOKEN, tokens.refresh_token.encode())
    changes = {
        "id": session_id(token),
        "refresh": sealed,
        "email_hash": email_hash(shop.secret, tokens.who.email),
    }
    session = draft.model_copy(update=changes)
    seconds = _seconds_left(shop, session, role)
    kept = await shop.gate.sessions.put(session, seconds)
    assert kept, "a session's id is random"
    _, most = _lasts(shop, role)
    bound = session.started_at + most - shop.clock.now()
    return NewSignedIn(token, session, max(1, int(bound.total_seconds())))


async def _end_oldest(shop: Shop, user_id: str) -> None:
    mine = await shop.gate.sessions.of_user(user_id)
    if len(mine) >= MOST_SESSIONS:
        await shop.gate.sessions.drop(*(each.id for each in mine[: 1 - MOST_SESSIONS]))


def _seconds_left(shop: Shop, session: SignedIn, role: Role) -> int:
    left = ends_at(shop, session, role) - shop.clock.now()
    return max(1, int(left.total_seconds()))


def _lasts(shop: Shop, role: Role) -> tuple[timedelta, timedelta]:
    settings = shop.settings
    if role >= Role.STAFF:
        slides, most = settings.session_staff_hours, settings.session_staff_most_hours
    else:
        slides, most = settings.session_customer_hours, settings.session_customer_most_hours
    return timedelta(hours=slides), timedelta(hours=most)
