"""The peer's shapes against the SDK's own: what it answers, what it takes, and the version it is of."""

from typing import Any

import stripe
from stripe import params

from adapters.stripe_events import API_VERSION
from tests.tools.stripe_emulator.asking import Asker
from tools.stripe_emulator import account

OURS = {"object", "deleted"}


def fields_of(kind: Any) -> set[str]:
    return {name for one in kind.__mro__ for name in getattr(one, "__annotations__", {})}


async def test_every_field_is_one_of_the_resource(asker: Asker) -> None:
    await asker.post("customers")
    id = await asker.taken()
    await asker.post("refunds", {"payment_intent": id})
    things = asker.emulator.account.things

    for kind, resource in {
        "payment_intent": stripe.PaymentIntent,
        "charge": stripe.Charge,
        "refund": stripe.Refund,
        "payment_method": stripe.PaymentMethod,
        "customer": stripe.Customer,
    }.items():
        (thing, *_) = things[kind].values()
        strangers = set(thing) - fields_of(resource) - OURS
        assert strangers <= ({"livemode"} if kind == "refund" else set()), kind


async def test_every_event_is_one_of_the_sdk(asker: Asker) -> None:
    for card in ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"):
        id = await asker.held(card)
        await asker.post(f"payment_intents/{id}/cancel")
    id = await asker.taken()
    await asker.post("refunds", {"payment_intent": id})

    known = str(params.WebhookEndpointCreateParams.__annotations__["enabled_events"])
    assert [type for type in set(asker.told) if f"'{type}'" not in known] == []


def test_every_parameter_of_ours_is_one_of_the_sdk() -> None:
    taken = {
        params.PaymentIntentCreateParams: {
            *("amount", "currency", "allowed_payment_method_types", "capture_method", "customer"),
            *("description", "metadata", "expand"),
        },
        params.PaymentIntentConfirmParams: {"payment_method", "return_url", "expand"},
        params.PaymentIntentCaptureParams: {"amount_to_capture", "expand"},
        params.PaymentIntentCancelParams: {"cancellation_reason", "expand"},
        params.RefundCreateParams: {"payment_intent", "amount", "reason", "metadata", "expand"},
        params.PaymentMethodAttachParams: {"customer", "expand"},
    }

    for kind, names in taken.items():
        assert names <= fields_of(kind)


def test_peer_end_and_sdk_are_of_one_version() -> None:
    assert stripe.api_version == API_VERSION == account.API_VERSION
