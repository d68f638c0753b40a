"""Transactional batches."""

from typing import Any

import pytest

from tests.tools.cosmos_emulator.things import U1, documents, put
from tools.cosmos_emulator.batch import execute
from tools.cosmos_emulator.refusal import Refusal


def body(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "user_id": "u-1", **fields}


def operation(kind: str, **more: Any) -> dict[str, Any]:
    return {"operationType": kind, **more}


def test_all_operations_are_answered_in_their_order_and_charged() -> None:
    kept = documents()
    old, gone = put(kept, "old"), put(kept, "gone")
    put(kept, "left", n=2)
    take = {"operations": [{"op": "incr", "path": "/n", "value": -2}]}

    answer = execute(
        kept,
        U1,
        [
            operation("Create", resourceBody=body("new")),
            operation("Upsert", resourceBody=body("newer")),
            operation("Upsert", resourceBody=body("newer", n=1)),
            operation("Replace", id="old", resourceBody=body("old", n=1), ifMatch=old["_etag"]),
            operation("Patch", id="left", resourceBody=take),
            operation("Delete", id="gone", ifMatch=gone["_etag"]),
            operation("Read", id="left"),
        ],
        100,
    )

    assert answer.status == 200
    assert [each["statusCode"] for each in answer.body] == [201, 201, 200, 200, 200, 204, 200]
    assert [each["requestCharge"] for each in answer.body] == [5.5, 5.5, 10.5, 10.5, 10.5, 5.5, 1.0]
    assert answer.charge == 49.0
    assert answer.body[3]["eTag"] == kept.read(U1, "old")["_etag"]
    assert answer.body[6]["resourceBody"]["n"] == 0
    assert sorted(each["id"] for each in kept.live()) == ["left", "new", "newer", "old"]


def test_the_first_failure_undoes_everything_and_is_told() -> None:
    kept = documents()
    before = put(kept, "old")

    answer = execute(
        kept,
        U1,
        [
            operation("Create", resourceBody=body("new")),
            operation("Replace", id="old", resourceBody=body("old"), ifMatch='"other"'),
            operation("Create", resourceBody=body("old")),
        ],
        100,
    )

    assert answer.status == 207
    assert [each["statusCode"] for each in answer.body] == [424, 412, 424]
    assert list(kept.live()) == [before]
    assert kept.sequence == 1


@pytest.mark.parametrize(
    ("operations", "size_bytes", "status"),
    [
        ([], 2, 400),
        ({}, 2, 400),
        ([operation("Read", id="a")] * 101, 9_000, 400),
        ([operation("Read", id="a")], 2 * 1024 * 1024 + 1, 413),
    ],
    ids=["empty", "no list", "101", "2 MB"],
)
def test_a_batch_has_limits(operations: Any, size_bytes: int, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        execute(documents(), U1, operations, size_bytes)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (operation("Create", resourceBody={"id": "a", "user_id": "u-2"}), 400),
        (operation("Guess", id="a"), 400),
        (operation("Read", id="a"), 404),
    ],
    ids=["another partition", "unknown", "absent"],
)
def test_an_operation_that_cannot_be_done_fails_the_batch(
    wrong: dict[str, Any], status: int
) -> None:
    answer = execute(documents(), U1, [wrong], 100)

    assert (answer.status, answer.body[0]["statusCode"]) == (207, status)
