"""Customers and the cards that they keep."""

from tests.tools.stripe_emulator.asking import Asker, error


async def customer(asker: Asker) -> str:
    made = await asker.post("customers", {"metadata[user_id]": "u1", "email": "a@example.com"})
    return str(made["id"])


async def attached(asker: Asker, customer_id: str) -> str:
    made = await asker.post("payment_methods/pm_card_visa/attach", {"customer": customer_id})
    return str(made["id"])


async def test_a_card_is_attached_detached_and_then_used_up(asker: Asker) -> None:
    owner = await customer(asker)
    id = await attached(asker, owner)

    again = await asker.post(f"payment_methods/{id}/attach", {"customer": owner})
    gone = await asker.post(f"payment_methods/{id}/detach")
    twice = await asker.post(f"payment_methods/{id}/detach")
    back = await asker.post(f"payment_methods/{id}/attach", {"customer": owner})

    assert gone["customer"] is None
    for refused in (again, twice, back):
        assert error(refused) == ("invalid_request_error", "", "")
    assert asker.told == [
        "customer.created",
        "payment_method.attached",
        "payment_method.detached",
    ]


async def test_a_card_that_paid_without_a_customer_pays_once(asker: Asker) -> None:
    id = await asker.held()
    method = (await asker.get(f"payment_intents/{id}"))["payment_method"]

    other = await asker.intent()
    again = await asker.post(f"payment_intents/{other}/confirm", {"payment_method": method})

    assert error(again) == ("invalid_request_error", "", "")


async def test_a_kept_card_pays_only_its_customers_intents(asker: Asker) -> None:
    owner = await customer(asker)
    id = await attached(asker, owner)

    ours, nobodys = await asker.intent(customer=owner), await asker.intent()
    paid = await asker.post(f"payment_intents/{ours}/confirm", {"payment_method": id})
    refused = await asker.post(f"payment_intents/{nobodys}/confirm", {"payment_method": id})

    assert paid["status"] == "requires_capture"
    assert error(refused)[0] == "invalid_request_error"


async def test_a_token_becomes_a_payment_method_and_a_card_number_is_refused(asker: Asker) -> None:
    made = await asker.post("payment_methods", {"type": "card", "card[token]": "tok_visa"})
    number = await asker.send(
        "POST", "payment_methods", {"type": "card", "card[number]": "4242424242424242"}
    )
    unknown = await asker.post("payment_methods", {"type": "card", "card[token]": "tok_x"})

    assert (made["card"]["brand"], made["card"]["last4"]) == ("visa", "4242")
    assert number.status == 402
    assert error(unknown)[1] == "resource_missing"
    assert error(await asker.post("payment_methods"))[1] == "parameter_missing"


async def test_a_card_that_its_bank_refuses_is_not_attached(asker: Asker) -> None:
    answer = await asker.send(
        "POST",
        "payment_methods/pm_card_chargeDeclined/attach",
        {"customer": await customer(asker)},
    )

    assert answer.status == 402


async def test_of_a_deleted_customer_nothing_is_left(asker: Asker) -> None:
    owner = await customer(asker)
    id = await attached(asker, owner)

    gone = await asker.send("DELETE", f"customers/{owner}")
    twice = await asker.send("DELETE", f"customers/{owner}")

    assert gone.body == {"id": owner, "object": "customer", "deleted": True}
    assert twice.status == 404
    assert await asker.get(f"customers/{owner}") == gone.body
    assert (await asker.get(f"payment_methods/{id}"))["customer"] is None
