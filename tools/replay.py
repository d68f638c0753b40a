"""``python -m tools.replay --since … --until …``: have the sweep publish again what was said in some hours.

For the loss of hubs only (docs/runbooks/event-replay.md). It takes the mark ``sent_at`` off outbox documents; consumers
drop by its id what they have applied, so a replay too much changes nothing.
"""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from adapters.opening import Opening
from domain.access import Caller, Trace, system
from domain.companions import Outbox, beside
from domain.containers import PARTITION_KEYS
from domain.moment import moment_text
from usecases.ports.store import Change, Refused, Scan, Where
from usecases.shop import Shop

MOST_ROUNDS = 1000
"""Pages of a hundred: what is left after them is taken up by running the tool again."""

_SENT = Where("sent_at", ">=", "2")
"""True where the mark is there at all: it is a time of this millennium."""


async def unsend(shop: Shop, caller: Caller, since: datetime, until: datetime) -> int:
    """Take the mark off every outbox document made in [since, until); how many lost it.

    Safe to run twice and beside the sweep: a document that changed meanwhile is left as it is now.
    """
    return sum(
        [await _unsend(shop, caller, container, since, until) for container in PARTITION_KEYS]
    )


async def _unsend(
    shop: Shop, caller: Caller, container: str, since: datetime, until: datetime
) -> int:
    made = (
        Where("created_at", ">=", moment_text(since)),
        Where("created_at", "<", moment_text(until)),
    )
    done = 0
    for _ in range(MOST_ROUNDS):
        page = await shop.store.find(beside(Outbox, container), Scan(where=(_SENT, *made)))
        changed = [await _take_mark(shop, caller, outbox) for outbox in page.items]
        done += sum(changed)
        if not any(changed):
            break
    return done


async def _take_mark(shop: Shop, caller: Caller, outbox: Outbox) -> bool:
    try:
        await shop.store.commit(Change(by=caller, puts=(outbox.but(sent_at=None, ttl=None),)))
    except Refused:
        return False
    return True


def window(arguments: list[str]) -> tuple[datetime, datetime]:
    """The hours that the arguments name; ends the program with a message where they name none."""
    parser = argparse.ArgumentParser(
        description="Have the sweep publish again what was said in some hours."
    )
    for name in ("--since", "--until"):
        parser.add_argument(
            name, required=True, type=datetime.fromisoformat, help="such as 2026-01-15T10:00:00Z"
        )
    given = parser.parse_args(arguments)
    if given.since.tzinfo is None or given.until.tzinfo is None or given.since >= given.until:
        parser.error("--since comes before --until, and both name their zone")
    return given.since.astimezone(UTC), given.until.astimezone(UTC)


async def main(arguments: list[str]) -> None:
    """Replay in the shop that the environment describes."""
    since, until = window(arguments)
    shop = await Opening()()
    cause = f"replay:{moment_text(since)}"
    caller = system("replay", Trace(correlation_id=cause, causation_id=cause))
    print(f"{await unsend(shop, caller, since, until)} outbox documents will be published again")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
