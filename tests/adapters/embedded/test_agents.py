from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.agent_services import ADVICE_IN, AGENTS
from adapters.embedded.agent_sight import Sight
from adapters.embedded.agents import ANSWERS, JUNK, EmbeddedAgents, Mood, moods
from adapters.embedded.parcels import Fate, Parcel, labelled, moved
from domain.advice import advised_products, enrichment
from tests.adapters.embedded.fixtures import NOON, StillClock, finish
from usecases.ports.carriers import CarrierBusy
from usecases.ports.store import StoreBusy

LAMP = {
    "sku": "LAMP-1",
    "name": "Lamp",
    "description": "It shines.",
    "brand": "Lumen",
    "price": 19.9,
    "currency": "EUR",
    "url": "/p/lamp",
    "image_url": "/i/lamp",
    "available": 3,
    "attributes": {"colour": "red", "watts": 4},
}
SHADE = {"sku": "SHADE-1", "brand": "Lumen"}
GONE = {"sku": "GONE-1", "brand": "Lumen", "available": 0}
SHELF: list[Mapping[str, Any]] = [LAMP, SHADE, GONE]
STOCK = {"LAMP-1": 3, "GONE-1": 0}


async def search(query: str, limit: int) -> Sequence[Mapping[str, Any]]:
    found = [each for each in SHELF if query in (each["sku"], each["brand"])]
    return found[:limit]


async def available(sku: str) -> int | None:
    return STOCK.get(sku)


FATES: dict[str, Fate] = {"arrived": "normal", "late": "delayed", "lost": "lost"}


async def parcel(tracking_id: str) -> Parcel | None:
    at = NOON.timestamp()
    label = labelled(Parcel(tracking_id, "s", "FedEx", "2Day", "Oslo", at, at + 40))
    if tracking_id == "label":
        return label
    if tracking_id not in FATES:
        return None
    sent = replace(label, handed_over_at=at, fate=FATES[tracking_id])
    return moved(sent, at + (55 if tracking_id == "late" else 999), step_seconds=10)


SEEING = Sight(search, available, parcel)


def ask(service: str, payload: Mapping[str, Any], sight: Sight = SEEING) -> Any:
    agents = EmbeddedAgents(StillClock(), sight)
    return finish(agents.ask(service, "any", payload, correlation_id="c"))


def test_every_stand_in_has_a_shape_that_makes_it_advice() -> None:
    assert set(ANSWERS) == set(ADVICE_IN)
    assert len(ANSWERS) == 11


def test_catalog_search_answers_as_a_product_feed() -> None:
    answer = ask("ecommerce-catalog-search", {"query": "Lumen", "limit": 3})

    assert answer["service"] == "ecommerce-catalog-search"
    assert advised_products(answer) == ("LAMP-1", "SHADE-1", "GONE-1")
    assert answer["results"][0] == {
        "item_id": "LAMP-1",
        "title": "Lamp",
        "description": "It shines.",
        "url": "/p/lamp",
        "image_url": "/i/lamp",
        "brand": "Lumen",
        "price": "19.90 eur",
        "availability": "in_stock",
        "protocol_version": "1.0",
        "extended_attributes": {"colour": "red", "watts": 4},
    }
    assert [each["availability"] for each in answer["results"]] == [
        "in_stock",
        "unknown",
        "out_of_stock",
    ]
    assert answer["summary"] == "3 products for 'Lumen'."


@pytest.mark.parametrize("limit", ["many", -1, None, 2.5])
def test_a_limit_that_is_no_count_is_the_usual_one(limit: object) -> None:
    assert len(ask("ecommerce-catalog-search", {"query": "Lumen", "limit": limit})["results"]) == 3


def test_an_agent_that_sees_nothing_finds_nothing() -> None:
    assert ask("ecommerce-catalog-search", {"query": "Lumen"}, Sight())["results"] == []
    assert ask("inventory-reservation-validation", {"sku": "LAMP-1"}, Sight()) is None
    assert ask("logistics-eta-computation", {"tracking_id": "late"}, Sight()) is not None


def test_product_detail_tells_features_and_what_is_alike() -> None:
    answer = ask("ecommerce-product-detail-enrichment", {"sku": "LAMP-1", "related_limit": 1})

    assert answer["features"] == ["colour: red", "watts: 4"]
    assert [each["item_id"] for each in answer["related"]] == ["SHADE-1"]
    assert answer["acp_product"]["item_id"] == "LAMP-1"
    assert enrichment(answer) == {"features": ["colour: red", "watts: 4"]}
    assert ask("ecommerce-product-detail-enrichment", {"sku": "NONE"}) is None
    assert ask("ecommerce-product-detail-enrichment", {}) is None


def test_cart_intelligence_weighs_what_is_short() -> None:
    items = [
        {"sku": "LAMP-1", "quantity": 3},
        {"sku": "LAMP-1", "quantity": 4},
        {"sku": "GONE-1"},
        {"sku": "NONE"},
        "junk",
        {},
    ]

    answer = ask("ecommerce-cart-intelligence", {"items": items})

    assert answer["abandonment_risk"] == {
        "risk_score": 0.8,
        "drivers": [
            "low stock for LAMP-1",
            "out of stock for GONE-1",
            "missing inventory for NONE",
        ],
    }
    assert advised_products(answer) == ("SHADE-1", "GONE-1")
    assert answer["items"][2] == {"sku": "GONE-1", "quantity": 1}
    nothing = ask("ecommerce-cart-intelligence", {"items": "junk"})
    assert nothing["abandonment_risk"] == {"risk_score": 0.1, "drivers": []}


def test_cart_intelligence_names_what_goes_with_a_product() -> None:
    answer = ask("ecommerce-cart-intelligence", {"sku": "SHADE-1", "limit": 1})

    assert advised_products(answer) == ("LAMP-1",)
    assert advised_products(ask("ecommerce-cart-intelligence", {"sku": "NONE"})) == ()


def test_reservation_validation_approves_what_is_there() -> None:
    def validated(quantity: int) -> Any:
        payload = {"sku": "LAMP-1", "request_qty": quantity}
        return ask("inventory-reservation-validation", payload)["reservation_validation"]

    assert validated(3) == {
        "sku": "LAMP-1",
        "requested_qty": 3,
        "available": 3,
        "approved": True,
        "backorder_qty": 0,
    }
    assert (validated(5)["approved"], validated(5)["backorder_qty"]) == (False, 2)
    assert ask("inventory-reservation-validation", {}) is None
    assert ask("inventory-reservation-validation", {"sku": "NONE"}) is None


def test_carrier_selection_names_the_carrier_of_the_parcel_or_of_the_service() -> None:
    def chosen(payload: Mapping[str, Any]) -> Any:
        return ask("logistics-carrier-selection", payload)["recommendation"]["recommended_carrier"]

    assert chosen({"tracking_id": "label"}) == "FedEx"
    assert chosen({"tracking_id": "new"}) == "USPS"
    assert chosen({"tracking_id": "new", "service_level": "overnight"}) == "UPS"
    assert ask("logistics-carrier-selection", {}) is None


def test_the_eta_is_the_carriers_or_two_days() -> None:
    known = ask("logistics-eta-computation", {"tracking_id": "label"})["eta"]
    unknown = ask("logistics-eta-computation", {"tracking_id": "new"})["eta"]

    assert (known["eta"], known["source"]) == ("2026-01-25T12:00:40+00:00", "carrier")
    assert (unknown["eta"], unknown["source"]) == ("2026-01-27T12:00:00+00:00", "estimated")
    assert ask("logistics-eta-computation", {}) is None


def test_route_issues_are_delays_and_losses() -> None:
    def issues(tracking_id: str) -> tuple[Any, ...]:
        found = ask("logistics-route-issue-detection", {"tracking_id": tracking_id})["issues"]
        return found["status"], found["delayed"], found["last_event"]

    assert issues("arrived") == ("delivered", False, "Delivered")
    assert issues("late") == ("in_transit", True, "Delayed")
    assert issues("lost") == ("failed", True, "Lost in transit")
    assert issues("new") == ("pending", False, None)
    assert ask("logistics-route-issue-detection", {}) is None


def test_order_status_tells_where_the_shipment_is() -> None:
    answer = ask("ecommerce-order-status", {"order_id": "o1", "tracking_id": "arrived"})

    assert (answer["order_id"], answer["status"]) == ("o1", "delivered")
    assert answer["events"][1] == {
        "code": "Picked up",
        "occurred_at": "2026-01-25T12:00:10+00:00",
        "location": "Memphis, TN",
    }
    assert answer["acp"]["order_status"]["tracking_id"] == "arrived"
    assert ask("ecommerce-order-status", {"order_id": "o1"})["tracking_id"] == "T-o1"
    assert ask("ecommerce-order-status", {}) is None


@pytest.mark.parametrize(
    ("payload", "segment"),
    [
        ({}, "new-lead"),
        ({"interaction_count": 4}, "nurture"),
        ({"interaction_count": 5}, "engaged"),
        ({"interaction_count": 5, "marketing_opt_in": False}, "do-not-contact"),
    ],
)
def test_segmentation_goes_by_what_is_told(payload: dict[str, Any], segment: str) -> None:
    answer = ask("crm-segmentation-personalization", {"contact_id": "u1", **payload})

    assert answer["segmentation"]["segment"] == segment
    assert ask("crm-segmentation-personalization", payload) is None


def test_returns_support_plans_by_the_parcels_status() -> None:
    def plan(tracking_id: str) -> tuple[Any, ...]:
        found = ask("logistics-returns-support", {"tracking_id": tracking_id})["returns_plan"]
        return found["eligible_for_return"], found["next_steps"][0]

    assert plan("arrived") == (True, "Confirm return reason")
    assert plan("late") == (True, "Confirm shipment status")
    assert plan("new") == (False, "Confirm shipment status")
    assert ask("logistics-returns-support", {}) is None


def test_support_assistance_escalates_the_angry() -> None:
    angry = ask("crm-support-assistance", {"contact_id": "u1", "sentiment": "angry"})
    calm = ask("crm-support-assistance", {"contact_id": "u1", "issue_summary": "late"})

    assert angry["support_brief"]["risk"] == "high"
    assert angry["support_brief"]["next_best_actions"][-1] == "Escalate to senior support"
    assert calm["support_brief"]["risk"] == "low"
    assert calm["support_brief"]["issue_summary"] == "late"
    assert len(calm["support_brief"]["next_best_actions"]) == 2
    assert ask("crm-support-assistance", {}) is None


def test_an_agent_without_a_stand_in_gives_no_advice() -> None:
    for service in (*set(AGENTS) - set(ANSWERS), "unknown"):
        assert ask(service, {"contact_id": "u1"}) is None


async def moody(mood: Mood, clock: StillClock, calls: int) -> list[Any]:
    agents = EmbeddedAgents(clock, SEEING, {"ecommerce-catalog-search": mood})
    return [
        await agents.ask(
            "ecommerce-catalog-search", "search", {"query": "x"}, correlation_id=str(n)
        )
        for n in range(calls)
    ]


async def test_a_slow_agent_costs_its_time_out_until_it_is_left_alone() -> None:
    clock = StillClock()

    assert await moody("slow", clock, 9) == [None] * 9
    assert clock.slept == [1.5] * 5


async def test_an_absent_agent_costs_nothing() -> None:
    clock = StillClock()

    assert await moody("absent", clock, 9) == [None] * 9
    assert clock.slept == []


async def test_a_wrong_agent_says_all_kinds_of_junk_and_none_of_it_is_advice() -> None:
    clock = StillClock()

    assert await moody("wrong", clock, 60) == [None] * 60
    for service in ANSWERS:
        agents = EmbeddedAgents(clock, SEEING, {service: "wrong"})
        for number in range(10 * len(JUNK)):
            asked = agents.ask(service, "any", {}, correlation_id=str(number))
            assert await asked is None


@pytest.mark.parametrize("busy", [StoreBusy("locked"), CarrierBusy("locked")])
async def test_an_agent_that_sees_nothing_for_the_moment_did_not_answer(busy: Exception) -> None:
    calls = []

    async def blind(query: str, limit: int) -> Sequence[Mapping[str, Any]]:
        calls.append(query)
        raise busy

    agents = EmbeddedAgents(StillClock(), Sight(search=blind))
    for _ in range(9):
        asked = agents.ask("ecommerce-catalog-search", "s", {"query": "x"}, correlation_id="c")
        assert await asked is None

    assert len(calls) == 5


def test_moods_are_read_by_short_names() -> None:
    assert moods("") == {}
    assert moods(" catalog-search=absent, eta=slow,crm-support-assistance=wrong,") == {
        "ecommerce-catalog-search": "absent",
        "logistics-eta-computation": "slow",
        "crm-support-assistance": "wrong",
    }


@pytest.mark.parametrize("text", ["eta", "eta=sad", "unknown=slow", "=slow"])
def test_a_wrong_mood_names_itself(text: str) -> None:
    with pytest.raises(ValueError, match=f"HPH_AGENTS: '{text}' is not"):
        moods(f"catalog-search=slow,{text}")
