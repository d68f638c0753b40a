"""Every operator over every sort of value."""

from typing import Any

import pytest

from tests.adapters.store_kinds import Crate, ids, put_all
from usecases.ports.store import (
    Store,
    Where,
)


class Conditions:
    """Every operator over every sort of value."""

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (Where("facts.n", "=", 2), "2"),
            (Where("facts.n", "=", 2.0), "2"),
            (Where("facts.n", "!=", 2), "013"),
            (Where("facts.n", "<", 2), "01"),
            (Where("facts.n", "<=", 2), "012"),
            (Where("facts.n", ">", 1), "23"),
            (Where("facts.n", ">=", 1.5), "23"),
            (Where("facts.n", "in", (0, 3, 9)), "03"),
            (Where("facts.n", "in", ()), ""),
            (Where("facts.n", "missing"), "6"),
            (Where("facts.s", "=", "b"), "1"),
            (Where("facts.s", "!=", "b"), "0235"),
            (Where("facts.s", "<", "é"), "01"),
            (Where("facts.s", ">", "b"), "235"),
            (Where("facts.s", ">=", "é"), "235"),
            (Where("facts.s", "in", ("a", "é", "\U0001f381")), "023"),
            (Where("facts.s", "in", "a"), "0"),
            (Where("facts.s", "prefix", "é"), "25"),
            (Where("facts.s", "prefix", ""), "01235"),
            (Where("facts.s", "prefix", "\U0001f381"), "3"),
            (Where("facts.s", "missing"), "6"),
            (Where("facts.b", "=", True), "0"),
            (Where("facts.b", "=", False), "1"),
            (Where("facts.b", "!=", True), "1"),
            (Where("facts.b", "in", (True, False)), "01"),
            (Where("facts.b", "=", 1), "2"),
            (Where("facts.tags", "has", "x"), "0"),
            (Where("facts.tags", "has", 1), "2"),
            (Where("facts.tags", "has", True), "1"),
            (Where("facts.tags", "has any", ("x", "y")), "01"),
            (Where("facts.tags", "has any", ()), ""),
            (Where("facts.tags", "has", "alone"), ""),
            (Where("facts.tags", "=", "alone"), "3"),
            (Where("facts.tags", "=", '["x"]'), ""),
            (Where("facts.deep.er", "=", "x"), "0"),
            (Where("facts.deep.er", "missing"), "123456"),
            (Where("facts.deep", "missing"), "23456"),
            (Where("id", "=", "4"), "4"),
            (Where("id", ">", "4"), "56"),
            (Where("id", "in", ("1", "none")), "1"),
            (Where("id", "prefix", "5"), "5"),
            (Where("id", "missing"), ""),
        ],
        ids=str,
    )
    async def test_a_condition_finds(self, store: Store, where: Where, expected: str) -> None:
        documents: list[dict[str, Any]] = [
            {"n": 0, "s": "a", "b": True, "tags": ["x"], "deep": {"er": "x"}},
            {"n": 1, "s": "b", "b": False, "tags": ["y", True], "deep": 1},
            {"n": 2, "s": "é", "b": 1, "tags": [1, None]},
            {"n": 3, "s": "\U0001f381", "b": "true", "tags": "alone"},
            {"n": None, "s": None, "b": None, "tags": None},
            {"n": "2", "s": "é\U0010ffff", "b": "1", "tags": {"x": "x"}},
            {},
        ]
        crates = [Crate(id=str(n), facts=facts) for n, facts in enumerate(documents)]
        await put_all(store, *crates)

        assert await ids(store, where) == list(expected)

    async def test_conditions_are_all_fulfilled(self, store: Store) -> None:
        await put_all(store, *(Crate(id=str(n), sequence=n) for n in range(9)))

        found = await ids(store, Where("sequence", ">", 2), Where("sequence", "<", 5))

        assert found == ["3", "4"]

    @pytest.mark.parametrize(
        "where",
        [
            Where("no path", "=", 1),
            Where("facts.n'", "missing"),
            Where("facts.n", "in", (1, "a")),
            Where("facts.b", "<", True),
            Where("facts.s", "prefix", 1),
            Where("facts.n", "=", None),  # type: ignore[arg-type]  # what types forbid, at run time too
        ],
        ids=str,
    )
    async def test_a_condition_that_means_nothing_is_refused(
        self, store: Store, where: Where
    ) -> None:
        with pytest.raises(ValueError, match=r"."):
            await ids(store, where)
