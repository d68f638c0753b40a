"""Answering a request once, however often it is sent under one key."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from domain.access import Caller
from domain.idempotency import KeptAnswer, KeyInFlight, KeyReused
from usecases.ports.store import AlreadyExists, Change, VersionConflict
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """What identifies the request: the operation, the caller's key, and what exactly was asked."""

    operation: str
    key: str
    content: bytes

    @property
    def record_id(self) -> str:
        """The id of its record under the caller."""
        return f"key:{sha256(f'{self.operation}\n{self.key}'.encode()).hexdigest()[:40]}"

    @property
    def command_id(self) -> str:
        """Names what is asked, for whoever does it: the same as long as key and content are."""
        return sha256(f"{self.record_id}\n{self.content_hash}".encode()).hexdigest()[:24]

    @property
    def content_hash(self) -> str:
        """Tells the same request from another one."""
        return sha256(self.content).hexdigest()


async def claim(shop: Shop, caller: Caller, request: KeyedRequest) -> KeptAnswer:
    """Claim the key, or return the answer that was given under it.

    Of requests sent at once one creates the record; the others see it. A claim whose lease is over
    is taken over by version, so one repeat resumes. Raises ``KeyInFlight`` or ``KeyReused``.
    """
    fresh = _fresh(shop, caller, request)
    try:
        return await _written(shop, caller, fresh)
    except AlreadyExists:
        found = await shop.store.get(KeptAnswer, fresh.id, caller.user_id)
    if found is None:
        raise KeyInFlight(retry_after=1)
    if found.request_hash != fresh.request_hash:
        raise KeyReused
    if found.is_answered:
        return found
    return await _taken_over(shop, caller, found, fresh)


async def keep(shop: Shop, caller: Caller, answer: KeptAnswer) -> None:
    """Keep the answer under the key; a repeat that took over meanwhile has answered the same."""
    try:
        await _written(shop, caller, answer)
    except VersionConflict:
        return


async def forget(shop: Shop, caller: Caller, claimed: KeptAnswer) -> None:
    """Give the key back: the refusal may pass, so a repeat must be tried again."""
    try:
        await shop.store.commit(Change(by=caller, removes=(claimed,)))
    except VersionConflict:
        return


def _fresh(shop: Shop, caller: Caller, request: KeyedRequest) -> KeptAnswer:
    settings = shop.settings
    return KeptAnswer(
        id=request.record_id,
        user_id=caller.user_id,
        request_hash=request.content_hash,
        lease_until=shop.clock.now() + timedelta(seconds=settings.idempotency_lease_seconds),
        ttl=settings.idempotency_hours * 3600,
    )


async def _taken_over(
    shop: Shop, caller: Caller, found: KeptAnswer, fresh: KeptAnswer
) -> KeptAnswer:
    left = (found.lease_until - shop.clock.now()).total_seconds()
    if left > 0:
        raise KeyInFlight(retry_after=max(1, round(left)))
    try:
        return await _written(shop, caller, found.but(lease_until=fresh.lease_until))
    except VersionConflict:
        raise KeyInFlight(retry_after=1) from None


async def _written(shop: Shop, caller: Caller, record: KeptAnswer) -> KeptAnswer:
    done = await shop.store.commit(Change(by=caller, puts=(record,)))
    written: KeptAnswer = done.entities[0]
    return written
