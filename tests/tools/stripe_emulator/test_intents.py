"""The lives of payment intents, as their documentation tells them."""

from typing import Any

import pytest

from tests.tools.stripe_emulator.asking import INTENT, Asker, error

UNEXPECTED = ("invalid_request_error", "payment_intent_unexpected_state", "")


async def confirm(asker: Asker, id: str, card: str = "pm_card_visa", **fields: str) -> Any:
    return await asker.post(f"payment_intents/{id}/confirm", {"payment_method": card, **fields})


async def test_an_intent_is_made_held_taken_and_told(asker: Asker) -> None:
    id = await asker.intent()

    held = await confirm(asker, id, **{"expand[0]": "latest_charge"})
    taken = await asker.post(f"payment_intents/{id}/capture")

    assert (held["status"], held["amount_capturable"], held["amount_received"]) == (
        "requires_capture",
        5000,
        0,
    )
    assert (held["latest_charge"]["captured"], held["latest_charge"]["status"]) == (
        False,
        "succeeded",
    )
    assert held["payment_method"].startswith("pm_")
    assert (taken["status"], taken["amount_capturable"], taken["amount_received"]) == (
        "succeeded",
        0,
        5000,
    )
    assert asker.told == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


async def test_money_is_taken_at_once_where_the_capture_is_not_manual(asker: Asker) -> None:
    id = await asker.intent(capture_method="automatic")

    paid = await confirm(asker, id)

    assert (paid["status"], paid["amount_received"]) == ("succeeded", 5000)


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"amount": "49"}, "amount_too_small", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "12.50"}, "parameter_invalid_integer", "amount"),
        ({"amount": "100000000"}, "amount_too_large", "amount"),
        ({"amount": ""}, "parameter_invalid_empty", "amount"),
        ({"currency": "xxx"}, "", "currency"),
        ({"currency": "isk", "amount": "12345"}, "", "amount"),
        ({"customer": "cus_1"}, "resource_missing", "customer"),
        ({"capture_method": "later"}, "", "capture_method"),
        (
            {"payment_method_types[0]": "card"},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ({"ammount": "1"}, "parameter_unknown", "ammount"),
        ({"expand[0]": "metadata"}, "", "expand"),
        ({"metadata[order_id]": "x" * 501}, "", "order_id"),
    ],
)
async def test_a_wrong_parameter_makes_no_intent(
    asker: Asker, fields: dict[str, str], code: str, param: str
) -> None:
    answer = await asker.send("POST", "payment_intents", {**INTENT, **fields})

    assert answer.status == 400
    assert error(answer.body) == ("invalid_request_error", code, param)


@pytest.mark.parametrize("missing", ["amount", "currency"])
async def test_a_parameter_that_is_missing_is_named(asker: Asker, missing: str) -> None:
    fields = {name: value for name, value in INTENT.items() if name != missing}

    refused = await asker.post("payment_intents", fields)

    assert error(refused) == ("invalid_request_error", "parameter_missing", missing)


async def test_a_declined_card_leaves_a_failed_charge_and_an_open_intent(asker: Asker) -> None:
    id = await asker.intent()

    answer = await asker.send(
        "POST",
        f"payment_intents/{id}/confirm",
        {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"},
    )

    told = answer.body["error"]
    assert (answer.status, told["type"], told["code"], told["decline_code"]) == (
        402,
        "card_error",
        "card_declined",
        "insufficient_funds",
    )
    assert told["payment_intent"]["status"] == "requires_payment_method"
    now = await asker.get(f"payment_intents/{id}", **{"expand[0]": "latest_charge"})
    assert now["payment_method"] is None
    assert now["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert now["latest_charge"]["status"] == "failed"
    assert asker.told[-2:] == ["charge.failed", "payment_intent.payment_failed"]


async def test_a_bank_that_asks_is_answered_on_its_page(asker: Asker) -> None:
    id = await asker.intent()

    asked = await confirm(
        asker, id, "pm_card_authenticationRequired", return_url="https://shop.example/"
    )
    asker.emulator.authenticate(id)

    assert asked["status"] == "requires_action"
    assert asked["next_action"]["redirect_to_url"] == {
        "url": f"http://stripe.test/authenticate/{id}",
        "return_url": "https://shop.example/",
    }
    assert (await asker.get(f"payment_intents/{id}"))["status"] == "requires_capture"


async def test_without_a_way_back_only_the_browsers_own_sdk_can_ask(asker: Asker) -> None:
    asked = await confirm(asker, await asker.intent(), "pm_card_authenticationRequired")

    assert asked["next_action"]["type"] == "use_stripe_sdk"


async def test_a_proof_that_fails_opens_the_intent_again(asker: Asker) -> None:
    id = await asker.held("pm_card_authenticationRequired")

    asker.emulator.authenticate(id, succeeds=False)

    now = await asker.get(f"payment_intents/{id}")
    assert now["status"] == "requires_payment_method"
    assert now["last_payment_error"]["code"] == "payment_intent_authentication_failure"


async def test_a_cancelled_hold_counts_as_refunded_in_the_charges_books(asker: Asker) -> None:
    id = await asker.held()

    ended = await asker.post(f"payment_intents/{id}/cancel", {"expand[0]": "latest_charge"})

    assert (ended["status"], ended["amount_capturable"], ended["amount_received"]) == (
        "canceled",
        0,
        0,
    )
    assert (ended["latest_charge"]["amount_refunded"], ended["latest_charge"]["captured"]) == (
        5000,
        False,
    )
    assert asker.told[-2:] == ["charge.refunded", "payment_intent.canceled"]


async def test_a_part_may_be_captured_and_the_rest_is_let_go(asker: Asker) -> None:
    id = await asker.held()

    taken = await asker.post(
        f"payment_intents/{id}/capture",
        {"amount_to_capture": "2000", "expand[0]": "latest_charge"},
    )

    assert (taken["status"], taken["amount_received"]) == ("succeeded", 2000)
    assert (
        taken["latest_charge"]["amount_captured"],
        taken["latest_charge"]["amount_refunded"],
    ) == (
        2000,
        3000,
    )


async def test_more_than_is_held_cannot_be_captured(asker: Asker) -> None:
    id = await asker.held()

    refused = await asker.post(f"payment_intents/{id}/capture", {"amount_to_capture": "5001"})

    assert error(refused)[1] == "amount_too_large"


@pytest.mark.parametrize("verb", ["confirm", "capture", "cancel"])
async def test_what_has_succeeded_is_not_moved_any_more(asker: Asker, verb: str) -> None:
    id = await asker.taken()

    refused = await asker.post(f"payment_intents/{id}/{verb}")

    assert error(refused) == UNEXPECTED
    assert refused["error"]["payment_intent"]["status"] == "succeeded"


async def test_what_nobody_holds_cannot_be_captured(asker: Asker) -> None:
    id = await asker.intent()

    assert error(await asker.post(f"payment_intents/{id}/capture")) == UNEXPECTED


async def test_an_intent_without_a_card_cannot_be_confirmed(asker: Asker) -> None:
    refused = await asker.post(f"payment_intents/{await asker.intent()}/confirm")

    assert error(refused)[0] == "invalid_request_error"


async def test_automatic_payment_methods_want_a_way_back(asker: Asker) -> None:
    fields = {name: INTENT[name] for name in ("amount", "currency")}
    id = (await asker.post("payment_intents", fields))["id"]

    assert error(await confirm(asker, id))[2] == "return_url"


async def test_what_is_not_there_is_404(asker: Asker) -> None:
    for method, path in (
        ("GET", "payment_intents/pi_1"),
        ("POST", "payment_intents/pi_1/capture"),
        ("POST", "payment_intents/pi_1/dance"),
        ("GET", "nothing"),
        ("POST", "nothing"),
    ):
        assert (await asker.send(method, path)).status == 404


async def test_our_own_cards_fail_where_stripe_has_no_card_for_it(asker: Asker) -> None:
    refused, both = await asker.held("pm_card_captureDeclined"), ""
    answer = await asker.send("POST", f"payment_intents/{refused}/capture")
    both = await asker.held("pm_card_captureDeclinedButTaken")
    lied = await asker.send("POST", f"payment_intents/{both}/capture")

    assert (answer.status, lied.status) == (402, 402)
    assert (await asker.get(f"payment_intents/{refused}"))["status"] == "requires_payment_method"
    assert (await asker.get(f"payment_intents/{both}"))["status"] == "succeeded"
