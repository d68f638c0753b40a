"""What the audit reads in the books of Stripe's peer."""

from adapters.embedded.card_rules import CardPayment
from tests.tools.stripe_emulator.asking import Asker
from tools.proofs.card_books import payments_of


async def test_what_is_held_taken_given_back_and_let_go_is_told_apart() -> None:
    asker = Asker()
    refunded, held, let_go = await asker.taken(), await asker.held(), await asker.held()
    await asker.post("refunds", {"payment_intent": refunded, "amount": "1200"})
    await asker.post(f"payment_intents/{let_go}/cancel")
    new = await asker.intent()

    books = {one.id: one for one in payments_of(asker.emulator.account)}

    assert moved(books[refunded]) == ("succeeded", 0, 5000, 1200)
    assert moved(books[held]) == ("requires_capture", 5000, 0, 0)
    assert moved(books[let_go]) == ("canceled", 0, 0, 0)
    assert moved(books[new]) == ("requires_payment_method", 0, 0, 0)
    assert (books[new].currency, books[new].metadata) == ("USD", {"order_id": "o1"})


def moved(payment: CardPayment) -> tuple[str, int, int, int]:
    return (
        payment.status,
        payment.held_minor,
        payment.captured_minor,
        payment.refunded_minor,
    )
