"""Signing in and out: off to the issuer, back with a code, and a session for it.

What must come back unchanged (state, nonce, PKCE verifier, where to return, whose guest cart) travels in a
sealed cookie of that browser, so nothing is kept for those who never return, and a code that was stolen or
slipped in from elsewhere serves nobody (RFC 9700, 4.5 and 4.7).
"""

import hmac
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from domain.access import Caller, Role
from domain.entity import Command
from domain.errors import Invalid, Refusal, Unauthenticated
from domain.keys import text_of
from usecases import merging, sessions, users
from usecases.limiting import spend
from usecases.pages import page_of_shop
from usecases.ports.identity import Asked, SignInRefused, Tokens
from usecases.ports.store import StoreError
from usecases.sessions import NewSignedIn
from usecases.shop import Shop

SIGN_IN: Final = "sign-in"
LASTS: Final = timedelta(minutes=10)
"""How long somebody may take at the issuer's page."""

WORD_BYTES: Final = 32
MOST_ADDRESS: Final = 2_000


class SignInLost(Invalid):
    """The answer does not belong to a sign-in that this browser began, or that took too long."""

    code = "SIGN_IN_LOST"
    message = "This sign-in was not begun here, or is over; begin again."


class SignInFailed(Unauthenticated):
    """The issuer said no."""

    code = "SIGN_IN_FAILED"
    message = "The sign-in was refused; begin again."


class BeginSignIn(Command):
    """``return_to``: a page of the shop. ``at``: whose door, the customers' or the staff's."""

    return_to: Annotated[str, Field(max_length=MOST_ADDRESS)] = ""
    at: Annotated[str, Field(pattern="^(customers|staff)$")] = "customers"


class SignInAnswer(Command):
    """What the issuer sends the browser back with (OpenID Connect Core, 3.1.2.5 and 3.1.2.6); it may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: Annotated[str, Field(max_length=200)] = ""
    code: Annotated[str, Field(max_length=4_096)] = ""
    error: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the sealed cookie that it must bring back within ``seconds``."""

    address: str
    sealed: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Somebody has signed in; ``has_merged`` tells that the guest session is no longer needed."""

    session: NewSignedIn
    return_to: str
    has_merged: bool


async def begin(
    shop: Shop, who: Caller, command: BeginSignIn, *, is_new: bool = False, guest_id: str = ""
) -> Begun:
    """Begin a sign-in. Raises ``ReturnNotAllowed``, ``TooMany`` and ``IssuerAway``."""
    await spend(shop, who, "sign-in")
    return_to = page_of_shop(shop, command.return_to)
    name = command.at if command.at in shop.gate.sign_in.names else "customers"
    state, nonce, verifier = (text_of(shop.ids.secret(WORD_BYTES)) for _ in range(3))
    challenge = text_of(sha256(verifier.encode()).digest())
    asked = Asked(state=state, nonce=nonce, challenge=challenge, is_new=is_new)
    address = await shop.gate.sign_in.address(name, asked)
    until = (shop.clock.now() + LASTS).timestamp()
    carried = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "return_to": return_to,
        "name": name,
        "guest": guest_id,
        "until": until,
    }
    sealed = shop.gate.sealer.seal(SIGN_IN, json.dumps(carried).encode())
    return Begun(address, sealed, int(LASTS.total_seconds()))


async def finish(shop: Shop, by: Caller, answer: SignInAnswer, sealed: str) -> Finished:
    """The code becomes a session; the first time, the person becomes a user.

    Safe to run twice: the issuer takes a code once, and the user's id is always the same. Raises
    ``SignInLost``, ``SignInFailed``, ``AccountDisabled``, ``TooMany`` and ``IssuerAway``.
    """
    await spend(shop, by, "sign-in")
    carried = _carried(shop, answer, sealed)
    tokens = await _exchanged(shop, answer, carried)
    actor = replace(by, user_id="sign-in", role=Role.SYSTEM)
    user = await users.entered(shop, actor, tokens.who, signs_in=True)
    session = await sessions.begin(shop, user, tokens, carried["name"])
    person = replace(by, user_id=user.user_id, role=user.rank)
    merged = await _has_merged(shop, person, carried["guest"])
    return Finished(session, carried["return_to"], merged)


def _carried(shop: Shop, answer: SignInAnswer, sealed: str) -> dict[str, Any]:
    opened = shop.gate.sealer.open(SIGN_IN, sealed)
    if opened is None:
        raise SignInLost
    carried: dict[str, Any] = json.loads(opened)
    is_same = hmac.compare_digest(answer.state.encode(), str(carried["state"]).encode())
    if not is_same or carried["until"] <= shop.clock.now().timestamp():
        raise SignInLost
    return carried


async def _exchanged(shop: Shop, answer: SignInAnswer, carried: dict[str, Any]) -> Tokens:
    if answer.error or not answer.code:
        raise SignInFailed
    try:
        return await shop.gate.sign_in.exchange(
            carried["name"],
            code=answer.code,
            verifier=carried["verifier"],
            nonce=carried["nonce"],
        )
    except SignInRefused:
        raise SignInFailed from None


async def _has_merged(shop: Shop, person: Caller, guest_id: str) -> bool:
    """Take the guest's cart over; where that cannot be now, the guest session stays, and so does its cart."""
    if not guest_id:
        return False
    try:
        await merging.merge_cart(shop, person, guest_id)
    except (Refusal, StoreError):
        return False
    return True
