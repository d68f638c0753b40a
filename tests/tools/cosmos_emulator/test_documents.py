"""Documents: ids, partitions, ETags, sizes and their time to live."""

from typing import Any

import pytest

from tests.tools.cosmos_emulator.things import U1, Time, documents, put
from tools.cosmos_emulator.documents import Conditions
from tools.cosmos_emulator.refusal import Refusal


def status(call: Any, *arguments: Any) -> tuple[int, int]:
    with pytest.raises(Refusal) as refused:
        call(*arguments)
    return refused.value.status, refused.value.substatus


def test_a_document_comes_back_with_what_the_service_adds() -> None:
    kept = documents()

    written = put(kept, "a", n=1, _etag="mine", _ts=1)

    assert kept.read(U1, "a") == written
    assert set(written) == {
        *("id", "user_id", "n"),
        *("_rid", "_self", "_etag", "_attachments", "_ts"),
    }
    assert written["_ts"] == 1000
    assert written["_etag"] != "mine"


def test_an_id_is_taken_once_in_each_partition() -> None:
    kept = documents()
    put(kept, "a")
    put(kept, "a", "u-2")

    assert status(put, kept, "a") == (409, 0)
    assert status(kept.read, U1, "b") == (404, 0)
    assert len(list(kept.live())) == 2


def test_every_write_gives_another_etag_and_the_same_rid() -> None:
    kept = documents()
    first = put(kept, "a")

    second = kept.replace(U1, "a", {"id": "a", "user_id": "u-1"}, Conditions(first["_etag"]))
    third = kept.upsert(U1, {"id": "a", "user_id": "u-1"}, Conditions("*"))

    assert len({each["_etag"] for each in (first, second, third)}) == 3
    assert first["_rid"] == second["_rid"] == third["_rid"]


def test_a_condition_that_does_not_hold_is_refused_and_nothing_changes() -> None:
    kept = documents()
    first = put(kept, "a")
    body = {"id": "a", "user_id": "u-1"}

    for conditions in (
        Conditions('"other"'),
        Conditions(None, "*"),
        Conditions(None, first["_etag"]),
    ):
        assert status(kept.replace, U1, "a", body, conditions) == (412, 0)
        assert status(kept.upsert, U1, body, conditions) == (412, 0)
        assert status(kept.remove, U1, "a", conditions) == (412, 0)
    assert kept.read(U1, "a") is first
    assert status(kept.replace, U1, "b", {"id": "b", "user_id": "u-1"}) == (404, 0)
    assert status(kept.remove, U1, "b") == (404, 0)


def test_an_upsert_creates_what_is_not_there() -> None:
    kept = documents()

    kept.upsert(U1, {"id": "a", "user_id": "u-1"}, Conditions(None, "*"))

    assert kept.read(U1, "a")["id"] == "a"


@pytest.mark.parametrize(
    "document",
    [
        "text",
        {"user_id": "u-1"},
        {"id": 1, "user_id": "u-1"},
        {"id": "", "user_id": "u-1"},
        *({"id": id, "user_id": "u-1"} for id in ("a/b", "a\\b", "a?b", "a#b", "é" * 512)),
        *({"id": "a", "user_id": "u-1", "ttl": ttl} for ttl in (0, -2, 1.5, True, "60")),
    ],
    ids=lambda document: str(document)[:40],
)
def test_what_is_no_document_is_refused(document: Any) -> None:
    kept = documents()

    assert status(kept.create, U1, document) == (400, 0)
    assert list(kept.live()) == []


def test_a_document_belongs_to_the_partition_it_names() -> None:
    kept = documents()

    assert status(kept.create, U1, {"id": "a", "user_id": "u-2"}) == (400, 1001)
    assert status(kept.create, U1, {"id": "a"}) == (400, 1001)
    kept.create("[{}]", {"id": "a"})


def test_two_megabytes_are_too_large() -> None:
    kept = documents()

    with pytest.raises(Refusal) as refused:
        put(kept, "a", text="é" * 1024 * 1024)
    assert refused.value.status == 413


def test_the_id_of_a_document_stays() -> None:
    kept = documents()
    put(kept, "a")

    assert status(kept.replace, U1, "a", {"id": "b", "user_id": "u-1"}) == (400, 0)


def test_a_document_is_gone_when_its_seconds_are_over() -> None:
    time = Time()
    kept = documents(time)
    put(kept, "a", ttl=10)
    put(kept, "b", ttl=-1)
    time.seconds += 9.9
    assert kept.find(U1, "a")

    time.seconds += 0.1

    assert kept.find(U1, "a") is None
    assert [document["id"] for document in kept.live()] == ["b"]
    assert put(kept, "a")["_rid"]


def test_a_container_without_a_default_keeps_everything_and_one_with_seconds_nothing() -> None:
    time = Time()
    forever, briefly = documents(time, defaultTtl=None), documents(time, defaultTtl=5)
    put(forever, "a", ttl=1)
    put(briefly, "a")
    put(briefly, "b", ttl=-1)

    time.seconds += 5

    assert forever.find(U1, "a")
    assert [document["id"] for document in briefly.live()] == ["b"]


def test_a_restored_partition_is_what_it_was() -> None:
    kept = documents()
    put(kept, "a")
    before = kept.snapshot(U1)
    put(kept, "b")
    kept.remove(U1, "a")

    kept.restore(U1, before)

    assert [document["id"] for document in kept.live(U1)] == ["a"]
    assert kept.sequence == 1


def test_a_replica_is_as_far_as_it_was_told_and_answers_who_knows_no_more() -> None:
    kept = documents()
    assert kept.seen_at(0) is kept
    put(kept, "a")
    kept.replicate()
    put(kept, "b")

    assert [document["id"] for document in kept.seen_at(1).live()] == ["a"]
    assert [document["id"] for document in kept.seen_at(2).live()] == ["a", "b"]
