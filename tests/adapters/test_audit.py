"""Audit records: differences by field, personal values hidden, hashes that chain."""

from typing import Any

from adapters.audit import record_put, record_removal
from domain.audit import digest
from tests.adapters.store_kinds import AUDIT_KEY, START, Safe, change

SAFE = Safe.model_validate({"id": "s", "owner": "Somebody", "amount": 1, "shelf": {"row": 1}})


def _read(safe: Safe) -> Safe:
    return safe.at("v1", safe.json_text())


def _changes(safe: Safe) -> dict[str, Any]:
    return record_put(safe, change(safe), START, AUDIT_KEY).changes


def test_a_new_entity_tells_all_its_fields_and_no_before() -> None:
    changes = _changes(SAFE)

    assert changes["amount"] == {"after": 1}
    assert changes["shelf"] == {"after": {"row": 1}}
    assert set(changes) == {"id", "user_id", "owner", "amount", "shelf"}


def test_a_changed_entity_tells_what_differs_by_top_level_field() -> None:
    changed = _read(SAFE).but(amount=2, shelf={"row": 2})

    assert _changes(changed) == {
        "amount": {"before": 1, "after": 2},
        "shelf": {"before": {"row": 1}, "after": {"row": 2}},
    }


def test_a_field_that_goes_has_no_after() -> None:
    old = _read(SAFE.but(ttl=60))

    assert _changes(old.but(ttl=None)) == {"ttl": {"before": 60}}


def test_a_removed_entity_tells_what_it_held() -> None:
    safe = _read(SAFE)

    record = record_removal(safe, change(removes=(safe,)), START, AUDIT_KEY)

    assert (record.action, record.changes["amount"]) == ("removed", {"before": 1})
    assert set(record.changes) == {"id", "user_id", "owner", "amount", "shelf"}


def test_a_personal_value_is_hidden_by_the_key() -> None:
    first = record_put(SAFE, change(SAFE), START, b"one key").changes["owner"]["after"]
    other = record_put(SAFE, change(SAFE), START, b"another").changes["owner"]["after"]

    assert first.startswith("hmac:")
    assert len(first) == 5 + 64
    assert first != other


def test_the_hash_covers_everything_that_is_told() -> None:
    record = record_put(SAFE, change(SAFE), START, AUDIT_KEY)

    assert record.hash == digest(record)
    assert record.id == f"audit:{record.hash[:32]}"
    for told in ("entity_id", "action", "actor_id", "actor_type", "previous", "correlation_id"):
        assert digest(record.but(**{told: "other"})) != record.hash
    assert digest(record.but(changes={})) != record.hash


def test_a_record_waits_from_the_commit_on_and_its_hash_does_not_say_so() -> None:
    record = record_put(SAFE, change(SAFE), START, AUDIT_KEY)

    marked = record.but(waiting_since=None, projected_at=START)
    assert (record.waiting_since, record.projected_at) == (START, None)
    assert digest(marked) == record.hash
