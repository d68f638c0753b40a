"""What Stripe or the network does to us: one charge, one refund, one customer, whatever is lost on the way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from adapters.stripe import connection
from adapters.stripe.changing import MOST_SPENT
from adapters.stripe.payments import StripePayments
from domain.money import Money
from tests.adapters.payments_contract import ABOUT, PRICE, a_key, an_intent, authorized, captured
from tests.adapters.stripe.peers import GIVEN, Peer, end_at
from tools.stripe_emulator.faults import Fault
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.payments import Declined, PaymentBusy, PaymentError

NO_ANSWER = [
    Fault("write", 500),
    Fault("write", 500, applied=True),
    Fault("write", 503),
    Fault("write", 503, applied=True),
    Fault("write", 429, "rate_limit"),
    Fault("write", 429, "lock_timeout"),
    Fault("write", 409, "idempotency_key_in_use"),
    Fault("write", 401),
    Fault("write", 403),
    Fault("write", drops=True, times=2),
    Fault("write", drops=True, applied=True, times=2),
    Fault("write", delay_seconds=0.5),
]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out that a test can wait for."""
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)


def in_words(fault: Fault) -> str:
    what = "dropped" if fault.drops else str(fault.status or "late")
    return f"{what} {fault.code}{' done' if fault.applied else ''}"


async def until_done[T](call: Callable[[], Awaitable[T]], *, most: int = 100) -> T:
    """Repeat it as the saga does, under the same key."""
    for _ in range(most):
        try:
            return await call()
        except PaymentBusy:
            await asyncio.sleep(0.02)
    raise AssertionError(f"no answer in {most} tries")


@pytest.mark.parametrize("fault", NO_ANSWER, ids=in_words)
@pytest.mark.usefixtures("hasty")
class TestRepeatedUnderItsKey:
    """Each changing call meets each fault, and is repeated until it is answered."""

    async def test_an_intent_is_made(self, peer: Peer, fault: Fault) -> None:
        key = a_key()
        peer.emulator.faults.set(fault)
        with pytest.raises(PaymentBusy):
            await an_intent(peer.payments, key=key)

        intent = await until_done(lambda: an_intent(peer.payments, key=key))

        assert (await peer.payments.retrieve(intent.id)) == intent

    async def test_a_charge_is_one_charge(self, peer: Peer, fault: Fault) -> None:
        intent_id, key = await authorized(peer.payments), a_key()
        peer.emulator.faults.set(fault)
        with pytest.raises(PaymentBusy):
            await peer.payments.capture(intent_id, key=key)

        taken = await until_done(lambda: peer.payments.capture(intent_id, key=key))

        assert (taken.status, taken.received, taken.refunded) == (
            "succeeded",
            PRICE,
            Money(0, "USD"),
        )
        assert told(peer, "charge.captured") == 1
        assert len(peer.emulator.account.all_of("charge")) == 1

    async def test_a_refund_in_part_is_one_refund(self, peer: Peer, fault: Fault) -> None:
        intent_id, key = await captured(peer.payments), a_key()
        peer.emulator.faults.set(fault)
        part = Money(1_000, "USD")
        with pytest.raises(PaymentBusy):
            await peer.payments.refund(intent_id, part, key=key)

        given = await until_done(lambda: peer.payments.refund(intent_id, part, key=key))

        assert given.refunded == part
        assert [one["amount"] for one in peer.emulator.account.all_of("refund")] == [1_000]

    async def test_a_cancellation_is_one_cancellation(self, peer: Peer, fault: Fault) -> None:
        intent_id, key = await authorized(peer.payments), a_key()
        peer.emulator.faults.set(fault)
        with pytest.raises(PaymentBusy):
            await peer.payments.cancel(intent_id, key=key)

        ended = await until_done(lambda: peer.payments.cancel(intent_id, key=key))

        assert (ended.status, ended.refunded) == ("canceled", Money(0, "USD"))
        assert told(peer, "payment_intent.canceled") == 1

    async def test_a_card_is_kept_once(self, peer: Peer, fault: Fault) -> None:
        customer_id = await peer.payments.create_customer(key=a_key(), metadata=ABOUT)
        key = a_key()
        peer.emulator.faults.set(fault)

        async def keep() -> object:
            return await peer.payments.attach_payment_method(
                "tok_visa", customer_id=customer_id, key=key
            )

        with pytest.raises(PaymentBusy):
            await keep()

        await until_done(keep)

        methods = peer.emulator.account.all_of("payment_method")
        assert sum(one["customer"] == customer_id for one in methods) == 1


def told(peer: Peer, type: str) -> int:
    """How often the network told that."""
    return [event["type"] for event in peer.emulator.account.events].count(type)


async def test_a_connection_that_was_cut_is_opened_once_more_and_nobody_notices(
    peer: Peer,
) -> None:
    intent_id = await authorized(peer.payments)
    peer.emulator.faults.set(Fault("capture", drops=True, applied=True))

    assert (await peer.payments.capture(intent_id, key=a_key())).received == PRICE
    assert told(peer, "charge.captured") == 1


async def test_a_confirmation_that_was_given_again_holds_the_money_once(peer: Peer) -> None:
    intent = await an_intent(peer.payments)
    peer.emulator.faults.set(Fault("confirm", drops=True, applied=True))

    held = await peer.payments.confirm(intent.id, payment_method="pm_card_visa", key=a_key())

    assert held.status == "requires_capture"
    assert len(peer.emulator.account.all_of("charge")) == 1


async def test_a_key_that_brings_faults_for_ever_is_given_up_in_the_end(peer: Peer) -> None:
    intent_id, key = await authorized(peer.payments), a_key()
    peer.emulator.faults.set(Fault("capture", 500, times=100))
    for _ in range(MOST_SPENT):
        with pytest.raises(PaymentBusy):
            await peer.payments.capture(intent_id, key=key)

    with pytest.raises(PaymentBusy, match=f"{MOST_SPENT} keys with a fault"):
        await peer.payments.capture(intent_id, key=key)


async def test_a_network_in_trouble_is_left_alone_and_then_asked_by_one(peer: Peer) -> None:
    peer.emulator.faults.set(Fault("any", 503, times=100))
    for _ in range(connection.LIMITS.failures_to_open):
        with pytest.raises(PaymentBusy, match="APIError 503"):
            await peer.payments.retrieve("pi_1")
    asked = len(peer.emulator.log)

    with pytest.raises(PaymentBusy, match="left alone"):
        await peer.payments.retrieve("pi_1")

    assert len(peer.emulator.log) == asked
    peer.emulator.faults.clear()
    peer.clock.move(connection.LIMITS.rest_seconds)  # type: ignore[attr-defined]  # a still clock
    assert await peer.payments.retrieve("pi_1") is None


@pytest.mark.parametrize("fault", [Fault("any", 429, "lock_timeout"), Fault("any", 401)])
async def test_who_says_no_is_well(peer: Peer, fault: Fault) -> None:
    for _ in range(2 * connection.LIMITS.failures_to_open):
        peer.emulator.faults.set(fault)
        with pytest.raises(PaymentBusy, match="Error 4"):
            await peer.payments.retrieve("pi_1")


async def test_nobody_listening_is_a_busy_network(peer: Peer) -> None:
    nowhere = end_at("http://127.0.0.1:9", peer.clock, GIVEN)

    with pytest.raises(PaymentBusy, match="APIConnectionError 0, ConnectError"):
        await nowhere.retrieve("pi_1")


async def test_all_tries_together_have_an_end(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TOTAL_SECONDS", 0.1)
    peer.emulator.faults.set(Fault("any", delay_seconds=0.5))

    with pytest.raises(PaymentBusy, match="in time"):
        await peer.payments.retrieve("pi_1")


async def test_what_stripe_does_not_understand_is_a_fault_of_ours_and_no_decline(
    peer: Peer,
) -> None:
    with pytest.raises(PaymentError, match="parameter_invalid_empty payment_method") as fault:
        await peer.payments.confirm(
            (await an_intent(peer.payments)).id, payment_method="", key=a_key()
        )

    assert not isinstance(fault.value, Declined | PaymentBusy)


async def test_a_key_for_two_calls_is_a_fault_of_ours(peer: Peer) -> None:
    key = a_key()
    await peer.payments.create_customer(key=key, metadata={"user_id": "u1"})

    with pytest.raises(IdempotencyMisuse):
        await peer.payments.create_customer(key=key, metadata={"user_id": "u2"})


@pytest.mark.parametrize("verb", ["retrieve", "detach", "delete", "attach"])
async def test_a_refusal_that_is_about_something_else_is_not_taken_for_an_absence(
    peer: Peer, verb: str
) -> None:
    payments, customer_id = peer.payments, "cus_1"
    calls: dict[str, Callable[[StripePayments], Awaitable[object]]] = {
        "retrieve": lambda p: p.retrieve("pi_1"),
        "detach": lambda p: p.detach_payment_method("pm_1", key="k"),
        "delete": lambda p: p.delete_customer(customer_id),
        "attach": lambda p: p.attach_payment_method("pm_1", customer_id=customer_id, key="k"),
    }
    peer.emulator.faults.set(Fault("any", 400, "some_new_code", times=2))

    with pytest.raises(Declined, match="some_new_code"):
        await calls[verb](payments)


async def test_a_kept_card_that_cannot_be_detached_stays_the_customers(peer: Peer) -> None:
    customer_id = await peer.payments.create_customer(key=a_key(), metadata=ABOUT)
    card = await peer.payments.attach_payment_method(
        "pm_card_visa", customer_id=customer_id, key=a_key()
    )
    peer.emulator.faults.set(Fault("detach", 400, "some_new_code"))

    with pytest.raises(Declined, match="some_new_code"):
        await peer.payments.detach_payment_method(card.id, key=a_key())


async def test_a_refund_that_the_bank_sends_back_is_declined(peer: Peer) -> None:
    intent_id, key = await captured(peer.payments), a_key()
    peer.emulator.faults.set(Fault("refund", 500, applied=True))
    with pytest.raises(PaymentBusy):
        await peer.payments.refund(intent_id, PRICE, key=key)
    (refund,) = peer.emulator.account.all_of("refund")
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}

    with pytest.raises(Declined, match="expired_or_canceled_card"):
        await peer.payments.refund(intent_id, PRICE, key=key)


async def test_every_call_names_the_version_and_every_change_its_key(peer: Peer) -> None:
    await captured(peer.payments)

    assert {one.version for one in peer.emulator.log} == {"2026-10-28.endive"}
    assert all(one.key for one in peer.emulator.log if one.sort != "retrieve")
