"""Sessions and buckets in the shop's file: by version, for a while, and shared."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sqlite.file import SqliteFile
from adapters.sqlite.sessions import SqliteBuckets, SqliteSessions
from domain.access import Role
from domain.limit import Limit
from domain.signed_in import SignedIn
from tests.adapters.embedded.fixtures import NOON, StillClock
from usecases.ports.sessions import SessionsAway


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteFile]:
    opened = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def sessions(file: SqliteFile, clock: StillClock) -> SqliteSessions:
    return SqliteSessions(file, clock)


def session(id: str = "s-1", **fields: object) -> SignedIn:
    whole = {
        "id": id,
        "user_id": "u-1",
        "family": "f-1",
        "issuer": "customers",
        "ceiling": Role.STAFF,
        "refresh": "sealed",
        "started_at": NOON,
        "used_at": NOON,
    }
    return SignedIn.model_validate(whole | fields)


async def test_a_session_is_kept_as_it_is(sessions: SqliteSessions) -> None:
    assert await sessions.put(session(), 60)

    assert await sessions.get("s-1") == session(version=1)
    assert await sessions.get("s-2") is None


async def test_of_two_writers_of_a_version_one_wins(sessions: SqliteSessions) -> None:
    await sessions.put(session(), 60)
    kept = await sessions.get("s-1")
    assert kept is not None

    assert await sessions.put(kept, 60)
    assert not await sessions.put(kept, 60)
    assert not await sessions.put(session(), 60)


async def test_what_has_ended_is_not_brought_back_by_a_late_write(sessions: SqliteSessions) -> None:
    await sessions.put(session(), 60)
    kept = await sessions.get("s-1")
    assert kept is not None
    await sessions.drop("s-1", "s-2")

    assert not await sessions.put(kept, 60)
    assert await sessions.get("s-1") is None


async def test_a_session_is_forgotten_when_its_time_is_over(
    sessions: SqliteSessions, clock: StillClock
) -> None:
    await sessions.put(session(), 60)
    clock.move(60)

    assert await sessions.get("s-1") is None
    assert await sessions.of_user("u-1") == ()
    assert await sessions.put(session(), 60)


async def test_a_persons_sessions_are_found_oldest_first(
    sessions: SqliteSessions, clock: StillClock
) -> None:
    await sessions.put(session("new", started_at=clock.now().replace(hour=13)), 60)
    await sessions.put(session("old"), 60)
    await sessions.put(session("other", user_id="u-2"), 60)

    assert [each.id for each in await sessions.of_user("u-1")] == ["old", "new"]


async def test_a_bucket_empties_and_refills(file: SqliteFile, clock: StillClock) -> None:
    buckets, limit = SqliteBuckets(file, clock), Limit(2, 10)

    waits = [await buckets.take("a", limit) for _ in range(3)]
    other = await buckets.take("b", limit)
    clock.move(10)
    later = [await buckets.take("a", limit) for _ in range(2)]

    assert waits == [0, 0, 10]
    assert (other, later) == (0, [0, 10])


async def test_a_file_that_is_away_lets_nobody_in(tmp_path: Path, clock: StillClock) -> None:
    file = SqliteFile(tmp_path / "away.db")
    sessions, buckets = SqliteSessions(file, clock), SqliteBuckets(file, clock)
    file.close()

    for call in (
        sessions.get("s"),
        sessions.put(session(), 1),
        sessions.drop("s"),
        sessions.of_user("u"),
        buckets.take("a", Limit(1, 1)),
    ):
        with pytest.raises(SessionsAway):
            await call
