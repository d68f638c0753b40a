"""Ordering and paying with what was saved: an address and a card by their ids."""

from collections.abc import Awaitable
from typing import Any

import pytest
from pydantic import ValidationError

from domain.access import Caller, Role
from domain.address import Address
from domain.address_book import AddressNotFound
from domain.errors import Refusal
from domain.user import User
from domain.wallet import CardNotFound
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import (
    ADDRESS,
    GUEST,
    Bench,
    carry_on,
    fill_cart,
    open_bench,
    order_command,
    sells,
)
from usecases.address_book import SaveAddress, add_address, change_address, remove_address
from usecases.ordering import EmailNeeded, PlaceOrder, place_order
from usecases.orders import OrderView
from usecases.paying import (
    CardDeclined,
    ConfirmPayment,
    CreateIntent,
    MethodNeeded,
    PaymentView,
    confirm_payment,
    create_intent,
)
from usecases.quoting import ValidateCheckout, validate_checkout
from usecases.wallet import CardView, SaveCard, remove_card, save_card

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)
OTHER = Caller(user_id="u-2", role=Role.CUSTOMER, trace=GUEST.trace)
WORK = ADDRESS.model_copy(update={"line1": "2 Side Street"})


async def a_cart(by: Caller = CUSTOMER) -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    await fill_cart(bench, by, MUG=2)
    return bench


async def address_of(bench: Bench, who: Caller = CUSTOMER, address: Address = WORK) -> str:
    return (await add_address(bench.shop, who, SaveAddress(**address.model_dump()))).id


async def card_of(bench: Bench, who: Caller = CUSTOMER, card: str = "pm_card_visa") -> CardView:
    return await save_card(bench.shop, who, SaveCard(stripe_token=card))


def command(**named: Any) -> PlaceOrder:
    """An order without an address of its own, where an address is named."""
    fields = {"email": "buyer@example.com"} | named
    if "shipping_address_id" not in named:
        fields |= {"shipping_address": ADDRESS}
    return PlaceOrder(**fields)


def account(email: str) -> User:
    who = {"id": "u-1", "user_id": "u-1", "issuer": "issuer", "subject": "s-1", "email": email}
    return User.model_validate(
        who | dict.fromkeys(("created_at", "updated_at", "last_login"), NOON)
    )


async def an_order(bench: Bench, **named: Any) -> OrderView:
    return await place_order(bench.shop, CUSTOMER, command(**named))


async def paying(bench: Bench, order: OrderView, **more: Any) -> PaymentView:
    intent = await create_intent(bench.shop, CUSTOMER, CreateIntent(order_id=order.order_id))
    confirming = ConfirmPayment(payment_intent_id=intent.id, **more)
    return await confirm_payment(bench.shop, CUSTOMER, confirming)


async def refused(bench: Bench, kind: type[Refusal], call: Awaitable[object]) -> Refusal:
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await call
    assert bench.state() == before
    return refusal.value


async def test_an_order_goes_to_the_address_that_is_named() -> None:
    bench = await a_cart()

    view = await an_order(bench, shipping_address_id=await address_of(bench))

    assert view.shipping_address == WORK
    (told,) = [each for each in bench.hubs.events if each.event_type == "OrderCreated"]
    assert told.data["shipping_address"]["line1"] == "2 Side Street"


async def test_an_order_keeps_what_the_address_said() -> None:
    bench = await a_cart()
    id = await address_of(bench)
    view = await an_order(bench, shipping_address_id=id)

    await change_address(bench.shop, CUSTOMER, id, SaveAddress(**ADDRESS.model_dump()))
    await remove_address(bench.shop, CUSTOMER, id)

    assert (await bench.order(view.order_id, CUSTOMER)).shipping_address == WORK


async def test_the_same_order_is_found_again_when_its_address_is_gone() -> None:
    bench = await a_cart()
    id = await address_of(bench)
    view = await an_order(bench, shipping_address_id=id)
    await remove_address(bench.shop, CUSTOMER, id)

    again = await an_order(bench, shipping_address_id=id)

    assert again == view


async def test_what_is_not_ones_own_is_not_ordered_with() -> None:
    bench = await a_cart()
    theirs, card = await address_of(bench, OTHER), await card_of(bench, OTHER)

    await refused(bench, AddressNotFound, an_order(bench, shipping_address_id=theirs))
    await refused(bench, CardNotFound, an_order(bench, payment_method_id=card.id))
    quoting = ValidateCheckout(shipping_address_id=theirs)
    await refused(bench, AddressNotFound, validate_checkout(bench.shop, CUSTOMER, quoting))


async def test_a_guest_has_neither_addresses_nor_cards() -> None:
    bench = await a_cart(GUEST)
    theirs, card = await address_of(bench), await card_of(bench)

    for named in ({"shipping_address_id": theirs}, {"payment_method_id": card.id}):
        asked = place_order(bench.shop, GUEST, command(**named))
        await refused(bench, Refusal, asked)


async def test_a_quote_is_for_the_address_that_is_named() -> None:
    bench = await a_cart()
    abroad = ADDRESS.model_copy(update={"state": "OR"})
    id = await address_of(bench, address=abroad)

    named = await validate_checkout(bench.shop, CUSTOMER, ValidateCheckout(shipping_address_id=id))
    written = await validate_checkout(
        bench.shop, CUSTOMER, ValidateCheckout(shipping_address=abroad)
    )

    assert named == written
    assert named.totals.tax.amount_minor == 0


@pytest.mark.parametrize("kind", [PlaceOrder, ValidateCheckout])
@pytest.mark.parametrize(
    "fields", [{}, {"shipping_address": ADDRESS, "shipping_address_id": "a-1"}]
)
def test_an_address_is_written_out_or_named(kind: type[Any], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="one of them"):
        kind(**fields)


@pytest.mark.parametrize("text", ["4242 4242 4242 4242", "x" * 41])
def test_a_kind_of_payment_is_no_cards_number(text: str) -> None:
    with pytest.raises(ValidationError):
        order_command(payment_method=text)


async def test_the_saved_card_that_was_chosen_pays_the_order() -> None:
    bench = await a_cart()
    card = await card_of(bench, card="tok_mastercard")
    view = await an_order(bench, payment_method_id=card.id)
    assert (view.payment.method, view.payment.payment_method_id) == ("credit_card", card.id)

    paid = await paying(bench, view)

    await carry_on(bench)
    order = await bench.order(view.order_id, CUSTOMER)
    assert (paid.status, order.payment_status) == ("requires_capture", "paid")
    assert (order.payment.brand, order.payment.last4) == ("mastercard", "4444")
    assert order.payment.payment_method_id == card.id


async def test_another_card_may_be_named_when_it_is_paid() -> None:
    bench = await a_cart()
    view = await an_order(bench, payment_method_id=(await card_of(bench)).id)

    await paying(bench, view, payment_method="pm_card_mastercard")

    assert (await bench.order(view.order_id, CUSTOMER)).payment.last4 == "4444"


async def test_a_card_that_was_removed_since_pays_nothing() -> None:
    bench = await a_cart()
    card = await card_of(bench)
    view = await an_order(bench, payment_method_id=card.id)
    await remove_card(bench.shop, CUSTOMER, card.id)
    intent = await create_intent(bench.shop, CUSTOMER, CreateIntent(order_id=view.order_id))

    confirming = ConfirmPayment(payment_intent_id=intent.id)
    await refused(bench, CardNotFound, confirm_payment(bench.shop, CUSTOMER, confirming))

    assert (await paying(bench, view, payment_method="pm_card_visa")).status == "requires_capture"


async def test_a_saved_card_may_be_declined() -> None:
    bench = await a_cart()
    card = await card_of(bench, card="pm_card_chargeCustomerFail")
    view = await an_order(bench, payment_method_id=card.id)

    with pytest.raises(CardDeclined) as refusal:
        await paying(bench, view)

    assert refusal.value.facts == {"reason": "card_declined"}


async def test_a_customer_whom_the_network_has_forgotten_pays_nothing() -> None:
    bench = await a_cart()
    view = await an_order(bench, payment_method_id=(await card_of(bench)).id)
    order = await bench.order(view.order_id, CUSTOMER)
    await bench.payments.delete_customer(order.customer_id)

    with pytest.raises(CardDeclined) as refusal:
        await paying(bench, view)

    assert refusal.value.facts == {"reason": "resource_missing"}


async def test_without_any_card_nothing_is_paid() -> None:
    bench = await a_cart()
    view = await an_order(bench)
    intent = await create_intent(bench.shop, CUSTOMER, CreateIntent(order_id=view.order_id))

    confirming = ConfirmPayment(payment_intent_id=intent.id)
    await refused(bench, MethodNeeded, confirm_payment(bench.shop, CUSTOMER, confirming))


async def test_what_was_authorised_needs_no_card_any_more() -> None:
    bench = await a_cart()
    card = await card_of(bench)
    view = await an_order(bench, payment_method_id=card.id)
    paid = await paying(bench, view)
    await remove_card(bench.shop, CUSTOMER, card.id)

    assert await paying(bench, view) == paid
    await carry_on(bench)
    assert (await bench.order(view.order_id, CUSTOMER)).payment_status == "paid"


@pytest.mark.parametrize("card", ["4242424242424242", "visa", ""])
def test_what_pays_is_a_token(card: str) -> None:
    with pytest.raises(ValidationError):
        ConfirmPayment(payment_intent_id="pi_1", payment_method=card)


async def test_the_account_s_address_for_mail_serves_where_the_request_has_none() -> None:
    bench = await a_cart()
    await bench.put(account("ada@example.org"))

    view = await place_order(bench.shop, CUSTOMER, command(email=None))

    assert (await bench.order(view.order_id, CUSTOMER)).email == "ada@example.org"


@pytest.mark.parametrize("has_account", [True, False])
async def test_who_has_none_must_leave_one(*, has_account: bool) -> None:
    bench = await a_cart()
    if has_account:
        await bench.put(account(""))

    asked = place_order(bench.shop, CUSTOMER, command(email=None))
    await refused(bench, EmailNeeded, asked)
