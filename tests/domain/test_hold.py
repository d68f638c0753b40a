"""Pieces that an order has taken."""

import pytest

from domain.hold import RELEASED_TTL_SECONDS, Hold, HoldState, hold_id


def hold(state: HoldState = "held") -> Hold:
    return Hold(id=hold_id("o-1"), sku="MUG", order_id="o-1", quantity=2, state=state)


def test_a_hold_lies_beside_the_stock_under_its_order() -> None:
    assert (hold().id, hold().partition, hold().container) == ("hold:o-1", "MUG", "Inventory")
    assert (hold().is_held, hold().ttl) == (True, None)


@pytest.mark.parametrize("state", ["released", "sold"])
def test_an_ended_hold_is_kept_as_a_mark(state: HoldState) -> None:
    ended = hold().ended(state)

    assert (ended.state, ended.is_held, ended.quantity) == (state, False, 2)
    assert ended.ttl == RELEASED_TTL_SECONDS == 90 * 24 * 3600


@pytest.mark.parametrize("state", ["released", "sold", "gone"])
def test_a_hold_ends_once(state: HoldState) -> None:
    with pytest.raises(AssertionError, match="a hold ends once"):
        hold(state).ended("released")
