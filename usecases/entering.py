"""Who comes in: by a bearer token or by a session. Our own record is read each time and decides the role.

That is one point read for each request of somebody who has signed in, and no copy of it is kept anywhere: a
role that was changed, or an account that was deactivated, counts at the very next request.
"""

from dataclasses import replace

from domain.access import Caller, Role, Trace
from domain.errors import Unauthenticated
from domain.signed_in import SignedIn
from domain.user import AccountDisabled, User, email_hash, user_id_of
from usecases import sessions, users
from usecases.shop import Shop


async def by_token(shop: Shop, token: str, anyone: Caller, *, is_public: bool) -> Caller:
    """Whom a bearer token speaks for. A ``is_public`` endpoint asks only whether the token is good.

    Raises ``Unauthenticated``, ``AccountDisabled`` and ``IssuerAway``.
    """
    who = await shop.identity.verify(token)
    if who is None:
        raise Unauthenticated("The access token is not good.")
    if is_public:
        return anyone
    actor = _actor(user_id_of(who.issuer, who.subject), anyone.trace)
    user = await users.entered(shop, actor, who)
    return replace(
        anyone,
        user_id=user.user_id,
        role=min(user.rank, who.ceiling),
        scopes=who.scopes,
        email_hash=email_hash(shop.secret, who.email),
    )


async def by_session(shop: Shop, token: str, anyone: Caller) -> tuple[Caller, SignedIn] | None:
    """Whom a session's cookie speaks for; ``None`` when it speaks for nobody any more.

    Raises ``AccountDisabled``; the session has then ended.
    """
    session = await sessions.find(shop, token)
    if session is None:
        return None
    user = await shop.store.get(User, session.user_id, session.user_id)
    if user is None or not user.is_active:
        await sessions.end(shop, session.id)
        raise AccountDisabled
    if await sessions.is_over(shop, session, user.rank):
        return None
    await sessions.touch(shop, session, user.rank)
    known = replace(
        anyone,
        user_id=user.user_id,
        role=min(user.rank, session.ceiling),
        session_id=session.id,
        email_hash=session.email_hash,
    )
    return known, session


def _actor(user_id: str, trace: Trace) -> Caller:
    return Caller(user_id=user_id, role=Role.CUSTOMER, trace=trace)
