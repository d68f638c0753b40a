"""The plan of a batch: which operations, in which order, with what beside them."""

import json
from typing import Any, ClassVar

import pytest

from adapters.batch import Batch, Create, Delete, Replace, TakeFrom, plan
from tests.adapters.store_kinds import AUDIT_KEY, START, Crate, Safe, change, event, take
from usecases.ports.store import Change, TooLarge


def _plan(asked: Change) -> Batch:
    return plan(asked, now=START, audit_key=AUDIT_KEY)


def _read(entity: Any, version: str = "v1") -> Any:
    return entity.at(version, entity.json_text())


def test_creates_replaces_removes_takes_and_then_what_is_beside_them() -> None:
    old, gone = _read(Crate(id="old")), _read(Crate(id="gone"), "v2")

    batch = _plan(
        change(
            old,
            Crate(id="new", ttl=60),
            Safe(id="safe"),
            removes=(gone,),
            takes=(take(2),),
            events=(event("e-1"),),
        )
    )

    assert [type(each) for each in batch.operations] == [
        Create,
        Create,
        Replace,
        Delete,
        TakeFrom,
        Create,
        Create,
    ]
    assert [each.id for each in batch.operations][:6] == [
        "new",
        "safe",
        "old",
        "gone",
        "c",
        "out:e-1",
    ]
    assert batch.operations[6].id.startswith("audit:")
    assert (batch.container, batch.partition) == ("Orders", "u-1")
    assert batch.operations[0] == Create("new", "crate", Crate(id="new", ttl=60).json_text(), 60)
    assert batch.operations[2] == Replace("old", "crate", old.json_text(), None, "v1")
    assert batch.operations[3:5] == (Delete("gone", "v2"), TakeFrom("c", "crate", "left", 2))


def test_every_document_carries_kind_and_schema_version() -> None:
    batch = _plan(change(Safe(id="safe"), events=(event("e-1"),)))

    heads = [json.loads(each.text) for each in batch.operations if isinstance(each, Create)]
    assert [(head["kind"], head["schema_version"]) for head in heads] == [
        ("safe", 1),
        ("outbox", 1),
        ("audit", 1),
    ]
    assert {head["user_id"] for head in heads} == {"u-1"}


def test_an_audited_entity_is_written_with_the_head_of_its_chain() -> None:
    batch = _plan(change(Safe(id="safe")))

    safe, record = (json.loads(each.text) for each in batch.operations if isinstance(each, Create))
    assert safe["audit_head"] == record["hash"]
    assert record["previous"] == ""
    assert "audit_head" not in record["changes"]
    assert batch.committed({"safe": "v1"}).entities[0].audit_head == record["hash"]


def test_a_kind_that_only_calls_itself_audited_is_chained_too() -> None:
    class Drawer(Crate):
        audited: ClassVar[bool] = True

    batch = _plan(change(Drawer(id="d")))
    drawer = Drawer.of_json(batch.committed({"d": "v1"}).entities[0].json_text(), "v1")

    record = json.loads(_plan(change(drawer)).operations[1].text)  # type: ignore[union-attr]  # a create
    assert record["previous"] == drawer.document()["audit_head"]


def test_the_same_change_at_the_same_moment_plans_the_same_batch() -> None:
    asked = change(Safe(id="safe"), events=(event("e-1"),))

    assert _plan(asked) == _plan(asked)


def test_the_answer_has_the_entities_in_the_order_given_at_their_versions() -> None:
    old = _read(Crate(id="old"))
    batch = _plan(change(old, Crate(id="new"), events=(event("e-1"),)))

    committed = batch.committed({"new": "v2", "old": "v3", "out:e-1": "v4"})

    assert [(each.id, each.version) for each in committed.entities] == [
        ("old", "v3"),
        ("new", "v2"),
    ]
    assert committed.outbox is not None
    assert committed.outbox.version == "v4"


def test_the_limits_of_a_transaction_include_what_is_beside() -> None:
    crates = [Crate(id=f"{n}") for n in range(100)]
    assert len(_plan(change(*crates)).operations) == 100

    with pytest.raises(TooLarge, match="101 operations"):
        _plan(change(*crates, events=(event("e-1"),)))
    with pytest.raises(TooLarge, match="bytes"):
        _plan(change(Crate(id="c", status="é" * 999_999)))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (change(), "one partition"),
        (change(Crate(id="a"), Crate(id="b", user_id="u-2")), "one partition"),
        (change(Crate(id="a"), Crate(id="a")), "twice"),
        (change(Crate(id="c"), takes=(take(1),)), "twice"),
        (change(removes=(Crate(id="a"),)), "never written"),
        (change(Crate(id="a"), takes=(take(1, field="a-b"),)), "not a path"),
    ],
    ids=str,
)
def test_what_cannot_be_one_batch_is_the_callers_error(asked: Change, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        _plan(asked)
