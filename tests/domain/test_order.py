"""An order: its id and number, and how it moves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order import (
    CROCKFORD,
    FULFILLMENT,
    AppliedPromotion,
    CardUsed,
    Deadline,
    Order,
    OrderFence,
    OrderPointer,
    ShortLine,
    deadline_after,
    order_id_from,
    order_id_of,
    order_line,
    order_number_of,
    pointer_key,
)
from domain.saga import Facets, Inventory, Payment, Shipment
from tests.domain.samples import LATER, NOON, NUMBER, ORDER_ID, an_order, cart_line, usd

IDS = st.text(CROCKFORD, min_size=12, max_size=12)
YEARS = st.integers(2000, 9999).map(lambda year: datetime(year, 6, 1, tzinfo=UTC))
WAITING = Deadline(at=LATER, stage="placing")
RESERVED = Inventory.RESERVED


def test_an_id_follows_from_secret_cart_and_attempt() -> None:
    ids = {
        order_id_of(secret, cart, attempt)
        for secret in (b"a", b"b")
        for cart in ("c-1", "c-2")
        for attempt in (0, 1)
    }

    assert len(ids) == 8
    assert all(len(id) == 12 and set(id) <= set(CROCKFORD) for id in ids)
    assert order_id_of(b"a", "c-1", 0) in ids
    assert order_id_of(b"k" * 32, "c-1", 0) == "87SHSDPVE0J5"


def test_a_number_is_the_id_in_groups_after_the_year() -> None:
    assert order_number_of(ORDER_ID, NOON) == NUMBER == "HPH-2026-7K3M-PX9Q-W2ZD"


@pytest.mark.parametrize(
    "text",
    [
        ORDER_ID,
        NUMBER,
        NUMBER.lower(),
        f"  {NUMBER}\n",
        "hph 2026 7k3m px9q w2zd",
        "HPH20267K3MPX9QW2ZD",
        "2026-7K3M-PX9Q-W2ZD",
        "HPH-7K3M-PX9Q-W2ZD",
        "7K3M-PX9Q-W2ZD",
    ],
)
def test_a_number_is_read_as_people_write_it(text: str) -> None:
    assert order_id_from(text) == ORDER_ID


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert order_id_from("hph-2O26-oil0-1111-0000") == "011011110000"


def test_an_id_may_begin_with_the_prefix_or_with_a_year() -> None:
    assert order_id_from("HPH456789ABC") == "HPH456789ABC"
    assert order_id_from("2026ABCDEFGH") == "2026ABCDEFGH"
    assert order_id_from("HPH-2026-HPH4-5678-9ABC") == "HPH456789ABC"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HPH",
        "HPH-2026",
        ORDER_ID[:-1],
        ORDER_ID + "0",
        "HPH-26-7K3M-PX9Q-W2ZD",
        "7K3MPX9QW2ZU",
        "XYZ-2026-7K3M-PX9Q-W2ZD",
        f"~{ORDER_ID}",
        f"{ORDER_ID}-S1",
        "ß" * 12,
        "٣" * 12,
        "x" * 10**5,
    ],
)
def test_other_texts_are_no_number(text: str) -> None:
    assert order_id_from(text) is None


@given(IDS, YEARS, st.data())
def test_a_number_leads_back_to_its_id(id: str, year: datetime, data: st.DataObject) -> None:
    """Whoever types a number, in any case, with or without hyphens, means the id it was made of."""
    number = order_number_of(id, year)
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.lower(), "" if letter == "-" else letter]))
        for letter in number
    )

    assert order_id_from(id) == order_id_from(number) == order_id_from(typed) == id


@given(st.text())
def test_reading_a_number_never_fails(text: str) -> None:
    """Any text is an id of twelve letters of the alphabet, or nothing."""
    found = order_id_from(text)

    assert found is None or (len(found) == 12 and set(found) <= set(CROCKFORD))


def test_a_line_is_sold_at_the_price_in_the_cart() -> None:
    line = order_line(cart_line("MUG", 3, 333, variant_name="Blue"), ORDER_ID)

    assert (line.order_item_id, line.sku, line.variant_name) == (f"{ORDER_ID}:MUG", "MUG", "Blue")
    assert (line.unit_price, line.quantity, line.line_total) == (usd(333), 3, usd(999))


def test_a_line_says_what_codes_take_off_it() -> None:
    assert order_line(cart_line(), ORDER_ID).discount is None
    assert order_line(cart_line(), ORDER_ID, usd(200)).discount == usd(200)


def test_an_order_names_its_codes() -> None:
    ten = AppliedPromotion(code="TEN", currency="USD", saved=usd(200), is_limited=True)

    assert (an_order().promo_codes, an_order(promotions=(ten,)).promo_codes) == ((), ("TEN",))


def test_a_rejected_order_names_the_codes_that_were_used_up() -> None:
    assert an_order().rejected((), LATER, used_up=("TEN",)).used_up == ("TEN",)


def test_an_order_is_placed_when_its_saga_begins() -> None:
    placed = an_order().moved(Facets(), LATER)

    assert (an_order().is_placed, placed.is_placed) == (False, True)
    assert (placed.status, placed.payment_status, placed.fulfillment_status) == (
        "pending",
        "pending",
        "pending",
    )
    assert (placed.created_at, placed.updated_at) == (NOON, LATER)


def test_a_rejected_order_names_what_was_short_and_keeps_its_deadline() -> None:
    short = ShortLine(sku="MUG", product_id="p-MUG", requested=2, available=1)

    rejected = an_order().waiting(WAITING).rejected((short,), LATER)

    assert (rejected.status, rejected.short, rejected.is_placed) == ("rejected", (short,), False)
    assert (rejected.deadline, rejected.due) == (WAITING, LATER)


def test_placed_and_rejected_exclude_each_other() -> None:
    with pytest.raises(AssertionError, match="a placed order is cancelled, not rejected"):
        an_order().moved(Facets(), NOON).rejected((), LATER)
    with pytest.raises(AssertionError, match="a rejected order is never placed"):
        an_order().rejected((), NOON).moved(Facets(), LATER)


@pytest.mark.parametrize(
    ("facets", "status", "payment", "fulfillment"),
    [
        (Facets(RESERVED), "pending", "pending", "pending"),
        (Facets(RESERVED, Payment.CAPTURED), "pending", "paid", "pending"),
        (Facets(RESERVED, Payment.CAPTURED, Shipment.SCHEDULED), "processing", "paid", "scheduled"),
        (Facets(RESERVED, Payment.CAPTURED, Shipment.SHIPPED), "shipped", "paid", "shipped"),
        (Facets(RESERVED, Payment.CAPTURED, Shipment.DELIVERED), "delivered", "paid", "delivered"),
        (
            Facets(RESERVED, Payment.FAILED, cancel="payment_failed"),
            "cancelling",
            "failed",
            "pending",
        ),
        (
            Facets(Inventory.RELEASED, Payment.FAILED, Shipment.CANCELLED, cancel="payment_failed"),
            "payment_failed",
            "failed",
            "cancelled",
        ),
        (
            Facets(Inventory.RELEASED, Payment.REFUNDED, Shipment.FAILED, cancel="customer"),
            "cancelled",
            "refunded",
            "failed",
        ),
    ],
)
def test_what_is_shown_follows_from_the_facets(
    facets: Facets, status: str, payment: str, fulfillment: str
) -> None:
    order = an_order().moved(facets, LATER)

    assert (order.status, order.payment_status, order.fulfillment_status) == (
        status,
        payment,
        fulfillment,
    )


def test_every_shipment_word_is_shown() -> None:
    assert FULFILLMENT.keys() == set(Shipment)


def test_a_card_that_was_authorised_is_shown_until_the_money_moves() -> None:
    card = CardUsed(intent_id="pi_1", brand="visa", last4="4242", authorized_at=LATER)

    authorized = an_order().moved(Facets(), NOON).paying(card, LATER)

    assert (authorized.payment_status, authorized.payment) == ("authorized", card)
    assert authorized.moved(Facets(RESERVED, Payment.CAPTURED), LATER).payment_status == "paid"


def test_a_card_is_noted_on_an_order_that_is_not_placed_yet() -> None:
    noted = an_order().paying(CardUsed(intent_id="pi_1", authorized_at=NOON), LATER)

    assert (noted.payment.intent_id, noted.payment_status) == ("pi_1", "pending")


def test_a_deadline_can_be_found_by_the_sweep() -> None:
    deadline = deadline_after("payment", 2, timedelta(minutes=5), NOON)

    waiting = an_order().waiting(deadline)

    assert deadline == Deadline(at=LATER, stage="payment", attempt=2)
    assert waiting.document()["due"] == "2026-01-25T12:05:00.000000Z"
    assert "due" not in waiting.waiting(None).document()


def test_every_event_carries_whose_order_it_is() -> None:
    assert an_order().news() == {
        "order_id": ORDER_ID,
        "id": ORDER_ID,
        "user_id": "guest:g-1",
        "order_number": NUMBER,
    }


def test_an_order_survives_the_store() -> None:
    order = an_order().moved(Facets(RESERVED, Payment.CAPTURED), LATER).waiting(WAITING)

    found = Order.of_json(order.json_text(), "1")

    assert found.document() == order.document()
    assert (found.facets, found.totals) == (order.facets, order.totals)


def test_pointer_and_fence_lie_where_they_are_looked_for() -> None:
    key = pointer_key("o-1")
    pointer = OrderPointer(id=key, user_id=key, owner="g-1")

    assert (key, pointer.partition, pointer.container) == ("~o-1", "~o-1", "Orders")
    assert OrderFence(id="o-1", user_id="g-1").partition == "g-1"
