"""A walk through the payments of a window."""

from domain.walk import Walk
from tests.domain.samples import LATER, NOON


def test_a_walk_goes_on_page_by_page_to_its_end() -> None:
    walk = Walk(id="recent", since=NOON, until=LATER, began_at=LATER)

    second = walk.turned("pi_100")

    assert (walk.partition, walk.cursor, walk.is_over) == ("ledger", "", False)
    assert (second.cursor, second.is_over) == ("pi_100", False)
    assert (second.turned("").cursor, second.turned("").is_over) == ("", True)


def test_a_walk_that_begins_anew_is_over_at_once_where_there_is_nothing_between() -> None:
    done = Walk(id="recent", since=NOON, until=LATER, began_at=NOON).turned("")

    empty, whole = done.anew(LATER, LATER, LATER), done.anew(NOON, LATER, LATER)

    assert (empty.is_over, empty.began_at) == (True, LATER)
    assert (whole.is_over, whole.since, whole.until, whole.cursor) == (False, NOON, LATER, "")


def test_a_walk_in_slices_begins_where_the_last_slice_ended() -> None:
    walk = Walk(id="booked", since=NOON, until=NOON, began_at=NOON)

    reached = walk.reached(LATER)

    assert (reached.since, reached.until, reached.is_over) == (NOON, LATER, True)
