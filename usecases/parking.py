"""Parking events that nobody could apply."""

from dataclasses import dataclass
from hashlib import sha256

from domain.access import Caller
from domain.dead_letter import MOST_BODY_CHARACTERS, DeadLetter, letter_id
from usecases.again import again
from usecases.ports.store import Change
from usecases.ports.telemetry import EVENTS_PARKED
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An event as it arrived, and why it was not applied; ids are empty where it could not be read."""

    hub: str
    group: str
    body: bytes
    reason: str
    detail: str
    attempts: int
    event_id: str = ""
    event_type: str = ""


async def park(shop: Shop, caller: Caller, unapplied: Unapplied) -> None:
    """Keep the event until a person has looked: once for a group. One that comes back waits anew.

    It is written also where it waits already, so that who has just published it again (``usecases.replaying``)
    sees that it came back.
    """
    letter = _letter(shop, unapplied)

    async def step() -> bool:
        there = await shop.store.get(DeadLetter, letter.id, letter.hub)
        kept = there.come_back(letter) if there else letter
        await shop.store.commit(Change(by=caller, puts=(kept,)))
        return there is None or there.replayed_at is not None

    if await again(shop, step):
        attributes = {
            "messaging.destination.name": unapplied.hub,
            "messaging.consumer.group.name": unapplied.group,
            "shop.reason": unapplied.reason,
        }
        shop.telemetry.measure(EVENTS_PARKED, 1, attributes)


def _letter(shop: Shop, unapplied: Unapplied) -> DeadLetter:
    event_id = unapplied.event_id or f"unreadable-{sha256(unapplied.body).hexdigest()[:32]}"
    return DeadLetter(
        id=letter_id(unapplied.group, event_id),
        hub=unapplied.hub,
        group=unapplied.group,
        event_id=event_id,
        event_type=unapplied.event_type,
        reason=unapplied.reason,
        detail=unapplied.detail[:1000],
        body=unapplied.body.decode(errors="replace")[:MOST_BODY_CHARACTERS],
        attempts=unapplied.attempts,
        parked_at=shop.clock.now(),
    )
