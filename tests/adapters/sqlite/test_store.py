"""The SQLite end under the store's contract, and what it alone must hold."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sqlite.file import SqliteFile
from adapters.sqlite.query import Statement, select
from adapters.sqlite.store import SqliteStore
from domain.companions import AuditRecord, Outbox, beside
from domain.entity import Entity
from tests.adapters.store_contract import StoreContract
from tests.adapters.store_kinds import AUDIT_KEY, Crate, StillClock, change, ids, put, put_all
from usecases.ports.store import Position, Query, Scan, Store, VersionConflict, Where


class TestSqliteStore(StoreContract):
    """The contract."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Iterator[SqliteFile]:
        file = SqliteFile(tmp_path / "shop.db")
        yield file
        file.close()

    @pytest.fixture
    def store(self, file: SqliteFile, clock: StillClock) -> Store:
        return SqliteStore(file, clock, audit_key=AUDIT_KEY)

    async def test_two_stores_on_one_file_see_and_refuse_each_other(
        self, store: Store, clock: StillClock, tmp_path: Path
    ) -> None:
        other_file = SqliteFile(tmp_path / "shop.db")
        other = SqliteStore(other_file, clock, audit_key=AUDIT_KEY)
        crate = await put(store, Crate(id="c"))

        assert await other.get(Crate, "c", "u-1") == crate
        await put(other, crate.but(status="full"))
        with pytest.raises(VersionConflict):
            await put(store, crate.but(status="lost"))
        other_file.close()

    async def test_everything_is_there_after_a_restart(
        self, file: SqliteFile, store: Store, clock: StillClock, tmp_path: Path
    ) -> None:
        crate = await put(store, Crate(id="c"))
        file.close()

        again = SqliteFile(tmp_path / "shop.db")
        assert await SqliteStore(again, clock, audit_key=AUDIT_KEY).get(Crate, "c", "u-1") == crate
        again.close()

    async def test_a_purge_forgets_what_expired_and_nothing_else(
        self, file: SqliteFile, clock: StillClock
    ) -> None:
        store = SqliteStore(file, clock, audit_key=AUDIT_KEY)
        crates = [Crate(id=f"{n:03}", ttl=60) for n in range(501)]
        await put_all(store, *crates, Crate(id="later", ttl=61), Crate(id="never"))
        assert await store.purge() == 0

        clock.time += timedelta(seconds=60)

        assert [await store.purge() for _ in range(3)] == [500, 1, 0]
        assert await ids(store) == ["later", "never"]

    @pytest.mark.parametrize(
        ("kind", "query", "index"),
        [
            (Crate, Query("u-1"), "Orders_by_id"),
            (
                Crate,
                Query("u-1", order_by="created_at", after=Position("a", "b")),
                "Orders_by_created_at",
            ),
            (
                Crate,
                Query("u-1", (Where("created_at", "<", "b"),), "sequence", descending=True),
                "Orders_by_sequence",
            ),
            (Crate, Scan((Where("due", "<=", "2026"),)), "Orders_all_by_due"),
            (Crate, Scan((Where("due", "in", ("a", "b")),)), "Orders_all_by_due"),
            (beside(Outbox, "Orders"), Scan((Where("sent_at", "missing"),)), "Orders_unsent"),
            (
                beside(AuditRecord, "Orders"),
                Scan((Where("waiting_since", "<=", "2026"),)),
                "Orders_waiting",
            ),
        ],
        ids=str,
    )
    async def test_a_query_reads_from_its_index_and_sorts_nothing(
        self, file: SqliteFile, store: Store, kind: type[Entity], query: Query | Scan, index: str
    ) -> None:
        statement = select(kind, query, 0.0)

        plan = await file.read(
            lambda connection: connection.execute(
                f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters
            ).fetchall()
        )

        assert [row[3].split(" (")[0] for row in plan] == [f"SEARCH Orders USING INDEX {index}"]

    async def test_pages_of_the_same_time_are_as_cheap_at_the_end(
        self, file: SqliteFile, clock: StillClock
    ) -> None:
        """Steps of SQLite's machine, so that the figure is exact."""
        store = SqliteStore(file, clock, audit_key=AUDIT_KEY)
        await put_all(store, *(Crate(id=f"{n:04}", created_at=f"{n:04}") for n in range(1000)))

        async def steps(after: Position | None) -> int:
            query = Query("u-1", order_by="created_at", after=after)
            statement = select(Crate, query, 0.0)
            return await file.read(lambda connection: _steps(connection, statement))

        first, fiftieth = await steps(None), await steps(Position("0979", "0979"))
        assert fiftieth <= first * 1.1

    async def test_a_change_with_nothing_new_still_moves_the_version(self, store: Store) -> None:
        crate = await put(store, Crate(id="c"))
        (again,) = (await store.commit(change(crate))).entities

        assert again.version != crate.version


def _steps(connection: sqlite3.Connection, statement: Statement) -> int:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection.set_progress_handler(step, 1)
    connection.execute(statement.sql, statement.parameters).fetchall()
    connection.set_progress_handler(None, 0)
    return count
