"""Whose an e-mail address is: claimed before it is written into a record, given back after it left one.

A claim is for uniqueness only. It never links accounts: an address that another account holds is refused.
"""

from datetime import timedelta
from typing import Final

from domain.access import Caller
from domain.user import EmailClaim, User, claim_id
from usecases.again import again
from usecases.ports.store import Change, VersionConflict
from usecases.shop import Shop

SETTLES: Final = timedelta(minutes=1)
"""A claim that old whose holder has not the address is left over from a crash; it may be taken over."""


async def claim(shop: Shop, by: Caller, holder: str, hashed: str) -> bool:
    """Let the address be the holder's; ``False`` when it is somebody else's. Safe to repeat."""
    return await again(shop, lambda: _claim(shop, by, holder, hashed))


async def release(shop: Shop, by: Caller, holder: str, hashed: str) -> None:
    """The holder has the address no more. Safe to repeat; somebody else's claim stays."""
    there = await _find(shop, hashed) if hashed else None
    if there is None or there.holder != holder:
        return
    try:
        await shop.store.commit(Change(by=by, removes=(there,)))
    except VersionConflict:
        return


async def holder_of(shop: Shop, hashed: str) -> str:
    """Whose the address is; empty when it is nobody's."""
    there = await _find(shop, hashed)
    return there.holder if there else ""


async def _claim(shop: Shop, by: Caller, holder: str, hashed: str) -> bool:
    there = await _find(shop, hashed)
    if there and there.holder == holder:
        return True
    if there and not await _is_left_over(shop, there, hashed):
        return False
    place, now = claim_id(hashed), shop.clock.now()
    fresh = there or EmailClaim(id=place, user_id=place, holder=holder, claimed_at=now)
    await shop.store.commit(Change(by=by, puts=(fresh.but(holder=holder, claimed_at=now),)))
    return True


async def _is_left_over(shop: Shop, there: EmailClaim, hashed: str) -> bool:
    if shop.clock.now() - there.claimed_at < SETTLES:
        return False
    holder = await shop.store.get(User, there.holder, there.holder)
    return holder is None or holder.email_hash != hashed


async def _find(shop: Shop, hashed: str) -> EmailClaim | None:
    return await shop.store.get(EmailClaim, claim_id(hashed), claim_id(hashed))
