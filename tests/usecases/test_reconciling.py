"""The walk through the network's payments: windows, pages, watermarks, and what a run may cost."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.embedded.cards import EmbeddedPayments
from domain.difference import Difference
from domain.ledger import LedgerEntry
from domain.money import Money
from domain.walk import Walk
from tests.adapters.embedded.fixtures import NOON
from tests.listening import Listener
from tests.usecases.ledgers import (
    OLD_SECONDS,
    an_order,
    authorised,
    booked,
    differences,
    run,
    stray,
)
from tests.usecases.meddling import failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    Bench,
    carry_on,
    open_bench,
    paid,
    placed,
    sells,
)
from usecases import reconciling
from usecases.meter import part
from usecases.paying import CreateIntent, create_intent
from usecases.ports.payments import Intent, IntentPage, PaymentBusy
from usecases.ports.store import VersionConflict
from usecases.reconciling import MOST_RECENT_PAGES, compare_ledgers
from usecases.shop import Shop

DAY = 24 * 3600


@dataclass
class Network:
    """The card network, told to list so many intents a page; ``listed`` counts the pages."""

    inner: EmbeddedPayments
    size: int = 100
    away: bool = False
    listed: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def list_intents(
        self, *, since: datetime, until: datetime, cursor: str = ""
    ) -> IntentPage:
        if self.away:
            raise PaymentBusy("away")
        self.listed += 1
        whole = await self.inner.list_intents(since=since, until=until)
        ids = [one.id for one in whole.intents]
        begin = ids.index(cursor) + 1 if cursor else 0
        found = whole.intents[begin : begin + self.size]
        more = begin + self.size < len(ids)
        return IntentPage(found, found[-1].id if more else "")


def listing(bench: Bench, size: int = 100) -> tuple[Shop, Network]:
    network = Network(bench.payments, size)
    return replace(bench.shop, payments=network), network


def walk(bench: Bench, name: str) -> Walk:
    found: dict[str, Walk] = {one.id: one for one in bench.documents(Walk)}
    return found[name]


async def strays(bench: Bench, count: int) -> list[Intent]:
    """Payments in nobody's name, each a second after the other."""
    made = []
    for number in range(count):
        made.append(await stray(bench, usd(100), key=f"s{number}"))
        bench.clock.move(1)
    return made


def usd(minor: int) -> Money:
    return Money(minor, "USD")


async def test_a_young_payment_is_left_alone() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await authorised(bench, view)

    assert await run(bench, after=119) == 0
    assert (booked(bench), differences(bench)) == ([], [])
    assert await run(bench, after=2) == 1


async def test_the_first_run_reaches_back_and_the_next_from_where_it_ended_less_the_overlap() -> (
    None
):
    bench = open_bench(ledger_reach_days=2, ledger_overlap_seconds=600)
    await run(bench, after=0)
    first = walk(bench, "recent")

    await run(bench, after=300)

    second, young = walk(bench, "recent"), timedelta(seconds=120)
    assert (first.since, first.until, first.is_over) == (
        NOON - timedelta(days=2),
        NOON - young,
        True,
    )
    assert (second.since, second.until) == (
        NOON - young - timedelta(seconds=600),
        NOON + timedelta(seconds=300) - young,
    )


async def test_an_outage_of_days_is_caught_up_page_by_page_over_several_runs() -> None:
    bench = open_bench()
    await run(bench, after=0)
    pages = MOST_RECENT_PAGES
    await strays(bench, 2 * pages + 3)
    shop, network = listing(bench, size=2)
    bench.clock.move(5 * DAY)

    await compare_ledgers(shop, CLOCKWORK)
    assert len(differences(bench)) == 2 * pages
    assert not walk(bench, "recent").is_over
    bench.clock.move(300)
    await compare_ledgers(shop, CLOCKWORK)

    assert len(differences(bench)) == 2 * pages + 3
    assert walk(bench, "recent").is_over
    assert walk(bench, "recent").until == NOON + timedelta(
        seconds=5 * DAY + 2 * pages + 3 - OLD_SECONDS + 1
    )
    assert network.listed >= pages + 2


async def test_a_network_that_is_away_stops_the_run_and_nothing_is_passed_over() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await run(bench, after=0)
    await authorised(bench, view)
    shop, network = listing(bench)
    network.away = True
    bench.clock.move(DAY)

    assert await compare_ledgers(shop, CLOCKWORK) == 0
    assert walk(bench, "recent").until == NOON - timedelta(seconds=120)
    network.away = False
    assert await compare_ledgers(shop, CLOCKWORK) == 1


async def test_once_a_day_everything_within_reach_is_looked_at() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await carry_on(bench)
    await run(bench)
    bench.clock.move(3 * DAY)
    await bench.payments.refund(intent_id, usd(1), key="by hand")
    await run(bench, after=0)
    assert differences(bench) == [("amounts-differ", "seen")]

    began = walk(bench, "lap").began_at
    await run(bench, after=DAY - 1)
    assert walk(bench, "lap").began_at == began
    await run(bench, after=1)
    assert walk(bench, "lap").began_at == began + timedelta(days=1)


async def test_what_is_out_of_reach_is_not_compared_any_more() -> None:
    bench = open_bench(ledger_reach_days=1)
    await stray(bench, usd(100))

    await run(bench, after=2 * DAY)

    assert differences(bench) == []


async def test_a_charge_that_was_not_listed_is_looked_for() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    intent_id = await paid(bench, view)
    await run(bench, after=0)
    await carry_on(bench)
    bench.clock.move(2 * 3600)
    await run(bench, after=0)
    (entry,) = bench.documents(LedgerEntry)
    await bench.put(entry.but(charged_at=bench.clock.now()))
    await bench.vault.change(lambda records: records.drop("card.intents", intent_id))

    await run(bench)

    assert differences(bench) == [("booked-not-taken", "seen")]
    assert walk(bench, "booked").until == bench.clock.now() - timedelta(seconds=120)


async def test_more_charges_than_a_look_can_show_are_looked_for_in_slices() -> None:
    bench = open_bench()
    await run(bench, after=0)
    for number in range(250):
        bench.clock.move(1)
        await bench.put(a_charge(bench, number))

    await run(bench)

    assert walk(bench, "booked").until == bench.clock.now() - timedelta(seconds=120)
    assert len(bench.documents(Difference)) == 0


async def test_a_run_looks_at_so_many_slices_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciling, "MOST_SLICES", 1)
    monkeypatch.setattr(reconciling, "MOST_HALVINGS", 1)
    bench = open_bench()
    await run(bench, after=0)
    for number in range(100):
        await bench.put(a_charge(bench, number))

    bench.clock.move(400)
    await run(bench, after=0)
    half = walk(bench, "booked").until
    await run(bench, after=0)

    young = NOON + timedelta(seconds=280)
    assert half == NOON + timedelta(seconds=80)
    assert walk(bench, "booked").until == young


def a_charge(bench: Bench, number: int) -> LedgerEntry:
    """A charge of an order that is not there: nobody's, and the network knows of no payment."""
    return LedgerEntry(
        id=f"ledger:{number}:charge",
        user_id=f"guest:{number}",
        order_id=str(number),
        move="charge",
        amount=usd(100),
        currency="USD",
        intent_id=f"pi_{number}",
        created_at=bench.clock.now(),
        charged_at=bench.clock.now(),
    )


async def test_a_payment_that_breaks_the_comparison_stops_no_other_and_is_not_hidden() -> None:
    bench, view = await an_order()
    await carry_on(bench)
    await authorised(bench, view)
    shop = meddled(bench, {1: failing(AssertionError("an invariant"))})
    await stray(bench, usd(100))
    bench.clock.move(OLD_SECONDS)

    with pytest.raises(AssertionError, match="an invariant"):
        await compare_ledgers(shop, CLOCKWORK)

    assert walk(bench, "recent").is_over
    assert await run(bench, after=1) == 0
    assert [move for move, _ in booked(bench)] == ["charge"]


async def test_where_another_process_turns_the_page_it_goes_on_alone() -> None:
    bench = open_bench()
    conflict = {1: failing(VersionConflict("x"))}

    assert await compare_ledgers(meddled(bench, conflict), CLOCKWORK) == 0

    assert {one.id for one in bench.documents(Walk)} == {"lap", "booked"}
    both = {number: failing(VersionConflict("x")) for number in range(1, 4)}
    assert await compare_ledgers(meddled(bench, both), CLOCKWORK) == 0


async def test_how_many_wait_for_a_person_is_reported_in_every_run_also_none() -> None:
    bench = open_bench()
    listener = Listener()
    shop = replace(bench.shop, telemetry=listener.telemetry)

    async def measured() -> object:
        bench.clock.move(OLD_SECONDS)
        await compare_ledgers(shop, CLOCKWORK)
        return listener.measures()["shop.ledger.differences"]

    assert await measured() == [(0, {})]
    await stray(bench, usd(100))
    assert await measured() == [(0, {})]
    assert await measured() == [(1, {})]
    away = replace(shop, payments=Network(bench.payments, away=True))
    await compare_ledgers(away, CLOCKWORK)
    assert listener.measures()["shop.ledger.differences"] == [(1, {})]


async def test_what_a_run_costs_is_three_operations_a_payment_and_eight_beside_them() -> None:
    bench = open_bench()
    await sells(bench, "MUG", 100)
    await run(bench, after=0)
    for number in range(5):
        by = replace(GUEST, user_id=f"guest:{number}")
        view = await placed(bench, by, MUG=1)
        await create_intent(bench.shop, by, CreateIntent(order_id=view.order_id))
    bench.clock.move(OLD_SECONDS)

    with part() as counted:
        await compare_ledgers(bench.shop, CLOCKWORK)

    assert counted.operations == 3 * 5 + 8
