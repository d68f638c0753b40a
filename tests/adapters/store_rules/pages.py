"""Order, cursors and scans."""

from typing import Any

import pytest

from tests.adapters.store_kinds import Crate, change, pages, put, put_all
from usecases.ports.store import (
    Position,
    Query,
    Scan,
    Store,
    Where,
)


class Pages:
    """Order, cursors and scans."""

    async def test_entities_come_in_order_ties_by_id_and_without_the_path_not_at_all(
        self, store: Store
    ) -> None:
        places: list[Any] = [5, 1.5, 5, None, 10, -3]
        await put_all(store, *(Crate(id=str(n), sequence=place) for n, place in enumerate(places)))
        await put(store, Crate.model_validate({"id": "null", "facts": {"sequence": None}}))

        up = await store.find(Crate, Query("u-1", order_by="sequence"))
        down = await store.find(Crate, Query("u-1", order_by="sequence", descending=True))

        assert [crate.id for crate in up.items] == ["5", "1", "0", "2", "4"]
        assert [crate.id for crate in down.items] == ["4", "2", "0", "1", "5"]
        assert (up.next, down.next) == (None, None)

    async def test_strings_are_ordered_by_code_point(self, store: Store) -> None:
        names = ["Z", "a", "é", "z", "\uffee", "\U0001f381", ""]
        await put_all(store, *(Crate(id=str(n), created_at=name) for n, name in enumerate(names)))

        page = await store.find(Crate, Query("u-1", order_by="created_at"))

        assert [crate.created_at for crate in page.items] == sorted(names)

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("order_by", ["id", "sequence", "created_at"])
    async def test_pages_join_without_gap_or_repeat(
        self, store: Store, order_by: str, descending: bool
    ) -> None:
        crates = [
            Crate(id=f"{n:02}", sequence=n * 7 % 11, created_at=f"r{n % 4}") for n in range(25)
        ]
        await put_all(store, *crates)
        await put(store, Crate(id="x", user_id="u-2", sequence=1, created_at="r1"))

        found = await pages(store, Query("u-1", (), order_by, descending, 7))

        assert [len(page.items) for page in found] == [7, 7, 7, 4]
        seen = [crate.id for page in found for crate in page.items]
        places = {
            "id": lambda crate: (crate.id, crate.id),
            "sequence": lambda crate: (crate.sequence, crate.id),
            "created_at": lambda crate: (crate.created_at, crate.id),
        }
        whole = sorted(crates, key=places[order_by], reverse=descending)
        assert seen == [crate.id for crate in whole]

    async def test_numbers_come_before_strings_over_the_end_of_a_page(self, store: Store) -> None:
        places: list[Any] = ["a", 2, "", 1, "b", 2]
        await put_all(store, *(Crate(id=str(n), sequence=place) for n, place in enumerate(places)))

        for descending in (False, True):
            query = Query("u-1", (), "sequence", descending, 1)
            seen = [page.items[0].id for page in await pages(store, query)]
            assert seen == (
                ["4", "0", "2", "5", "1", "3"] if descending else ["3", "1", "5", "2", "0", "4"]
            )

    async def test_what_has_no_index_cannot_be_ordered_by(self, store: Store) -> None:
        with pytest.raises(ValueError, match="index"):
            await store.find(Crate, Query("u-1", order_by="status"))

    async def test_a_full_last_page_has_no_next(self, store: Store) -> None:
        await put_all(store, *(Crate(id=str(n)) for n in range(4)))

        assert [len(page.items) for page in await pages(store, Query("u-1", limit=2))] == [2, 2]

    async def test_what_comes_or_goes_between_pages_moves_no_other(self, store: Store) -> None:
        crates = [await put(store, Crate(id=f"{n}", sequence=n)) for n in range(6)]
        first = await store.find(Crate, Query("u-1", order_by="sequence", limit=3))
        assert first.next == Position(2, "2")

        await put(store, Crate(id="early", sequence=0.5))
        await put(store, Crate(id="late", sequence=3.5))
        await store.commit(change(removes=(crates[2], crates[4])))
        second = await store.find(
            Crate, Query("u-1", order_by="sequence", limit=3, after=first.next)
        )

        assert [crate.id for crate in second.items] == ["3", "late", "5"]

    async def test_a_page_with_conditions_goes_on_where_it_ended(self, store: Store) -> None:
        crates = (Crate(id=f"{n}", sequence=n, status="ab"[n % 2]) for n in range(9))
        await put_all(store, *crates)

        query = Query("u-1", (Where("status", "=", "a"),), "sequence", descending=True, limit=2)
        found = await pages(store, query)

        assert [[crate.id for crate in page.items] for page in found] == [
            ["8", "6"],
            ["4", "2"],
            ["0"],
        ]

    async def test_a_scan_looks_through_all_partitions(self, store: Store) -> None:
        crates = (Crate(id="c", user_id=f"u-{n}", status="ab"[n % 2]) for n in range(7))
        for crate in crates:
            await put(store, crate)

        page = await store.find(Crate, Scan((Where("status", "=", "a"),)))
        bounded = await store.find(Crate, Scan(limit=3))

        assert sorted(crate.user_id for crate in page.items) == ["u-0", "u-2", "u-4", "u-6"]
        assert (page.next, len(bounded.items), bounded.next) == (None, 3, None)

    def test_a_look_without_a_partition_cannot_sort_or_page(self) -> None:
        with pytest.raises(TypeError):
            Scan(order_by="id")  # type: ignore[call-arg]  # that is what is shown
        with pytest.raises(TypeError):
            Query(order_by="id")  # type: ignore[call-arg]  # that is what is shown
