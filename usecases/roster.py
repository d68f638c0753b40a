"""Who administers the shop, and the lines of the list of each role."""

from functools import partial

from domain.access import Caller
from domain.user import (
    ASSIGNED,
    MOST_ADMINS,
    ROSTER_ID,
    ROSTER_PARTITION,
    LastAdmin,
    Roster,
    User,
    UserListing,
    role_partition,
)
from usecases.again import again
from usecases.ports.store import Change
from usecases.shop import Shop


async def enrol(shop: Shop, by: Caller, user_id: str) -> None:
    """Write an administrator down. Safe to repeat; the roster may lack one after a crash, never name a false one
    that counts, since whoever relies on it looks at the records too."""

    async def step() -> None:
        roster = await _roster(shop)
        if user_id in roster.members:
            return
        members = (*roster.members, user_id)[-MOST_ADMINS:]
        await shop.store.commit(Change(by=by, puts=(roster.but(members=members),)))

    await again(shop, step)


async def strike(shop: Shop, by: Caller, user_id: str) -> None:
    """Take an administrator off, before the record changes. Raises ``LastAdmin`` when no other is left.

    Of two who strike each other at once, one commit of the roster wins and the other looks again.
    """

    async def step() -> None:
        roster = await _roster(shop)
        others = tuple(member for member in roster.members if member != user_id)
        if not await _has_active(shop, others):
            raise LastAdmin
        await shop.store.commit(Change(by=by, puts=(roster.but(members=others),)))

    await again(shop, step)


async def enlist(shop: Shop, by: Caller, line: UserListing) -> None:
    """Put the line into the list of its role, and out of all others. Safe to repeat; a newer line stays."""

    async def step(role: str) -> None:
        there = await shop.store.get(UserListing, line.id, role_partition(role))
        is_here = role == line.role
        if there is None and is_here:
            await shop.store.commit(Change(by=by, puts=(line,)))
        elif there is not None and there.sequence <= line.sequence:
            await _overwrite(shop, by, there, line if is_here else None)

    for role in ASSIGNED:
        await again(shop, partial(step, role))


async def delist(shop: Shop, by: Caller, id: str, role: str) -> None:
    """Take the line out of the list of that role. Safe to repeat."""

    async def step() -> None:
        there = await shop.store.get(UserListing, id, role_partition(role))
        if there is not None:
            await shop.store.commit(Change(by=by, removes=(there,)))

    await again(shop, step)


def line_of(user: User) -> UserListing:
    """The person's line."""
    return UserListing(
        id=user.user_id,
        user_id=role_partition(user.role),
        email=user.email,
        name=user.name,
        role=user.role,
        status=user.status,
        created_at=user.created_at,
        sequence=user.told,
    )


async def _overwrite(shop: Shop, by: Caller, there: UserListing, line: UserListing | None) -> None:
    if line is None:
        await shop.store.commit(Change(by=by, removes=(there,)))
        return
    changes = line.model_dump(exclude={"id", "user_id", "ttl"})
    if any(getattr(there, name) != value for name, value in changes.items()):
        await shop.store.commit(Change(by=by, puts=(there.but(**changes),)))


async def _roster(shop: Shop) -> Roster:
    return await shop.store.get(Roster, ROSTER_ID, ROSTER_PARTITION) or Roster()


async def _has_active(shop: Shop, members: tuple[str, ...]) -> bool:
    for member in members:
        user = await shop.store.get(User, member, member)
        if user is not None and user.is_active and user.role == "admin":
            return True
    return False
