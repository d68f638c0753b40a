"""The audit brought together: where an entry lies, and where a chain does not hold."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from domain.audit import (
    AuditEntry,
    broken_links,
    bucket_of,
    buckets_of,
    digest,
    entry_of,
    record_id_of,
)
from domain.companions import AuditRecord, beside
from tests.domain.samples import NOON

RECORD = beside(AuditRecord, "Inventory")


def record(previous: str = "", *, minute: int = 0, **fields: Any) -> AuditRecord:
    """A record of the stock of a mug, hashed as it must be."""
    body = {
        "id": "",
        "sku": "MUG",
        "entity_type": "stock",
        "entity_id": "stock",
        "action": "changed" if previous else "created",
        "actor_id": "u-staff",
        "actor_type": "staff",
        "changes": {"available": {"after": 1}},
        "previous": previous,
        "hash": "",
        "correlation_id": "c-1",
        "timestamp": NOON + timedelta(minutes=minute),
        "waiting_since": NOON,
    }
    draft: AuditRecord = RECORD.model_validate(body | fields)
    hashed = digest(draft)
    return draft.but(id=record_id_of(hashed), hash=hashed)


def chain(length: int, *, begin: int = 0) -> list[AuditRecord]:
    """So many changes, one a minute."""
    made = [record(minute=begin)]
    for minute in range(begin + 1, begin + length):
        made.append(record(made[-1].hash, minute=minute))
    return made


def broken(records: list[AuditRecord], head: str | None = None, **how: bool) -> list[str]:
    return [str(link) for link in broken_links(records, head, **how)]


def test_a_day_has_four_buckets() -> None:
    assert buckets_of(date(2026, 1, 25)) == tuple(f"2026-01-25#{shard}" for shard in range(4))


def test_a_record_lies_in_the_bucket_of_its_day_in_utc() -> None:
    late = datetime(2026, 1, 25, 23, 30, tzinfo=timezone(timedelta(hours=-1)))

    found = bucket_of(record(timestamp=late))

    assert found in buckets_of(date(2026, 1, 26))


def test_records_of_a_day_are_spread_over_all_its_buckets() -> None:
    found = {bucket_of(record(correlation_id=f"c-{number}")) for number in range(100)}

    assert found == set(buckets_of(NOON.date()))


def test_an_entry_tells_what_its_record_tells_and_carries_the_same_hash() -> None:
    told = record()

    entry = entry_of(told)

    assert (entry.id, entry.hash, digest(entry)) == (told.id, told.hash, told.hash)
    assert (entry.source, entry.place, entry.names) == ("Inventory", "MUG", ("stock", "MUG"))
    assert (entry.partition, entry.ttl) == (bucket_of(told), 90 * 24 * 3600)
    assert entry.waiting_since is None
    assert entry == entry_of(told.but(waiting_since=None, projected_at=NOON))


def test_an_entry_read_back_still_carries_its_hash() -> None:
    for at in (NOON, NOON.replace(microsecond=1)):
        entry = entry_of(record(timestamp=at.astimezone(UTC)))

        again = AuditEntry.of_json(entry.json_text(), "1")

        assert digest(again) == again.hash


def test_no_records_and_one_record_are_chains() -> None:
    assert broken([]) == []
    assert broken(chain(1)) == []


def test_a_chain_holds_in_whatever_order_its_records_come() -> None:
    records = chain(4)

    assert broken(records[::-1], records[-1].hash) == []


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    "tampered",
    [
        {"actor_id": "u-other"},
        {"changes": {"available": {"after": 2}}},
        {"timestamp": NOON + timedelta(seconds=1)},
        {"entity_id": "other"},
        {"hash": "0" * 64},
        {"id": "audit:0"},
    ],
)
def test_a_record_that_was_changed_is_named(number: int, tampered: dict[str, Any]) -> None:
    records = chain(4)
    records[number] = records[number].but(**tampered)

    assert f"{records[number].id} is not what was written" in broken(records)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_record_that_is_missing_is_named(number: int) -> None:
    records = chain(4)
    gone = records.pop(number)

    assert f"{records[number].id} follows {gone.id}, which is missing" in broken(records)


def test_the_newest_record_cannot_be_missing_while_the_entity_names_it() -> None:
    records = chain(3)
    last = records.pop()

    assert broken(records) == []
    assert broken(records, last.hash) == [f"{records[-1].id} is not the newest, that is {last.id}"]
    assert broken([], last.hash) == [f"{last.id} is not the newest, that is {last.id}"]


def test_what_was_forgotten_by_age_is_missed_once_and_at_the_beginning_only() -> None:
    records = chain(4)

    assert broken(records[1:], is_cut=True) == []
    torn = [records[1], records[3]]
    assert broken(torn, is_cut=True) == [
        f"{records[3].id} follows {records[2].id}, which is missing",
        f"{records[1].id} was followed by another life, and is no removal",
    ]


def test_a_change_that_was_rewritten_leaves_its_follower_alone() -> None:
    first, second, third = chain(3)
    rewritten = record(first.hash, minute=1, changes={"available": {"after": 9}})

    assert broken([first, rewritten, third])[0] == (
        f"{third.id} follows {second.id}, which is missing"
    )


def test_a_second_future_is_found() -> None:
    first, second = chain(2)
    other = record(first.hash, minute=2, actor_id="u-other")

    assert broken([first, second, other])[0] == f"{first.id} is followed by more than one"


def test_what_was_removed_may_begin_anew_and_nothing_else_may() -> None:
    first = chain(2)
    removed = record(first[-1].hash, minute=3, action="removed")
    second = chain(2, begin=4)

    assert broken([*first, removed, *second], second[-1].hash) == []
    assert broken([*first, *second]) == [
        f"{first[-1].id} was followed by another life, and is no removal"
    ]
