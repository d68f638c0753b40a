"""The stock of one SKU."""

from datetime import UTC, datetime

import pytest

from domain.access import Trace
from domain.stock import (
    MOST_ON_HAND,
    Stock,
    StockAdjustment,
    StockBelowHolds,
    StockTooLarge,
    adjustment_id,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, tzinfo=UTC)


def stock(on_hand: int, available: int) -> Stock:
    return Stock(
        sku="MUG-S",
        product_id="p-1",
        variant_id="v-1",
        category_slug="kitchen-mugs",
        on_hand=on_hand,
        available=available,
        sequence=4,
        updated_at=NOW,
    )


def test_stock_lies_under_its_sku() -> None:
    assert (stock(5, 3).id, stock(5, 3).partition) == ("stock", "MUG-S")


def test_an_adjustment_leaves_the_holds() -> None:
    more = stock(5, 3).adjusted(+7, LATER)

    assert (more.on_hand, more.available, more.held) == (12, 10, 2)
    assert (more.sequence, more.updated_at) == (5, LATER)


def test_held_pieces_cannot_be_counted_away() -> None:
    assert stock(5, 3).adjusted(-3, LATER).on_hand == 2

    with pytest.raises(StockBelowHolds) as refusal:
        stock(5, 3).adjusted(-4, LATER)

    assert refusal.value.facts == {"sku": "MUG-S", "held": 2, "on_hand": 5, "delta": -4}


def test_no_shelf_is_endless() -> None:
    assert stock(0, 0).adjusted(MOST_ON_HAND, LATER).on_hand == MOST_ON_HAND

    with pytest.raises(StockTooLarge):
        stock(1, 1).adjusted(MOST_ON_HAND, LATER)


def test_the_level_is_told_under_its_sku() -> None:
    trace = Trace(correlation_id="c-1", causation_id="r-1", traceparent="00-1")

    event = stock(5, 3).level_changed("adjustment", 5, trace=trace, at=LATER)

    assert (event.hub, event.subject, event.sequence) == ("inventory-events", "MUG-S", 4)
    assert event.data == {
        "sku": "MUG-S",
        "product_id": "p-1",
        "available": 3,
        "on_hand": 5,
        "delta": 5,
        "cause": "adjustment",
    }
    assert (event.correlation_id, event.causation_id, event.traceparent) == ("c-1", "r-1", "00-1")


def test_a_shortage_can_be_made_good_step_by_step() -> None:
    short = stock(1, -2)

    assert short.adjusted(+1, LATER).available == -1
    with pytest.raises(StockBelowHolds):
        short.adjusted(-1, LATER)


def test_an_adjustment_lies_beside_its_stock_under_the_callers_key() -> None:
    why = StockAdjustment(
        id=adjustment_id("k"), sku="MUG-S", delta=-1, on_hand=4, reason="one is broken"
    )

    assert (why.id, why.partition, why.ttl) == ("adjustment:k", "MUG-S", 90 * 24 * 3600)
