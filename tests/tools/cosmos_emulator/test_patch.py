"""Partial updates."""

from typing import Any

import pytest

from tests.tools.cosmos_emulator.things import U1, documents, put
from tools.cosmos_emulator.documents import NO_CONDITIONS, Conditions, Documents
from tools.cosmos_emulator.patch import patch
from tools.cosmos_emulator.refusal import Refusal


@pytest.fixture
def kept() -> Documents:
    kept = documents()
    put(kept, "a", n=5, word="w", deep={"n": 1, "a/b": 1}, list=[1])
    return kept


def operation(op: str, path: str, value: Any = None) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


def patched(kept: Documents, *operations: dict[str, Any], condition: str = "") -> dict[str, Any]:
    body = {"operations": list(operations), "condition": condition}
    return patch(kept, U1, "a", body, NO_CONDITIONS)


def test_operations_are_applied_in_their_order(kept: Documents) -> None:
    done = patched(
        kept,
        operation("incr", "/n", -2),
        operation("incr", "/deep/n", 0.5),
        operation("incr", "/new", 1),
        operation("set", "/word", "x"),
        operation("add", "/deep/more", None),
        operation("replace", "/deep/a~1b", 2),
        operation("remove", "/list"),
    )

    assert (done["n"], done["new"], done["word"]) == (3, 1, "x")
    assert done["deep"] == {"n": 1.5, "a/b": 2, "more": None}
    assert "list" not in done
    assert kept.read(U1, "a") == done


def test_a_condition_decides(kept: Documents) -> None:
    before = kept.read(U1, "a")
    with pytest.raises(Refusal) as refused:
        patched(kept, operation("incr", "/n", -6), condition="from c where c.n >= 6")

    assert refused.value.status == 412
    assert kept.read(U1, "a") == before
    assert patched(kept, operation("incr", "/n", -5), condition="from c where c.n >= 5")["n"] == 0


def test_an_etag_decides_too(kept: Documents) -> None:
    with pytest.raises(Refusal) as refused:
        patch(kept, U1, "a", {"operations": [operation("set", "/n", 1)]}, Conditions('"other"'))
    assert refused.value.status == 412


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [operation("set", "/n", 1)] * 11,
        [operation("set", "/id", "b")],
        [operation("set", "/user_id", "u-2")],
        [operation("set", "/_etag", "mine")],
        [operation("incr", "/word", 1)],
        [operation("replace", "/none", 1)],
        [operation("remove", "/none")],
        [operation("set", "/none/deep", 1)],
        [operation("set", "/n/deep", 1)],
        [operation("set", "/list/0", 1)],
        [operation("move", "/n")],
        [operation("set", "/n", 1), operation("incr", "/word", 1)],
    ],
    ids=lambda wrong: str(wrong)[:50],
)
def test_what_cannot_be_patched_changes_nothing(
    kept: Documents, wrong: list[dict[str, Any]]
) -> None:
    before = dict(kept.read(U1, "a"))

    with pytest.raises(Refusal) as refused:
        patched(kept, *wrong)

    assert refused.value.status == 400
    assert kept.read(U1, "a") == before


def test_what_is_not_there_cannot_be_patched(kept: Documents) -> None:
    with pytest.raises(Refusal) as refused:
        patch(kept, U1, "b", {"operations": [operation("set", "/n", 1)]}, NO_CONDITIONS)
    assert refused.value.status == 404
