"""What a cart would cost."""

import pytest

from domain.cart import CartEmpty
from domain.money import Money
from domain.pricing import MOST_TOTAL_MINOR, TotalTooLarge
from domain.product import Price
from domain.shipping import CannotShipThere
from tests.usecases.shop_fixtures import (
    ADDRESS,
    GUEST,
    Bench,
    fill_cart,
    guest,
    open_bench,
    placed,
    promotes,
    reprice,
    sells,
    type_code,
)
from usecases.quoting import CheckoutIssue, CheckoutQuote, ValidateCheckout, validate_checkout

HERE = ValidateCheckout(shipping_address=ADDRESS)
ABROAD = ADDRESS.model_copy(update={"country": "DE", "state": ""})


async def a_cart(mugs: int = 10) -> Bench:
    """Two mugs and a cup in the cart."""
    bench = open_bench()
    await sells(bench, "MUG", mugs, 1000)
    await sells(bench, "CUP", 10, 250)
    await fill_cart(bench, MUG=2, CUP=1)
    return bench


async def quoted(bench: Bench, command: ValidateCheckout = HERE) -> CheckoutQuote:
    """The quote, which changes nothing."""
    before = bench.state()
    quote = await validate_checkout(bench.shop, GUEST, command)
    assert bench.state() == before
    return quote


async def test_a_quote_is_what_the_order_would_cost() -> None:
    bench = await a_cart()

    quote = await quoted(bench)

    assert (quote.valid, quote.issues) == (True, ())
    assert quote.totals.model_dump(mode="json") == {
        "currency": "USD",
        "subtotal": 22.5,
        "discount": 0.0,
        "shipping": 5.99,
        "tax": 1.58,
        "total": 30.07,
    }
    assert [(o.method, o.cost.amount_minor) for o in quote.shipping_options] == [
        ("standard", 599),
        ("express", 1499),
        ("overnight", 2999),
    ]
    assert (await placed(bench)).totals == quote.totals


async def test_a_quote_follows_address_and_method() -> None:
    bench = await a_cart()

    quote = await quoted(
        bench, ValidateCheckout(shipping_address=ABROAD, shipping_method="express")
    )

    assert (quote.totals.shipping.amount_minor, quote.totals.tax.amount_minor) == (2999, 428)
    assert [option.method for option in quote.shipping_options] == ["standard", "express"]


async def test_what_stands_in_the_way_is_named_line_by_line() -> None:
    bench = await a_cart(mugs=2)
    await placed(bench, guest("g-2"), MUG=1)
    await reprice(bench, "MUG", price=Price(currency="USD", amount=Money(1200, "USD")))
    await reprice(bench, "CUP", status="retired")

    quote = await quoted(bench)

    assert not quote.valid
    assert quote.issues == (
        CheckoutIssue(code="PRICE_CHANGED", sku="MUG", requested=2),
        CheckoutIssue(code="NOT_SOLD", sku="CUP", requested=1),
        CheckoutIssue(code="OUT_OF_STOCK", sku="MUG", requested=2, available=1),
    )
    assert quote.totals.subtotal.amount_minor == 2400


async def test_a_variant_that_is_gone_is_not_sold() -> None:
    bench = await a_cart()
    await reprice(bench, "CUP", variants=())

    assert [issue.code for issue in (await quoted(bench)).issues] == ["NOT_SOLD"]


async def test_nothing_comes_of_an_empty_cart() -> None:
    with pytest.raises(CartEmpty):
        await quoted(open_bench())


async def test_where_no_carrier_goes_is_refused() -> None:
    bench = await a_cart()

    with pytest.raises(CannotShipThere):
        await quoted(bench, ValidateCheckout(shipping_address=ABROAD, shipping_method="overnight"))


async def test_what_no_card_can_pay_is_refused() -> None:
    bench = open_bench()
    await sells(bench, "YACHT", 1, MOST_TOTAL_MINOR)
    await fill_cart(bench, YACHT=1)

    with pytest.raises(TotalTooLarge):
        await quoted(bench)


def with_codes(*codes: str) -> ValidateCheckout:
    return ValidateCheckout(shipping_address=ADDRESS, promo_codes=codes)


async def test_a_quote_counts_the_codes_on_the_cart() -> None:
    bench = await a_cart()
    await promotes(bench, "TEN")
    await promotes(bench, "SHIP", free_shipping=True)
    for code in ("TEN", "SHIP"):
        await type_code(bench, code)

    quote = await quoted(bench)

    assert quote.valid
    assert (quote.totals.discount.amount_minor, quote.totals.shipping.amount_minor) == (225, 0)
    assert [(one.code, one.discount.amount_minor) for one in quote.promotions] == [
        ("TEN", 225),
        ("SHIP", 599),
    ]
    assert [option.cost.amount_minor for option in quote.shipping_options] == [0, 1499, 2999]


async def test_a_quote_can_try_codes_that_are_not_on_the_cart() -> None:
    bench = await a_cart()
    for code in ("TEN", "FIVE"):
        await promotes(bench, code, amount_off=5)
    await type_code(bench, "TEN")

    assert [one.code for one in (await quoted(bench, with_codes("five"))).promotions] == ["FIVE"]
    assert (await quoted(bench, with_codes())).promotions == ()
    assert (await quoted(bench, with_codes("FIVE", "f-i-v-e"))).totals.discount.amount_minor == 500


async def test_each_code_that_does_not_hold_is_named() -> None:
    bench = await a_cart()
    await promotes(bench, "STOPPED", active=False)
    await promotes(bench, "DEAR", minimum=1000)

    quote = await quoted(bench, with_codes("stopped", "Dear", "n/a"))

    assert not quote.valid
    assert quote.issues == (
        CheckoutIssue(code="PROMO_UNKNOWN", promo_code="STOPPED"),
        CheckoutIssue(code="PROMO_NOT_MET", promo_code="DEAR"),
        CheckoutIssue(code="PROMO_UNKNOWN", promo_code="n/a"),
    )
    assert quote.totals.discount.amount_minor == 0


async def test_codes_count_at_todays_prices() -> None:
    bench = await a_cart()
    await promotes(bench, "TEN")
    await type_code(bench, "TEN")
    await reprice(bench, "MUG", price=Price(currency="USD", amount=Money(2000, "USD")))

    assert (await quoted(bench)).totals.discount.amount_minor == 425
