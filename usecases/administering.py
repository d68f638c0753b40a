"""What administrators do with people: list, invite, change the role, deactivate. All of it is audited."""

from typing import Annotated, Literal

from pydantic import Field

from domain.access import Caller
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.model import View
from domain.user import (
    ASSIGNED,
    INVITATION_SECONDS,
    EmailInUse,
    Invitation,
    User,
    UserListing,
    UserNotFound,
    claim_id,
    email_hash,
    invitation_id,
    role_partition,
)
from usecases import emails, roster, sessions, users
from usecases.again import again
from usecases.ports.store import Change, Page, Position, Query
from usecases.shelves import cursor_keys
from usecases.shop import Shop
from usecases.users import EmailAddress, find_user

type RoleName = Literal["customer", "staff", "admin"]

MOST_PAGES = 50
"""``page`` is a convenience: whoever needs more follows the cursor."""


class ListUsers(Command):
    """The people of one role, a page at a time."""

    role: RoleName = "customer"
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""
    page: Annotated[int, Field(ge=1, le=MOST_PAGES)] = 1


class Invite(Command):
    """Whoever signs in with this verified address for the first time gets the role."""

    email: EmailAddress
    name: Annotated[str, Field(max_length=200)] = ""
    role: RoleName


class ChangeRole(Command):
    """The role that the person shall have."""

    new_role: RoleName


class UserLine(View):
    """A person, or an invitation that nobody has taken up yet, in the list."""

    id: str
    user_id: str
    email: str
    name: str
    role: str
    status: str


class UserLines(View):
    """A page of them."""

    items: tuple[UserLine, ...]
    next_cursor: str | None
    limit: int


async def list_users(shop: Shop, query: ListUsers) -> UserLines:
    """The people of that role; one query a page. Raises ``BadCursor``."""
    name, keys = f"users:{query.role}", await cursor_keys(shop)
    after = Position(*opened(query.cursor, name, keys)) if query.cursor else None
    page = await _page(shop, query, after)
    for _ in range(0 if query.cursor else query.page - 1):
        page = await _page(shop, query, page.next) if page.next else Page[UserListing](())
    cursor = sealed((page.next.value, page.next.entity_id), name, keys) if page.next else None
    return UserLines(items=tuple(map(_line, page.items)), next_cursor=cursor, limit=query.limit)


async def invite(shop: Shop, by: Caller, command: Invite) -> UserLine:
    """Invite somebody; asking again changes the invitation. Raises ``EmailInUse`` for who is here already."""
    hashed = email_hash(shop.secret, command.email)
    if await emails.holder_of(shop, hashed):
        raise EmailInUse

    async def step() -> Invitation:
        place = claim_id(hashed)
        there = await shop.store.get(Invitation, invitation_id(hashed), place)
        fresh = Invitation(
            id=invitation_id(hashed),
            user_id=place,
            invited_at=shop.clock.now(),
            ttl=INVITATION_SECONDS,
            **command.model_dump(),
        )
        invitation = there.but(**command.model_dump()) if there else fresh
        await shop.store.commit(Change(by=by, puts=(invitation,)))
        return invitation

    line = _invited(await again(shop, step))
    await roster.enlist(shop, by, line)
    return _line(line)


async def change_role(shop: Shop, by: Caller, user_id: str, command: ChangeRole) -> UserLine:
    """Give somebody another role; it counts from the next request on.

    Safe to repeat, also after a crash. Raises ``UserNotFound`` and ``LastAdmin``.
    """
    role = command.new_role
    before = await _present(shop, user_id)
    if before.role == "admin" and role != "admin":
        await roster.strike(shop, by, user_id)

    async def step() -> User:
        user = await _present(shop, user_id)
        return user if user.role == role else await _written(shop, by, user, role=role)

    user = await again(shop, step)
    await users.settle(shop, by, user)
    return _line(roster.line_of(user))


async def deactivate(shop: Shop, by: Caller, user_id: str) -> None:
    """Let somebody in no more: sessions end, tokens are refused, the record stays.

    An invitation is withdrawn the same way. Safe to repeat. Raises ``UserNotFound`` and ``LastAdmin``.
    """
    if user_id.startswith(invitation_id("")):
        return await _withdraw(shop, by, user_id)
    user = await _present(shop, user_id)
    if user.role == "admin" and user.is_active:
        await roster.strike(shop, by, user_id)

    async def step() -> User:
        fresh = await _present(shop, user_id)
        return await _written(shop, by, fresh, status="disabled") if fresh.is_active else fresh

    await roster.enlist(shop, by, roster.line_of(await again(shop, step)))
    return await sessions.end_all(shop, user_id)


async def _withdraw(shop: Shop, by: Caller, id: str) -> None:
    place = claim_id(id.removeprefix(invitation_id("")))

    async def step() -> None:
        there = await shop.store.get(Invitation, id, place)
        if there is not None:
            await shop.store.commit(Change(by=by, removes=(there,)))

    await again(shop, step)
    for role in ASSIGNED:
        await roster.delist(shop, by, id, role)


async def _present(shop: Shop, user_id: str) -> User:
    """Somebody who has not left. Raises ``UserNotFound``."""
    user = await find_user(shop, user_id)
    if user.status == "deleted":
        raise UserNotFound(user_id=user_id)
    return user


async def _written(shop: Shop, by: Caller, user: User, **changes: str) -> User:
    fresh = user.but(**changes, updated_at=shop.clock.now())
    return await users.tell(shop, by, fresh, *sorted(changes))


async def _page(shop: Shop, query: ListUsers, after: Position | None) -> Page[UserListing]:
    asked = Query(role_partition(query.role), limit=query.limit, after=after)
    return await shop.store.find(UserListing, asked)


def _invited(invitation: Invitation) -> UserListing:
    return UserListing(
        id=invitation.id,
        user_id=role_partition(invitation.role),
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        status="invited",
        created_at=invitation.invited_at,
        ttl=INVITATION_SECONDS,
    )


def _line(line: UserListing) -> UserLine:
    return UserLine(
        id=line.id,
        user_id=line.id,
        email=line.email,
        name=line.name,
        role=line.role,
        status=line.status,
    )
