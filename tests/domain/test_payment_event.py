"""A webhook of the card network."""

from domain.payment_event import KEPT_SECONDS, PaymentEvent
from tests.domain.samples import NOON


def test_only_an_applied_webhook_is_a_duplicate() -> None:
    event = PaymentEvent(
        id="evt_1",
        payment_intent_id="pi_1",
        type="payment_intent.succeeded",
        owner="g-1",
        order_id="o-1",
        received_at=NOON,
    )

    assert (event.state, event.is_applied, event.partition) == ("received", False, "pi_1")
    assert event.but(state="applied", ttl=KEPT_SECONDS).is_applied
    assert KEPT_SECONDS == 90 * 24 * 3600
