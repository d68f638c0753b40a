"""What staff write by hand: under which id it is made, and which version of it they mean to change."""

from hashlib import sha256

from domain.access import Caller
from domain.banner import Banner
from domain.category import Category
from domain.entity import Entity
from domain.errors import PreconditionFailed
from usecases.ports.store import Change
from usecases.shop import Shop


def id_of(shop: Shop, by: Caller, command_id: str) -> str:
    """The id of what the request makes: the same for every repeat under the caller's key, else a new one."""
    if not command_id:
        return shop.ids.new()
    return sha256(f"{by.user_id}\n{command_id}".encode()).hexdigest()[:32]


def check_meant(version: int, expected: frozenset[int] | None, *, is_done: bool) -> None:
    """Raise ``PreconditionFailed`` where the caller read another version; ``None`` means any.

    What is so already (``is_done``) may be a repeat, so an earlier version does then too.
    """
    if expected is None or version in expected:
        return
    if not (is_done and any(earlier < version for earlier in expected)):
        raise PreconditionFailed


async def revised[E: (Banner, Category)](
    shop: Shop, by: Caller, there: E, fresh: E, expected: frozenset[int] | None
) -> E:
    """What is there made what it shall be, as its next revision; as it is where that is so already.

    Raises ``PreconditionFailed``.
    """
    check_meant(there.revision, expected, is_done=fresh == there)
    if fresh == there:
        return there
    return await written(shop, by, fresh.but(revision=there.revision + 1))


async def written[E: Entity](shop: Shop, by: Caller, entity: E) -> E:
    """The entity as it was written, alone and telling nobody."""
    done = await shop.store.commit(Change(by=by, puts=(entity,)))
    there: E = done.entities[0]
    return there
