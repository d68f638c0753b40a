"""New customers are counted and not known."""

from datetime import date

from domain.newcomer import Newcomer
from tests.domain.figures_samples import DAY


def test_the_same_person_is_the_same_newcomer_and_nobody_else_is() -> None:
    one = Newcomer.of(b"key", "u-1", DAY)

    assert one == Newcomer.of(b"key", "u-1", DAY)
    assert one.id != Newcomer.of(b"key", "u-2", DAY).id
    assert one.id != Newcomer.of(b"another", "u-1", DAY).id


def test_nothing_is_kept_but_a_keyed_hash_and_the_day() -> None:
    document = Newcomer.of(b"key", "u-1", date(2026, 1, 25)).document()

    assert document == {
        "kind": "newcomer",
        "schema_version": 1,
        "id": document["id"],
        "period": "day:2026-01-25",
    }
    assert len(document["id"]) == len("newcomer:") + 32
