"""The order's one label, and whose it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from domain.carrier import CarrierService
from domain.order import Order
from domain.shipment import LabelWish, Shipment
from tests.domain.samples import HOME, an_order
from tests.usecases.meddling import failing, meddled
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases.labelling import buy_label, call_off_label
from usecases.ports.carriers import CarrierBusy, Carriers
from usecases.ports.store import StoreBusy
from usecases.shop import Shop

UPS_GROUND = CarrierService(carrier="UPS", level="Ground")
FEDEX_GROUND = CarrierService(carrier="FedEx", level="Ground")
USPS_GROUND = CarrierService(carrier="USPS", level="Ground Advantage")


@dataclass
class Recommending:
    """An agent that recommends these carriers in turn, and notes what it was asked."""

    carriers: list[str]
    asked: list[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=list)

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        self.asked.append((service, intent, payload, correlation_id))
        return {"recommendation": {"recommended_carrier": self.carriers.pop(0)}}


def to(postal_code: str) -> Order:
    return an_order(shipping_address=HOME.model_copy(update={"postal_code": postal_code}))


def advised(bench: Bench, *carriers: str) -> tuple[Shop, Recommending]:
    agents = Recommending(list(carriers))
    return replace(bench.shop, agents=agents), agents


async def services(bench: Bench) -> list[tuple[str, str]]:
    """Every label that was ever bought."""
    return [(one.carrier, one.service_level) for one in await bench.carriers.parcels()]


def wish(bench: Bench) -> LabelWish:
    (found,) = bench.documents(LabelWish)
    assert isinstance(found, LabelWish)
    return found


async def test_the_agent_hears_where_the_parcel_goes_and_not_to_whom() -> None:
    bench, order = open_bench(), an_order()
    shop, agents = advised(bench, "UPS")

    assert await buy_label(shop, CLOCKWORK, order)

    assert agents.asked == [
        (
            "logistics-carrier-selection",
            "select_carrier",
            {
                "tracking_id": f"{order.order_id}-S1",
                "order_id": order.order_id,
                "service_level": "standard",
                "destination": {
                    "country": HOME.country,
                    "state": HOME.state,
                    "postal_code": HOME.postal_code,
                },
            },
            CLOCKWORK.trace.correlation_id,
        )
    ]


async def test_the_advised_carrier_gets_the_parcel() -> None:
    bench = open_bench()
    shop, _ = advised(bench, "UPS")

    assert await buy_label(shop, CLOCKWORK, an_order())

    assert await services(bench) == [("UPS", "Ground")]
    (shipment,) = bench.documents(Shipment)
    assert (shipment.carrier, shipment.service_level) == ("UPS", "Ground")
    assert (wish(bench).service, wish(bench).bought) == (UPS_GROUND, True)


async def test_no_answer_leaves_the_choice_to_the_shop() -> None:
    bench = open_bench()

    assert await buy_label(bench.shop, CLOCKWORK, an_order())

    assert await services(bench) == [("USPS", "Ground Advantage")]
    assert wish(bench).service == USPS_GROUND


async def test_nonsense_leaves_the_choice_to_the_shop() -> None:
    bench = open_bench()
    shop, _ = advised(bench, "Carrier Pigeon")

    assert await buy_label(shop, CLOCKWORK, an_order())

    assert await services(bench) == [("USPS", "Ground Advantage")]


async def test_where_agents_are_off_nobody_is_asked() -> None:
    bench = open_bench(agents_enabled=False)
    shop, agents = advised(bench, "UPS")

    assert await buy_label(shop, CLOCKWORK, an_order())

    assert agents.asked == []
    assert await services(bench) == [("USPS", "Ground Advantage")]


@dataclass
class Fewer:
    """Carriers of whom only some have an account."""

    inner: Carriers
    names: Collection[str]

    def __getattr__(self, verb: str) -> Any:
        return getattr(self.inner, verb)


async def test_where_our_first_choice_has_no_account_the_next_one_carries() -> None:
    bench = open_bench()
    carriers: Any = Fewer(bench.carriers, ("FedEx",))

    assert await buy_label(replace(bench.shop, carriers=carriers), CLOCKWORK, an_order())

    assert await services(bench) == [("FedEx", "Ground")]


async def test_an_advised_carrier_without_an_account_is_no_advice() -> None:
    bench = open_bench()
    shop, _ = advised(bench, "UPS")
    carriers: Any = Fewer(bench.carriers, ("FedEx", "USPS"))

    assert await buy_label(replace(shop, carriers=carriers), CLOCKWORK, an_order())

    assert await services(bench) == [("USPS", "Ground Advantage")]


async def test_a_wish_for_a_carrier_that_has_lost_its_account_falls_back_to_our_own() -> None:
    bench, order = open_bench(), an_order()
    await bench.put(
        LabelWish(
            id=f"{order.order_id}-label",
            order_id=order.order_id,
            asked=True,
            service=CarrierService(carrier="UPS", level="Teleport"),
        )
    )

    assert await buy_label(bench.shop, CLOCKWORK, order)

    assert await services(bench) == [("USPS", "Ground Advantage")]


async def test_a_repeat_after_a_lost_answer_keeps_to_the_carrier_and_asks_no_agent() -> None:
    bench, order = open_bench(), to("00003")
    shop, agents = advised(bench, "UPS", "FedEx")

    with pytest.raises(CarrierBusy):
        await buy_label(shop, CLOCKWORK, order)
    assert await buy_label(shop, CLOCKWORK, order)

    assert len(agents.asked) == 1
    assert await services(bench) == [("UPS", "Ground")]


async def test_a_decision_that_was_not_written_down_was_not_made() -> None:
    bench = open_bench()
    shop, agents = advised(bench, "UPS", "FedEx")
    broken = meddled(bench, {1: failing(StoreBusy("away"))})

    with pytest.raises(StoreBusy):
        await buy_label(replace(broken, agents=agents), CLOCKWORK, an_order())
    assert await services(bench) == []
    assert await buy_label(shop, CLOCKWORK, an_order())

    assert await services(bench) == [("FedEx", "Ground")]
    assert wish(bench).service == FEDEX_GROUND


async def test_our_own_carrier_takes_what_the_advised_one_refuses() -> None:
    bench, order = open_bench(), to("00004")
    shop, agents = advised(bench, "UPS")

    assert await buy_label(shop, CLOCKWORK, order)
    assert await buy_label(shop, CLOCKWORK, order)

    assert len(agents.asked) == 1
    assert await services(bench) == [("USPS", "Ground Advantage")]
    assert (wish(bench).service, wish(bench).attempt) == (USPS_GROUND, 1)


async def test_a_parcel_that_nobody_takes_is_refused_whoever_was_advised() -> None:
    bench = open_bench()
    shop, _ = advised(bench, "UPS")

    assert not await buy_label(shop, CLOCKWORK, to("00000"))

    assert await services(bench) == []
    assert bench.documents(Shipment) == []
    assert wish(bench).attempt == 1


async def test_a_label_that_a_stalled_step_has_bought_is_voided_at_the_carrier_that_sold_it() -> (
    None
):
    bench, order = open_bench(), an_order()
    shop, agents = advised(bench, "UPS")
    broken = meddled(bench, {2: failing(StoreBusy("away"))})
    with pytest.raises(StoreBusy):
        await buy_label(replace(broken, agents=agents), CLOCKWORK, order)

    await call_off_label(shop, CLOCKWORK, order)

    (bought,) = await bench.carriers.parcels()
    assert (bought.carrier, bought.voided_at is not None) == ("UPS", True)
    assert not await buy_label(shop, CLOCKWORK, order)


async def test_what_was_called_off_before_it_was_asked_for_is_nobodys_to_decide() -> None:
    bench, order = open_bench(), an_order()
    shop, agents = advised(bench, "UPS")
    await call_off_label(shop, CLOCKWORK, order)

    assert not await buy_label(shop, CLOCKWORK, order)

    assert (agents.asked, await services(bench)) == ([], [])


async def test_a_wish_of_a_release_that_asked_nobody_means_our_own_choice() -> None:
    bench, order = open_bench(), an_order()
    shop, agents = advised(bench, "UPS")
    old = LabelWish(id=f"{order.order_id}-label", order_id=order.order_id, asked=True)
    await bench.put(old)

    assert await buy_label(shop, CLOCKWORK, order)

    assert agents.asked == []
    assert await services(bench) == [("USPS", "Ground Advantage")]


async def test_a_label_that_was_bought_and_written_is_voided_when_it_is_called_off() -> None:
    bench, order = open_bench(), an_order()
    await buy_label(bench.shop, CLOCKWORK, order)

    for _ in range(2):
        await call_off_label(bench.shop, CLOCKWORK, order)

    (bought,) = await bench.carriers.parcels()
    assert bought.voided_at is not None
    (shipment,) = bench.documents(Shipment)
    assert shipment.status == "cancelled"


async def test_calling_off_twice_changes_nothing_more() -> None:
    bench, order = open_bench(), an_order()
    await call_off_label(bench.shop, CLOCKWORK, order)
    before = bench.state()

    await call_off_label(bench.shop, CLOCKWORK, order)

    assert bench.state() == before
