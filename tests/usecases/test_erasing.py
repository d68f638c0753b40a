"""Erasing what orders say of people whose accounts are gone."""

from dataclasses import replace

import pytest

from adapters.embedded.card_wallets import CUSTOMERS, METHODS
from adapters.embedded.cards import CardSettings, EmbeddedPayments
from domain.access import Caller, Role, Trace, system
from domain.address import ERASED
from domain.address_book import AddressBook
from domain.order import Order
from domain.shipment import Shipment, shipment_id
from domain.user import User, UserListing
from domain.wallet import Wallet
from domain.wishlist import Wish, Wishlist
from tests.adapters.embedded.fixtures import AwayVault
from tests.usecases.shop_fixtures import (
    ADDRESS,
    Bench,
    carry_on,
    open_bench,
    paid,
    placed,
    sells,
)
from usecases.address_book import SaveAddress, add_address
from usecases.commanding import cancel_order
from usecases.erasing import LAST_WORDS, erase_traces, forget_belongings
from usecases.order_lists import ListStaffOrders, hear_order, list_orders
from usecases.ports.payments import PaymentBusy
from usecases.roster import line_of
from usecases.wallet import SaveCard, save_card

TRACE = Trace(correlation_id="c", causation_id="r")
CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=TRACE)
CLOCK = system("erase_accounts", TRACE)


async def deleted(bench: Bench) -> User:
    now = bench.clock.now()
    user = User(
        id="u-1",
        user_id="u-1",
        issuer="https://issuer.example",
        subject="s",
        email="somebody@example.com",
        created_at=now,
        updated_at=now,
        last_login=now,
    )
    (written,) = await bench.put(user.erased(now))
    bench.clock.move(LAST_WORDS.total_seconds())
    found: User = written
    return found


async def an_order(bench: Bench) -> Order:
    await sells(bench, "MUG", pieces=5)
    view = await placed(bench, CUSTOMER, MUG=1)
    return await bench.order(view.order_id, CUSTOMER)


async def leaves_traces(bench: Bench) -> bool:
    user = await bench.store.get(User, "u-1", "u-1")
    assert user is not None
    return user.leaves_traces


async def test_an_order_that_is_over_names_nobody_any_more() -> None:
    bench = open_bench()
    order = await an_order(bench)
    await cancel_order(bench.shop, CUSTOMER, order.order_id)
    await carry_on(bench)
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1

    gone = await bench.order(order.order_id, CUSTOMER)
    assert (gone.email, gone.is_anonymous, gone.cancel_reason) == ("", True, "")
    assert gone.shipping_address == ADDRESS.anonymised()
    assert gone.shipping_address.name == ERASED
    assert (gone.status, gone.totals, gone.items) == ("cancelled", order.totals, order.items)
    assert not await leaves_traces(bench)


async def test_the_staffs_list_finds_the_order_by_nobodys_address_any_more() -> None:
    bench = open_bench()
    order = await an_order(bench)
    told = bench.hubs.events[0]
    await hear_order(bench.shop, CLOCK, told)
    await cancel_order(bench.shop, CUSTOMER, order.order_id)
    await carry_on(bench)
    await deleted(bench)

    await erase_traces(bench.shop, CLOCK)
    await hear_order(bench.shop, CLOCK, told)

    (line,) = (await list_orders(bench.shop, ListStaffOrders())).items
    found = await list_orders(bench.shop, ListStaffOrders(email=order.email))
    assert (line.order_id, line.status, found.items) == (order.order_id, "cancelled", ())


async def test_an_order_under_way_keeps_its_address_and_is_looked_at_again() -> None:
    bench = open_bench()
    order = await an_order(bench)
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 0

    kept = await bench.order(order.order_id, CUSTOMER)
    assert kept.email == order.email
    assert await leaves_traces(bench)


async def test_the_parcel_names_nobody_either() -> None:
    bench = open_bench()
    order = await an_order(bench)
    view = await bench.order(order.order_id, CUSTOMER)
    await paid(bench, view, CUSTOMER)  # type: ignore[arg-type]  # an order serves as its view
    await carry_on(bench)
    await bench.put((await bench.order(order.order_id, CUSTOMER)).but(status="completed"))
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1

    id_ = shipment_id(order.order_id)
    parcel = await bench.store.get(Shipment, id_, order.order_id)
    assert parcel is not None
    assert parcel.destination == order.shipping_address.anonymised()


async def test_erasing_once_more_changes_nothing() -> None:
    bench = open_bench()
    order = await an_order(bench)
    await cancel_order(bench.shop, CUSTOMER, order.order_id)
    await carry_on(bench)
    user = await deleted(bench)
    await erase_traces(bench.shop, CLOCK)
    before = bench.state()
    assert await erase_traces(bench.shop, CLOCK) == 0
    assert bench.state() == before

    again = await bench.store.get(User, user.id, user.user_id)
    assert again is not None
    await bench.put(again.but(leaves_traces=True))
    assert await erase_traces(bench.shop, CLOCK) == 1
    assert (await bench.order(order.order_id, CUSTOMER)).is_anonymous


async def test_an_account_without_orders_leaves_nothing() -> None:
    bench = open_bench()
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1
    assert not await leaves_traces(bench)


async def test_somebody_with_more_orders_than_a_page_is_erased_whole() -> None:
    bench = open_bench()
    order = await an_order(bench)
    await cancel_order(bench.shop, CUSTOMER, order.order_id)
    await carry_on(bench)
    over = (await bench.order(order.order_id, CUSTOMER)).document()
    for number in range(120):
        copy = over | {"id": f"copy-{number}", "order_id": f"copy-{number}"}
        copy.pop("audit_head", None)
        body = {k: v for k, v in copy.items() if k not in ("kind", "schema_version")}
        await bench.put(Order.model_validate(body))
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1

    assert all(one.is_anonymous for one in bench.documents(Order))


async def belongs(bench: Bench) -> None:
    """Let the person have an address, a wish and a card."""
    wish = Wish(product_id="p-MUG", name="The MUG", added_at=bench.clock.now())
    await bench.put(Wishlist(user_id="u-1", wishes=(wish,)))
    await add_address(bench.shop, CUSTOMER, SaveAddress(**ADDRESS.model_dump()))
    await save_card(bench.shop, CUSTOMER, SaveCard(stripe_token="pm_card_visa"))


async def at_the_network(bench: Bench) -> tuple[int, list[str]]:
    """How many customers the network knows, and whose each card is; detached ones are nobody's."""
    customers = await bench.vault.look(lambda records: records.oldest(CUSTOMERS, 9))
    cards = await bench.vault.look(lambda records: records.oldest(METHODS, 9))
    return len(customers), [record["customer"] for _, record in cards]


async def test_address_book_wishlist_and_cards_go_here_and_at_the_network() -> None:
    bench = open_bench()
    await belongs(bench)
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1

    assert bench.documents(AddressBook) == bench.documents(Wishlist) == []
    (wallet,) = bench.documents(Wallet)
    assert (wallet.customer_id, wallet.cards, wallet.leaving) == ("", (), ())
    assert await at_the_network(bench) == (0, [""])
    before = bench.state()
    await forget_belongings(bench.shop, CLOCK, "u-1")
    assert bench.state() == before


async def test_belongings_do_not_wait_for_orders_under_way() -> None:
    bench = open_bench()
    await an_order(bench)
    await belongs(bench)
    await deleted(bench)

    assert await erase_traces(bench.shop, CLOCK) == 0

    assert bench.documents(AddressBook) == []
    assert await at_the_network(bench) == (0, [""])


async def test_a_network_that_is_away_is_told_by_the_next_sweep() -> None:
    bench = open_bench()
    await belongs(bench)
    await deleted(bench)
    away = EmbeddedPayments(AwayVault(), bench.clock, CardSettings("whsec_test"))
    shop = replace(bench.shop, payments=away)

    with pytest.raises(PaymentBusy):
        await forget_belongings(shop, CLOCK, "u-1")
    assert await erase_traces(shop, CLOCK) == 0

    assert bench.documents(AddressBook) == []
    assert await leaves_traces(bench)
    assert await erase_traces(bench.shop, CLOCK) == 1
    assert await at_the_network(bench) == (0, [""])


async def test_what_a_last_request_wrote_goes_with_a_later_sweep() -> None:
    bench = open_bench()
    await deleted(bench)
    bench.clock.move(-60)
    assert await erase_traces(bench.shop, CLOCK) == 0
    await belongs(bench)
    bench.clock.move(60)

    assert await erase_traces(bench.shop, CLOCK) == 1

    assert bench.documents(AddressBook) == bench.documents(Wishlist) == []
    assert await at_the_network(bench) == (0, [""])


async def test_a_line_in_a_list_that_a_last_request_wrote_goes_too() -> None:
    bench = open_bench()
    user = await deleted(bench)
    late = line_of(user.but(name="Somebody", role="staff", status="active"))
    await bench.put(late)

    assert await erase_traces(bench.shop, CLOCK) == 1

    assert bench.documents(UserListing) == []


async def test_who_has_come_again_keeps_what_is_new() -> None:
    bench = open_bench()
    old = await an_order(bench)
    await cancel_order(bench.shop, CUSTOMER, old.order_id)
    await carry_on(bench)
    user = await deleted(bench)
    await bench.put(user.but(status="active"), line_of(user))
    await belongs(bench)
    new = await placed(bench, CUSTOMER, MUG=1)
    await cancel_order(bench.shop, CUSTOMER, new.order_id)
    await carry_on(bench)

    assert await erase_traces(bench.shop, CLOCK) == 1

    assert (await bench.order(old.order_id, CUSTOMER)).is_anonymous
    assert not (await bench.order(new.order_id, CUSTOMER)).is_anonymous
    kept = [len(bench.documents(kind)) for kind in (AddressBook, Wishlist, UserListing)]
    assert kept == [1, 1, 1]
    assert (await at_the_network(bench))[0] == 1


async def test_nobodys_belongings_are_touched_without_a_record_that_says_so() -> None:
    bench = open_bench()
    await belongs(bench)
    before = bench.state()

    await forget_belongings(bench.shop, CLOCK, "u-1")

    assert bench.state() == before
