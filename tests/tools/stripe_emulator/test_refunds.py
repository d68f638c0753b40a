"""Refunds, up to what is left."""

import pytest

from tests.tools.stripe_emulator.asking import Asker, error


async def test_money_is_given_back_in_parts_and_then_no_more(asker: Asker) -> None:
    id = await asker.taken()

    part = await asker.post("refunds", {"payment_intent": id, "amount": "1000"})
    rest = await asker.post(
        "refunds", {"payment_intent": id, "expand[0]": "payment_intent.latest_charge"}
    )
    over = await asker.post("refunds", {"payment_intent": id})

    assert (part["amount"], rest["amount"], part["status"]) == (1000, 4000, "succeeded")
    charge = rest["payment_intent"]["latest_charge"]
    assert (charge["amount_refunded"], charge["refunded"]) == (5000, True)
    assert error(over)[1] == "charge_already_refunded"
    assert asker.told.count("charge.refunded") == 2


async def test_more_than_is_left_is_refused_without_a_code(asker: Asker) -> None:
    id = await asker.taken()

    refused = await asker.post("refunds", {"payment_intent": id, "amount": "5001"})

    assert error(refused) == ("invalid_request_error", "", "")


@pytest.mark.parametrize("state", ["intent", "held"])
async def test_what_was_not_taken_is_not_given_back(asker: Asker, state: str) -> None:
    id = await getattr(asker, state)()

    assert error(await asker.post("refunds", {"payment_intent": id}))[0] == "invalid_request_error"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, ""),
        ({"payment_intent": "pi_1"}, "resource_missing"),
        ({"payment_intent": "pi_1", "amount": "0"}, "parameter_invalid_integer"),
        ({"payment_intent": "pi_1", "reason": "mood"}, ""),
    ],
)
async def test_a_wrong_parameter_gives_nothing(
    asker: Asker, fields: dict[str, str], code: str
) -> None:
    assert error(await asker.post("refunds", fields))[1] == code


async def test_refunds_are_listed_by_payment_and_found_by_id(asker: Asker) -> None:
    one, other = await asker.taken(), await asker.taken()
    made = [(await asker.post("refunds", {"payment_intent": id}))["id"] for id in (one, other)]

    page = await asker.get("refunds", payment_intent=one)

    assert [row["id"] for row in page["data"]] == made[:1]
    assert (await asker.get(f"refunds/{made[1]}"))["payment_intent"] == other
