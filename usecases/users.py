"""People with an account: the first time they come, what they change, and how they leave."""

from contextlib import suppress
from typing import Annotated

from pydantic import ConfigDict, Field

from domain.access import Caller
from domain.entity import Command
from domain.model import View
from domain.user import (
    AccountDisabled,
    EmailInUse,
    Invitation,
    User,
    UserNotFound,
    claim_id,
    email_hash,
    invitation_id,
    user_id_of,
)
from usecases import emails, roster, sessions
from usecases.again import again
from usecases.ports.identity import Identified
from usecases.ports.payments import PaymentBusy
from usecases.ports.store import AlreadyExists, Change
from usecases.relaying import relay
from usecases.revising import check_meant
from usecases.shop import Shop

type EmailAddress = Annotated[
    str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


class UpdateProfile(Command):
    """What people may change about themselves; what is left out stays. A new ``email`` counts once the issuer
    vouches for it."""

    name: Annotated[str, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=30, pattern=r"^\+?[0-9 ()./-]*$")] | None = None
    email: EmailAddress | None = None


class Profile(View):
    """People as they see themselves; ``pending_email`` waits until the issuer vouches for it."""

    model_config = ConfigDict(from_attributes=True)

    user_id: str
    email: str
    pending_email: str
    name: str
    phone: str
    role: str
    status: str


def profile_of(user: User) -> Profile:
    """The record without what is only the shop's."""
    return Profile(
        user_id=user.user_id,
        email=user.email,
        pending_email=user.wanted_email,
        name=user.name,
        phone=user.phone,
        role=user.role,
        status=user.status,
    )


async def find_user(shop: Shop, user_id: str) -> User:
    """The record; one read. Raises ``UserNotFound``."""
    user = await shop.store.get(User, user_id, user_id)
    if user is None:
        raise UserNotFound(user_id=user_id)
    return user


async def find_active(shop: Shop, user_id: str) -> User:
    """The record that its person may still write in; one read.

    Who was deleted since the request came in writes nothing any more. Raises ``UserNotFound``, ``AccountDisabled``.
    """
    user = await find_user(shop, user_id)
    if not user.is_active:
        raise AccountDisabled
    return user


async def entered(shop: Shop, by: Caller, who: Identified, *, signs_in: bool = False) -> User:
    """The record of a person whose token was good; made the first time, however often that happens at once.

    ``signs_in``: the person has just proved to the issuer who it is, so an account that was deleted before
    that begins anew. Raises ``AccountDisabled``.
    """
    user_id = user_id_of(who.issuer, who.subject)
    user = await shop.store.get(User, user_id, user_id) or await _first(shop, by, who)
    if user.status == "deleted" and signs_in and _is_after(user, who):
        user = await _revived(shop, by, user, who)
    if not user.is_active:
        raise AccountDisabled
    if signs_in:
        user = await _signed_in(shop, by, user, who)
    return user


async def update(
    shop: Shop, who: Caller, command: UpdateProfile, expected: frozenset[int] | None = None
) -> User:
    """Change the caller's own record. Raises ``AccountDisabled``, ``EmailInUse`` and ``PreconditionFailed``.

    A new address is claimed and written at once where the caller's token vouches for it; else it is noted
    and becomes the caller's at the sign-in in which the issuer does. ``expected`` are the versions (``told``) that
    the caller may mean, ``None`` any; a record that says all this already is as good as one that was just changed.
    """

    async def step() -> User:
        user = await find_active(shop, who.user_id)
        check_meant(user.told, expected, is_done=_says(user, command))
        changes = command.model_dump(include={"name", "phone"}, exclude_none=True)
        changes |= await _email_changes(shop, who, user, command.email)
        return await _changed(shop, who, user, changes)

    return await again(shop, step)


async def erase(shop: Shop, who: Caller) -> None:
    """Forget the person: the record becomes anonymous, address book, wishlist, cards and sessions go, UserDeleted is
    published; orders stay.

    Safe to repeat after a crash at any point: what names the person in lists goes first, the record next.
    Raises ``LastAdmin``.
    """
    from usecases.carting import forget_cart  # noqa: PLC0415 - every call comes by this file, few leave

    user = await find_user(shop, who.user_id)
    if user.role == "admin":
        await roster.strike(shop, who, user.user_id)
    await roster.delist(shop, who, user.user_id, user.role)
    await again(shop, lambda: _erase(shop, who))
    await emails.release(shop, who, user.user_id, user.email_hash)
    await forget_cart(shop, who)
    await sessions.end_all(shop, user.user_id)
    await _forget_belongings(shop, who, user.user_id)


async def _first(shop: Shop, by: Caller, who: Identified) -> User:
    user_id = user_id_of(who.issuer, who.subject)
    email, hashed, role = await _claimed(shop, by, user_id, who)
    now = shop.clock.now()
    user = User.model_validate(
        {
            "id": user_id,
            "user_id": user_id,
            "issuer": who.issuer,
            "subject": who.subject,
            "email": email,
            "email_hash": hashed,
            "name": who.name,
            "role": role,
            "created_at": now,
            "updated_at": now,
            "last_login": now,
        }
    )
    try:
        created = await _told(shop, by, user, "UserCreated", ())
    except AlreadyExists:
        return await find_user(shop, user_id)
    await settle(shop, by, created)
    return created


async def _claimed(shop: Shop, by: Caller, user_id: str, who: Identified) -> tuple[str, str, str]:
    """Address, its hash and the invited role; nothing and a customer where the address is another's."""
    hashed = email_hash(shop.secret, who.email)
    if not hashed or not await emails.claim(shop, by, user_id, hashed):
        return "", "", "customer"
    place = claim_id(hashed)
    invitation = await shop.store.get(Invitation, invitation_id(hashed), place)
    asked = invited_by_setting(shop.settings.invited).get(who.email.casefold(), "customer")
    return who.email, hashed, invitation.role if invitation else asked


def invited_by_setting(text: str) -> dict[str, str]:
    """Address to role, as the setting ``invited`` says it."""
    pairs = [part.strip().rpartition("=") for part in text.split(",") if part.strip()]
    return {email.strip().casefold(): role.strip() for email, _, role in pairs}


async def settle(shop: Shop, by: Caller, user: User) -> None:
    """Finish what follows from a record: its line in the list, the roster, the invitation. Safe to repeat."""
    if user.role == "admin" and user.is_active:
        await roster.enrol(shop, by, user.user_id)
    await roster.enlist(shop, by, roster.line_of(user))
    if not user.email_hash:
        return
    place = claim_id(user.email_hash)
    invitation = await shop.store.get(Invitation, invitation_id(user.email_hash), place)
    if invitation is not None:
        await roster.delist(shop, by, invitation.id, invitation.role)
        await shop.store.commit(Change(by=by, removes=(invitation,)))


async def _signed_in(shop: Shop, by: Caller, user: User, who: Identified) -> User:
    """Note the sign-in, and take over an address that the issuer vouches for by now."""

    async def step() -> User:
        fresh = await find_user(shop, user.user_id)
        wanted = email_hash(shop.secret, fresh.wanted_email)
        changes: dict[str, str] = {}
        if wanted and wanted == email_hash(shop.secret, who.email):
            changes = await _email_swap(shop, by, fresh, who.email)
        noted = fresh.but(last_login=shop.clock.now())
        return await _changed(shop, by, noted, changes)

    fresh = await again(shop, step)
    await settle(shop, by, fresh)
    return fresh


async def _revived(shop: Shop, by: Caller, user: User, who: Identified) -> User:
    """The account of a person who left and comes again: a customer like any other."""
    await _forget_belongings(shop, by, user.user_id)
    email, hashed, _ = await _claimed(shop, by, user.user_id, who)
    fresh = user.but(
        subject=who.subject,
        email=email,
        email_hash=hashed,
        name=who.name,
        status="active",
        updated_at=shop.clock.now(),
    )
    return await _told(shop, by, fresh, "UserCreated", ())


def _says(user: User, command: UpdateProfile) -> bool:
    said = {"name": user.name, "phone": user.phone, "email": user.wanted_email or user.email}
    return command.model_dump(exclude_none=True).items() <= said.items()


async def _email_changes(shop: Shop, who: Caller, user: User, email: str | None) -> dict[str, str]:
    if email is None:
        return {}
    hashed = email_hash(shop.secret, email)
    if hashed == user.email_hash:
        return {"email": email, "wanted_email": ""}
    if hashed == who.email_hash:
        return await _email_swap(shop, who, user, email)
    holder = await emails.holder_of(shop, hashed)
    if holder not in ("", user.user_id):
        raise EmailInUse
    return {"wanted_email": email}


async def _email_swap(shop: Shop, by: Caller, user: User, email: str) -> dict[str, str]:
    """Claim the new address first; the old claim goes when the record is written. Raises ``EmailInUse``."""
    hashed = email_hash(shop.secret, email)
    if not await emails.claim(shop, by, user.user_id, hashed):
        raise EmailInUse
    return {"email": email, "email_hash": hashed, "wanted_email": ""}


async def _changed(shop: Shop, by: Caller, user: User, changes: dict[str, str]) -> User:
    """Write the changes with UserUpdated, if there are any; the address that was left is given back."""
    differ = {name: value for name, value in changes.items() if getattr(user, name) != value}
    named = tuple(sorted(differ.keys() - {"email_hash"}))
    if not named:
        done = await shop.store.commit(Change(by=by, puts=(user.but(**changes),)))
        return _written(done.entities[0])
    fresh = user.but(**changes, updated_at=shop.clock.now())
    written = await _told(shop, by, fresh, "UserUpdated", named)
    if written.email_hash != user.email_hash:
        await emails.release(shop, by, user.user_id, user.email_hash)
    await roster.enlist(shop, by, roster.line_of(written))
    return written


async def _erase(shop: Shop, by: Caller) -> None:
    user = await find_user(shop, by.user_id)
    if user.status != "deleted":
        erased = user.erased(shop.clock.now())
        await _told(shop, by, erased, "UserDeleted", ())


async def _forget_belongings(shop: Shop, by: Caller, user_id: str) -> None:
    """Remove address book, wishlist and cards; what the card network does not hear now, the timer tells it."""
    from usecases.erasing import forget_belongings  # noqa: PLC0415 - as above

    with suppress(PaymentBusy):
        await forget_belongings(shop, by, user_id)


async def _told(shop: Shop, by: Caller, user: User, type_: str, changed: tuple[str, ...]) -> User:
    told, event = user.telling(type_, changed, trace=by.trace, at=shop.clock.now())
    done = await shop.store.commit(Change(by=by, puts=(told,), events=(event,)))
    await relay(shop, by, done)
    return _written(done.entities[0])


async def tell(shop: Shop, by: Caller, user: User, *changed: str) -> User:
    """Write a record that was changed, with UserUpdated."""
    return await _told(shop, by, user, "UserUpdated", changed)


def _written(user: User) -> User:
    return user


def _is_after(user: User, who: Identified) -> bool:
    return user.deleted_at is not None and who.issued_at >= int(user.deleted_at.timestamp())
