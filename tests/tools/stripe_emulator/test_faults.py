"""The switches."""

import json

import pytest

from tests.tools.stripe_emulator.asking import INTENT, Asker, error
from tools.stripe_emulator.faults import Fault
from tools.stripe_emulator.wire import ConnectionDropped, Request


def intents(asker: Asker) -> int:
    return len(asker.emulator.account.all_of("payment_intent"))


@pytest.mark.parametrize("applied", [False, True])
async def test_a_500_is_given_again_under_its_key_whatever_happened(
    asker: Asker, applied: bool
) -> None:
    asker.emulator.faults.set(Fault("create", 500, applied=applied))

    answers = [
        await asker.send("POST", "payment_intents", INTENT, idempotency_key="k") for _ in range(2)
    ]

    assert [one.status for one in answers] == [500, 500]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert intents(asker) == applied


@pytest.mark.parametrize(
    ("status", "code"), [(429, "rate_limit"), (429, "lock_timeout"), (503, "")]
)
async def test_who_was_not_let_in_may_use_the_key_again(
    asker: Asker, status: int, code: str
) -> None:
    asker.emulator.faults.set(Fault("create", status, code))

    refused = await asker.send("POST", "payment_intents", INTENT, idempotency_key="k")
    made = await asker.send("POST", "payment_intents", INTENT, idempotency_key="k")

    assert (refused.status, made.status) == (status, 200)
    assert error(refused.body)[1] == code


@pytest.mark.parametrize("applied", [False, True])
async def test_a_dropped_connection_leaves_nothing_or_all_of_it(
    asker: Asker, applied: bool
) -> None:
    asker.emulator.faults.set(Fault("write", drops=True, applied=applied))

    with pytest.raises(ConnectionDropped):
        await asker.post("payment_intents", INTENT, key="k")

    assert intents(asker) == applied
    again = await asker.send("POST", "payment_intents", INTENT, idempotency_key="k")
    assert ("Idempotent-Replayed" in again.headers) == applied
    assert intents(asker) == 1


async def test_our_card_loses_the_answer_of_a_capture_that_happened(asker: Asker) -> None:
    id = await asker.held("pm_card_captureAnswerLost")

    with pytest.raises(ConnectionDropped):
        await asker.post(f"payment_intents/{id}/capture", key="k")

    assert (await asker.post(f"payment_intents/{id}/capture", key="k"))["status"] == "succeeded"


async def test_faults_befall_only_what_they_are_meant_for_and_can_be_taken_back(
    asker: Asker,
) -> None:
    asker.emulator.faults.set(Fault("any", 503, times=2))

    assert (await asker.send("GET", "payment_intents")).status == 503
    asker.emulator.faults.clear()
    asker.emulator.faults.set(Fault("capture", 503))
    assert (await asker.send("GET", "payment_intents")).status == 200


async def test_switches_are_set_and_the_log_is_read_over_http_too(asker: Asker) -> None:
    body = json.dumps([{"on": "list", "status": 500}]).encode()
    await asker.emulator.answer(Request("POST", "/_emulator/faults", "", {}, body))

    await asker.get("payment_intents")

    log = await asker.emulator.answer(Request("GET", "/_emulator/log", "", {}))
    assert log.body == [["list", "/v1/payment_intents", 500, ""]]
