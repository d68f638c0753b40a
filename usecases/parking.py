"""Parking events that nobody could apply, and publishing them again."""

from dataclasses import dataclass
from hashlib import sha256

from domain.access import Caller
from domain.dead_letter import MOST_BODY_CHARACTERS, DeadLetter, letter_id
from usecases.ports.store import AlreadyExists, Change
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
    """Keep the event until a person has looked; the same event is parked once for a group."""
    event_id = unapplied.event_id or f"unreadable-{sha256(unapplied.body).hexdigest()[:32]}"
    letter = DeadLetter(
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
    try:
        await shop.store.commit(Change(by=caller, puts=(letter,)))
    except AlreadyExists:
        return
    attributes = {
        "messaging.destination.name": unapplied.hub,
        "messaging.consumer.group.name": unapplied.group,
        "shop.reason": unapplied.reason,
    }
    shop.telemetry.measure(EVENTS_PARKED, 1, attributes)
