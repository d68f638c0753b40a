"""Pages, orders, indexes, charges and refusals of queries."""

from typing import Any

import pytest

from tests.tools.cosmos_emulator.things import ask, documents, ids, put
from tools.cosmos_emulator.indexing import Indexing
from tools.cosmos_emulator.refusal import Refusal
from tools.cosmos_emulator.sql.tree import Path

ORDERED = "SELECT * FROM c ORDER BY "
POLICY = {
    "includedPaths": [{"path": "/kind/?"}, {"path": "/n/?"}, {"path": "/deep/*"}],
    "excludedPaths": [{"path": "/*"}, {"path": "/deep/down/?"}],
    "compositeIndexes": [
        [{"path": "/kind", "order": "ascending"}, {"path": "/n", "order": "ascending"}],
        [{"path": "/kind"}, {"path": "/n", "order": "descending"}, {"path": "/id"}],
    ],
}


def refusal(kept: Any, text: str, **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        ask(kept, text, **more)
    assert refused.value.status == 400
    return refused.value.message


def test_the_more_precise_path_decides_what_is_indexed() -> None:
    indexing = Indexing(POLICY)

    covered = {
        path: indexing.covers(Path(tuple(path.split("."))))
        for path in ("kind", "n", "n.x", "m", "deep.a", "deep.a.b", "deep.down", "id", "_ts")
    }

    assert [path for path, is_covered in covered.items() if not is_covered] == [
        *("n.x", "m", "deep.down"),
    ]


def test_values_of_all_sorts_have_one_order() -> None:
    kept = documents()
    values = ["é", "b", "\U0001f381", "\uffee", 2, -1.5, True, False, None, [1], {"a": 1}]
    for number, value in enumerate(values):
        put(kept, str(number), v=value)
    put(kept, "none")

    up = ids(ask(kept, "SELECT * FROM c ORDER BY c.v"))
    down = ids(ask(kept, "SELECT * FROM c ORDER BY c.v DESC"))

    assert up == ["8", "7", "6", "5", "4", "1", "0", "3", "2", "9", "10"]
    assert down == up[::-1]


def test_a_document_without_the_ordered_path_is_there_only_if_the_index_names_the_path() -> None:
    named, general = documents(indexingPolicy=POLICY), documents()
    for kept in (named, general):
        put(kept, "a", n=1)
        put(kept, "b")

    assert ids(ask(named, "SELECT * FROM c ORDER BY c.n")) == ["b", "a"]
    assert ids(ask(general, "SELECT * FROM c ORDER BY c.n")) == ["a"]


def test_an_order_needs_its_index() -> None:
    kept = documents(indexingPolicy=POLICY)
    put(kept, "a", kind="k", n=1)
    put(kept, "b", kind="k", n=2)

    for order in ("c.kind, c.n", "c.kind DESC, c.n DESC", "c.kind, c.n DESC, c.id", "c.id"):
        assert len(ids(ask(kept, ORDERED + order))) == 2
    assert ids(ask(kept, "SELECT * FROM c ORDER BY c.kind DESC, c.n ASC, c.id DESC")) == ["a", "b"]
    for order in ("c.n, c.kind", "c.kind, c.n DESC", "c.kind, c.n, c.id", "c.n, c.id"):
        assert "composite index" in refusal(kept, ORDERED + order)
    assert "excluded" in refusal(kept, "SELECT * FROM c ORDER BY c.m")


def test_a_query_over_all_partitions_says_so_and_is_plain() -> None:
    kept = documents()
    for n in range(3):
        put(kept, "a", f"u-{n}")

    assert "required but disabled" in refusal(kept, "SELECT * FROM c", partition=None)
    assert len(ids(ask(kept, "SELECT * FROM c", None, crosses=True))) == 3
    for text in ("* FROM c ORDER BY c.id", "TOP 1 * FROM c", "VALUE COUNT(1) FROM c"):
        told = refusal(kept, f"SELECT {text}", partition=None, crosses=True)
        assert "neither sort, cut nor count" in told


def test_pages_go_on_where_they_ended() -> None:
    kept = documents()
    for n in range(7):
        put(kept, str(n), even=n % 2 == 0)
    text = "SELECT TOP 3 * FROM c WHERE c.even = true ORDER BY c.id"

    first = ask(kept, text, page=2)
    mark = first.headers["x-ms-continuation"]
    second = ask(kept, text, page=2, continuation=mark)

    assert (ids(first), ids(second)) == (["0", "2"], ["4"])
    assert "x-ms-continuation" not in second.headers
    assert "of another query" in refusal(kept, "SELECT * FROM c", continuation=mark)
    assert "malformed" in refusal(kept, text, continuation="bm9uZQ==")


def test_a_page_may_be_empty_and_not_the_last() -> None:
    kept = documents(indexingPolicy=POLICY)
    for n in range(3):
        put(kept, str(n), m=n)

    page = ask(kept, "SELECT * FROM c WHERE c.m = 0", page=1)

    assert ids(page) == ["0"]
    last = ask(
        kept,
        "SELECT * FROM c WHERE c.m = 0",
        page=1,
        continuation=page.headers["x-ms-continuation"],
    )
    assert ids(last) == []


def test_a_query_is_charged_for_what_it_loads() -> None:
    kept = documents(indexingPolicy=POLICY)
    for n in range(10):
        put(kept, str(n), kind="k", n=n, m=n)

    assert ask(kept, "SELECT * FROM c WHERE c.n = 3").charge == 2.7
    assert ask(kept, "SELECT * FROM c WHERE c.m = 3").charge == 4.5
    assert ask(kept, "SELECT TOP 2 * FROM c ORDER BY c.n").charge == 2.9
    assert ask(kept, "SELECT * FROM c WHERE c.n = 30").charge == 2.5


def test_documents_are_counted() -> None:
    kept = documents()
    for n in range(4):
        put(kept, str(n), n=n)

    answer = ask(kept, "SELECT VALUE COUNT(1) FROM c WHERE c.n > @n", parameters={"n": 0})

    assert answer.body["Documents"] == [3]


@pytest.mark.parametrize("top", ["-1", "'a'", "1.5"])
def test_top_takes_a_whole_number(top: str) -> None:
    assert "TOP" in refusal(documents(), " ".join(("SELECT TOP", top, "* FROM c")))
