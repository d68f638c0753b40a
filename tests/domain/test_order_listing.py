"""The line of an order in staff's list."""

from domain.order_listing import OrderListing, line_of, view_partition
from tests.domain.samples import LATER, NOON, ORDER_ID, an_order

SECRET = b"k" * 32


def a_line(
    sequence: int, status: str = "pending", email: str = "buyer@example.com"
) -> OrderListing:
    return line_of(an_order(sequence=sequence, status=status, email=email), SECRET)


def test_a_line_says_what_the_order_says_and_not_who_bought() -> None:
    line = a_line(3, "processing")

    assert line.partition == view_partition(NOON) == "~view:2026-01"
    assert (line.id, line.owner, line.status, line.sequence) == (
        ORDER_ID,
        "guest:g-1",
        "processing",
        3,
    )
    assert (line.total_minor, line.currency, line.item_count) == (
        an_order().totals.total.amount_minor,
        "USD",
        3,
    )
    assert "buyer" not in line.model_dump_json()
    assert line.email_hash == line_of(an_order(email=" Buyer@Example.com"), SECRET).email_hash
    assert line.email_hash != line_of(an_order(), b"l" * 32).email_hash


def test_the_newer_of_two_lines_stays_in_any_order() -> None:
    old, new = a_line(3), a_line(4, "processing")

    assert old.or_newer(new).status == new.or_newer(old).status == "processing"
    assert new.or_newer(a_line(4, "other")) is new


def test_a_line_without_the_person_stays_so() -> None:
    known, nobodys = a_line(4), a_line(4, email="")

    assert known.or_newer(nobodys).email_hash == nobodys.or_newer(known).email_hash == ""
    assert nobodys.or_newer(a_line(4, email="")) is nobodys
    assert nobodys.or_newer(a_line(3)) is nobodys


def test_a_newer_line_keeps_what_a_later_release_wrote_and_its_version() -> None:
    there = a_line(3).but(later_field=1).at("7", {})

    newer = there.or_newer(a_line(4).but(updated_at=LATER))

    assert (newer.version, newer.updated_at) == ("7", LATER)
    assert newer.model_extra == {"later_field": 1}
