"""Whom the shop lets carry a parcel, and which advice it takes."""

from typing import Any, get_args

import pytest

from domain.carrier import (
    CARRIERS,
    CarrierService,
    advised_service,
    days_of,
    keeping,
    our_own,
    unkept,
)
from domain.shipping import DAYS, ShippingMethod

UPS_GROUND = CarrierService(carrier="UPS", level="Ground")


def recommending(carrier: object, **more: object) -> dict[str, Any]:
    return {"recommendation": {"recommended_carrier": carrier, **more}}


def test_every_shipping_method_has_a_service_of_our_own_choice() -> None:
    own = {method: our_own(method) for method in get_args(ShippingMethod.__value__)}

    assert {method: f"{one.carrier} {one.level}" for method, one in own.items()} == {
        "standard": "USPS Ground Advantage",
        "express": "FedEx 2Day",
        "overnight": "UPS Next Day Air",
    }


def test_where_some_carriers_are_missing_the_next_one_is_our_own_choice() -> None:
    assert our_own("standard", {"UPS", "FedEx"}) == UPS_GROUND
    assert our_own("overnight", {"FedEx"}).level == "Priority Overnight"


def test_a_promise_that_nobody_keeps_is_named() -> None:
    assert {"FedEx", "UPS", "USPS"} == CARRIERS
    assert unkept(CARRIERS) == unkept({"FedEx"}) == unkept({"UPS"}) == ()
    assert unkept({"USPS"}) == ("overnight",)
    assert unkept(()) == ("standard", "express", "overnight")


def test_a_service_takes_the_days_of_its_method() -> None:
    assert days_of(UPS_GROUND) == DAYS["standard"]
    assert days_of(our_own("overnight")) == 1
    assert days_of(CarrierService(carrier="UPS", level="Teleport")) is None


def test_nobody_is_taken_who_does_not_sell_to_this_shop() -> None:
    assert advised_service("standard", recommending("UPS"), {"FedEx", "USPS"}) is None
    assert advised_service("standard", recommending("UPS"), {"UPS"}) == UPS_GROUND


def test_a_carrier_has_one_service_for_a_method_at_most() -> None:
    for services in map(keeping, DAYS):
        assert len({service.carrier for service in services}) == len(services)


@pytest.mark.parametrize("level", [{}, {"service_level": "standard"}, {"service_level": "Ground"}])
def test_a_recommended_carrier_is_taken_with_its_service_of_that_speed(
    level: dict[str, str],
) -> None:
    assert advised_service("standard", recommending("UPS", **level)) == UPS_GROUND


def test_a_recommendation_of_our_own_choice_is_our_own_choice() -> None:
    assert advised_service("express", recommending("FedEx")) == our_own("express")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"recommendation": "UPS"},
        {"recommendation": {}},
        recommending("DHL"),
        recommending("ups"),
        recommending(None),
        recommending(["UPS"]),
        recommending({"name": "UPS"}),
        recommending("UPS", service_level="express"),
        recommending("UPS", service_level=None),
        recommending("UPS", service_level=["Ground"]),
    ],
)
def test_anything_else_is_no_advice(answer: dict[str, Any] | None) -> None:
    assert advised_service("standard", answer) is None


def test_a_carrier_that_is_too_slow_for_what_was_paid_is_no_advice() -> None:
    assert advised_service("overnight", recommending("USPS")) is None
