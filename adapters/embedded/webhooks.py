"""Webhooks of the embedded card network that wait for delivery, shared by every host process.

A row is claimed by moving its due time a lease ahead: another process sees it as not yet due, and
when the claimer dies it is due again by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from adapters.embedded.world import Record, Records, Vault

PENDING = "card.webhooks"
DELIVERED = "card.webhooks.delivered"
ABANDONED = "card.webhooks.abandoned"

MOST_CLAIMED = 16
"""Webhooks that one process delivers at a time."""

MOST_LOOKED_AT = 200
"""Waiting webhooks that one look covers; a claimed one moves to the end of the row."""

LEASE_SECONDS = 6.0
"""How long a claimer has for one delivery; longer than ``DELIVERY_SECONDS``."""

DELIVERY_SECONDS = 5.0
"""How long the network waits for an answer."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0

KEPT_TRYING_SECONDS = 3 * 24 * 3600
"""How long delivery is tried (Stripe, "Webhooks": up to three days)."""

KEPT_SECONDS = 24 * 3600
"""How long a settled webhook stays to be looked at."""

PRUNED_AT_ONCE = 2
"""Old ones forgotten with each that is settled, so that they cannot pile up."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event on its way: its id, its body, and how often delivery has failed."""

    id: str
    payload: bytes
    failures: int


def post(records: Records, bodies: dict[str, str], now: datetime) -> None:
    """Let these events wait for delivery, due at once."""
    at = now.timestamp()
    for event_id, body in bodies.items():
        row = {"body": body, "failures": 0, "due_at": at, "posted_at": at}
        records.put(PENDING, event_id, row)


class Webhooks:
    """The row of waiting events, for whoever carries them to the shop."""

    def __init__(self, vault: Vault, lease_seconds: float = LEASE_SECONDS) -> None:
        self._vault, self._lease = vault, lease_seconds

    async def claim(self, now: datetime, limit: int = MOST_CLAIMED) -> list[Webhook]:
        """Up to ``limit`` due webhooks, nobody else's until the lease is over. Raises ``WorldAway``."""
        due_again = now.timestamp() + self._lease
        if not await self._vault.look(lambda records: _due(records, now)):
            return []
        return await self._vault.change(lambda records: _claim(records, now, limit, due_again))

    async def settle(self, webhook: Webhook, now: datetime, *, accepted: bool) -> None:
        """Note that the shop took it, or that it must be brought again after a pause. Safe to repeat."""
        await self._vault.change(lambda records: _settle(records, webhook.id, now, accepted))

    async def waiting(self) -> int:
        """How many are not delivered yet, counted up to ``MOST_LOOKED_AT``."""
        return len(await self._vault.look(lambda r: r.oldest(PENDING, MOST_LOOKED_AT)))


def _due(records: Records, now: datetime) -> list[tuple[str, Record]]:
    rows = records.oldest(PENDING, MOST_LOOKED_AT)
    return [(key, row) for key, row in rows if row["due_at"] <= now.timestamp()]


def _claim(records: Records, now: datetime, limit: int, due_again: float) -> list[Webhook]:
    claimed = _due(records, now)[:limit]
    for event_id, row in claimed:
        _requeue(records, event_id, {**row, "due_at": due_again})
    return [Webhook(key, row["body"].encode(), row["failures"]) for key, row in claimed]


def _settle(records: Records, event_id: str, now: datetime, accepted: bool) -> None:
    row = records.get(PENDING, event_id)
    if row is None:
        return
    failures = row["failures"] + (not accepted)
    done = {**row, "failures": failures, "settled_at": now.timestamp()}
    if accepted:
        _file_away(records, DELIVERED, event_id, done)
    elif now.timestamp() - row["posted_at"] > KEPT_TRYING_SECONDS:
        _file_away(records, ABANDONED, event_id, done)
    else:
        due_at = now.timestamp() + pause_seconds(failures)
        _requeue(records, event_id, {**row, "failures": failures, "due_at": due_at})


def pause_seconds(failures: int) -> float:
    """How long to wait after that many failures: half a second, doubled each time, a minute at most."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10))


def _requeue(records: Records, event_id: str, row: Record) -> None:
    records.drop(PENDING, event_id)
    records.put(PENDING, event_id, row)


def _file_away(records: Records, drawer: str, event_id: str, row: Record) -> None:
    records.drop(PENDING, event_id)
    records.put(drawer, event_id, row)
    for old, settled in records.oldest(drawer, PRUNED_AT_ONCE):
        if row["settled_at"] - settled["settled_at"] > KEPT_SECONDS:
            records.drop(drawer, old)
