"""What is counted of a day."""

from domain.traffic import TRAFFIC_ID, Traffic, traffic_id


def test_a_batch_is_added_once() -> None:
    day = Traffic(id=TRAFFIC_ID, period="day:2026-01-25", views=3, carts=1, batch=7)

    after = day.with_batch(8, {"views": 2, "checkouts": 1})

    assert (after.views, after.carts, after.checkouts, after.batch) == (5, 1, 1, 8)
    assert after.with_batch(8, {"views": 2}) is after
    assert after.with_batch(7, {"views": 2}) is after


def test_the_shop_and_each_product_have_counts_of_their_own() -> None:
    assert traffic_id("") == "traffic"
    assert traffic_id("p1") == "traffic:p1"
