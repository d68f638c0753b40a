import json

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.world import MemoryVault
from domain.money import Money
from local.cards import CardPages
from tests.adapters.embedded.fixtures import AwayVault, StillClock

CARD = "pm_card_authenticationRequired"


@pytest.fixture
def payments() -> EmbeddedPayments:
    return EmbeddedPayments(MemoryVault(), StillClock(), CardSettings("whsec_test"))


@pytest.fixture
def pages(payments: EmbeddedPayments) -> CardPages:
    return CardPages(payments)


async def asked(payments: EmbeddedPayments, order_id: str = "o1") -> str:
    metadata = {"order_id": order_id}
    intent = await payments.create_intent(Money(119_900, "USD"), key="i", metadata=metadata)
    await payments.confirm(intent.id, payment_method=CARD, key="c")
    return intent.id


async def test_the_list_shows_every_intent_and_escapes_what_came_from_outside(
    payments: EmbeddedPayments, pages: CardPages
) -> None:
    intent_id = await asked(payments, "<script>")

    status, _, body = await pages("/_local/cards", {}, b"")

    assert status == 200
    assert b"&lt;script&gt;" in body
    assert b"<script>" not in body
    link = f'<a href="/_local/cards/authenticate/{intent_id}">requires_action</a>'
    assert link.encode() in body


async def test_an_intent_that_asks_nothing_has_no_link(
    payments: EmbeddedPayments, pages: CardPages
) -> None:
    await payments.cancel(await asked(payments), key="x")

    _, _, body = await pages("/_local/cards/", {}, b"")

    assert b"<td>canceled<td>" in body


async def test_the_list_comes_as_json_too(payments: EmbeddedPayments, pages: CardPages) -> None:
    intent_id = await asked(payments)

    _, _, body = await pages("/_local/cards", {"format": "json"}, b"")

    (line,) = json.loads(body)
    assert line["intent_id"] == intent_id
    assert line["held"] == {"amount_minor": 0, "currency": "USD"}


async def test_the_customer_is_asked_with_amount_and_card(
    payments: EmbeddedPayments, pages: CardPages
) -> None:
    intent_id = await asked(payments)

    status, _, body = await pages(f"/_local/cards/authenticate/{intent_id}", {}, b"")

    assert status == 200
    assert b"Pay 1,199.00 USD with the card ending in 3184?" in body
    assert body.count(b'<form method="post">') == 2
    assert (await payments.ledger())[0].status == "requires_action"


@pytest.mark.parametrize(
    ("outcome", "said", "status"),
    [
        (b"succeed", b"Thank you.", "requires_capture"),
        (b"fail", b"Not authenticated.", "requires_payment_method"),
    ],
)
async def test_her_answer_is_the_networks(
    payments: EmbeddedPayments, pages: CardPages, outcome: bytes, said: bytes, status: str
) -> None:
    path = f"/_local/cards/authenticate/{await asked(payments)}"

    answer = await pages(path, {}, b"outcome=" + outcome)

    assert answer[0] == 200
    assert said in answer[2]
    assert (await payments.ledger())[0].status == status


async def test_a_second_answer_and_an_idle_question_change_nothing(
    payments: EmbeddedPayments, pages: CardPages
) -> None:
    path = f"/_local/cards/authenticate/{await asked(payments)}"
    await pages(path, {}, b"outcome=succeed")

    again = await pages(path, {}, b"outcome=fail")
    idle = await pages(path, {}, b"")

    assert again[0] == 409
    assert b"Nobody asks: the payment is requires_capture" in idle[2]
    assert (await payments.ledger())[0].status == "requires_capture"


async def test_what_is_not_there_is_404(pages: CardPages) -> None:
    assert (await pages("/_local/cards/other", {}, b""))[0] == 404
    assert (await pages("/_local/cards/authenticate/pi_x", {}, b"outcome=succeed"))[0] == 404


async def test_a_busy_network_is_503() -> None:
    payments = EmbeddedPayments(AwayVault(), StillClock(), CardSettings("whsec_test"))

    assert (await CardPages(payments)("/_local/cards", {}, b""))[0] == 503
