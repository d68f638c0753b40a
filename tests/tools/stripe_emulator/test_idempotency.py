"""Idempotency keys."""

import asyncio

from tests.tools.stripe_emulator.asking import INTENT, Asker, error
from tools.stripe_emulator.faults import Fault
from tools.stripe_emulator.idempotency import KEPT_SECONDS


async def test_a_key_gives_the_first_answer_again_and_says_so(asker: Asker) -> None:
    first = await asker.send("POST", "payment_intents", INTENT, idempotency_key="k")
    again = await asker.send("POST", "payment_intents", INTENT, idempotency_key="k")

    assert again.body == first.body
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Idempotency-Key"] == "k"
    assert len(asker.emulator.account.all_of("payment_intent")) == 1


async def test_a_refusal_of_the_endpoint_is_given_again_too(asker: Asker) -> None:
    id = await asker.intent()
    fields = {"payment_method": "pm_card_chargeDeclined"}

    for _ in range(2):
        answer = await asker.send(
            "POST", f"payment_intents/{id}/confirm", fields, idempotency_key="c"
        )
        assert answer.status == 402

    assert answer.headers["Idempotent-Replayed"] == "true"
    assert asker.told.count("payment_intent.payment_failed") == 1


async def test_a_request_that_failed_validation_leaves_its_key_free(asker: Asker) -> None:
    await asker.post("payment_intents", {**INTENT, "amount": "x"}, key="k")

    made = await asker.post("payment_intents", INTENT, key="k")

    assert made["object"] == "payment_intent"


async def test_a_key_serves_for_one_request_only(asker: Asker) -> None:
    await asker.post("payment_intents", INTENT, key="k")

    other = await asker.send(
        "POST", "payment_intents", {**INTENT, "amount": "5001"}, idempotency_key="k"
    )
    elsewhere = await asker.post("customers", {}, key="k")

    assert other.status == 400
    assert error(other.body)[0] == error(elsewhere)[0] == "idempotency_error"


async def test_a_request_under_way_conflicts_with_its_own_repetition(asker: Asker) -> None:
    asker.emulator.faults.set(Fault("create", delay_seconds=0.05))

    first, second = await asyncio.gather(
        *(asker.send("POST", "payment_intents", INTENT, idempotency_key="k") for _ in range(2))
    )

    assert (first.status, second.status) == (200, 409)
    assert error(second.body)[1] == "idempotency_key_in_use"


async def test_a_key_is_forgotten_after_a_day(asker: Asker) -> None:
    first = await asker.post("payment_intents", INTENT, key="k")
    asker.time.seconds += KEPT_SECONDS

    assert (await asker.post("payment_intents", INTENT, key="k"))["id"] != first["id"]


async def test_a_key_has_at_most_255_characters(asker: Asker) -> None:
    assert (await asker.send("POST", "customers", idempotency_key="k" * 256)).status == 400
