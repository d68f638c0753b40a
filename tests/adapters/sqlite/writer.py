"""A process that writes to a shared data file and says on its output what was acknowledged.

python -m tests.adapters.sqlite.writer FILE NAME increment|take|load TIMES
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from tests.adapters.store_kinds import AUDIT_KEY, Crate, Safe, change, event, take
from usecases.ports.store import GuardRefused, VersionConflict

CLIENTS = 4


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def increment(store: SqliteStore, name: str) -> None:
    """Add one to the shared crate by comparing versions, however often it takes."""
    while True:
        crate = await store.get(Crate, "c", "u-1")
        assert crate is not None
        try:
            await store.commit(change(crate.but(sequence=int(crate.sequence or 0) + 1)))
        except VersionConflict:
            continue
        return


async def take_one(store: SqliteStore, name: str) -> None:
    """Hold one piece, as an order does: the hold and what it takes in one batch."""
    try:
        await store.commit(change(Crate(id=f"hold-{name}"), takes=(take(1),)))
    except GuardRefused:
        return
    _say(name)


async def load(store: SqliteStore, name: str) -> None:
    """Write a safe with its event and audit record, and acknowledge it."""
    await store.commit(change(Safe(id=name), Crate(id=f"with-{name}"), events=(event(name),)))
    _say(name)


WORK = {"increment": increment, "take": take_one, "load": load}


async def main(path: str, name: str, work: str, times: str) -> None:
    """Do the work so many times, by a few clients at once."""
    file = SqliteFile(Path(path))
    store = SqliteStore(file, WallClock(), audit_key=AUDIT_KEY)
    turns = iter(range(int(times)))

    async def client() -> None:
        for turn in turns:
            await WORK[work](store, f"{name}-{turn}")

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    file.close()


def _say(name: str) -> None:
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
