import pytest

from adapters.batch import TakeFrom
from adapters.cosmos.query import guard, select
from tests.adapters.store_kinds import Crate
from usecases.ports.store import Position, Query, Scan, Where


def test_a_page_asks_for_one_row_more_in_the_order_of_a_composite_index() -> None:
    query = Query("u-1", (Where("status", "=", "new"),), "created_at", descending=True, limit=7)

    statement = select(Crate, query)

    assert statement.sql == (
        'SELECT TOP 8 * FROM c WHERE c.kind = @p0 AND c["status"] = @p1'
        ' AND (IS_NUMBER(c["created_at"]) OR IS_STRING(c["created_at"]))'
        ' ORDER BY c.kind DESC, c["created_at"] DESC, c.id DESC'
    )
    assert statement.parameters == [
        {"name": "@p0", "value": "crate"},
        {"name": "@p1", "value": "new"},
    ]


@pytest.mark.parametrize(
    ("descending", "value", "beyond"),
    [
        (False, 2, ' > @p2 OR (c["sequence"] = @p2 AND c.id > @p1) OR IS_STRING(c["sequence"]))'),
        (True, 2, ' < @p2 OR (c["sequence"] = @p2 AND c.id < @p1))'),
        (False, "b", ' > @p2 OR (c["sequence"] = @p2 AND c.id > @p1))'),
        (True, "b", ' < @p2 OR (c["sequence"] = @p2 AND c.id < @p1) OR IS_NUMBER(c["sequence"]))'),
    ],
)
def test_the_next_page_begins_beyond_the_last_row(
    descending: bool, value: str | int, beyond: str
) -> None:
    after = Position(value, "c-9")

    statement = select(Crate, Query("u-1", (), "sequence", descending, after=after))

    assert f'(c["sequence"]{beyond} ORDER BY' in statement.sql
    assert [each["value"] for each in statement.parameters] == ["crate", "c-9", value]


def test_a_page_in_order_of_ids_needs_no_composite_index() -> None:
    statement = select(Crate, Query("u-1", limit=1, after=Position("b", "b")))

    assert statement.sql == (
        "SELECT TOP 2 * FROM c WHERE c.kind = @p0 AND c.id > @p1 ORDER BY c.id ASC"
    )


def test_a_scan_is_plain() -> None:
    statement = select(Crate, Scan((Where("due", "<=", "2026"), Where("sent_at", "missing"))))

    assert statement.sql == (
        'SELECT * FROM c WHERE c.kind = @p0 AND c["due"] <= @p1 AND NOT IS_DEFINED(c["sent_at"])'
    )


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        (Where("a.b", "in", (1, 2)), 'c["a"]["b"] IN (@p1, @p2)'),
        (Where("a", "in", ()), "false"),
        (Where("a", "has", "x"), '(ARRAY_CONTAINS(c["a"], @p1))'),
        (
            Where("a", "has any", ("x", "y")),
            '(ARRAY_CONTAINS(c["a"], @p1) OR ARRAY_CONTAINS(c["a"], @p2))',
        ),
        (Where("a", "prefix", "x"), 'STARTSWITH(c["a"], @p1)'),
        (Where("a", "!=", True), '(IS_BOOL(c["a"]) AND c["a"] != @p1)'),
    ],
    ids=str,
)
def test_a_condition_becomes(where: Where, condition: str) -> None:
    assert select(Crate, Scan((where,))).sql.partition(" AND ")[2] == condition


def test_the_guard_of_a_take_holds_for_the_kind_and_a_number_that_is_enough() -> None:
    assert guard(TakeFrom("stock", "stock", "left.here", 3)) == (
        'FROM c WHERE c.kind = "stock" AND IS_NUMBER(c["left"]["here"]) AND c["left"]["here"] >= 3'
    )
