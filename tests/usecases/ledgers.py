"""What the tests of the ledgers' comparison share: an old enough payment, and what the network does alone."""

from domain.difference import Difference
from domain.ledger import LedgerEntry
from domain.money import Money
from domain.payment_event import PaymentEvent
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    GUEST,
    Bench,
    open_bench,
    placed,
    sells,
)
from usecases.orders import OrderView
from usecases.paying import CreateIntent, create_intent
from usecases.ports.payments import Intent
from usecases.reconciling import compare_ledgers

OLD_SECONDS = 121
"""After which a payment is no longer young."""


async def an_order(**settings: object) -> tuple[Bench, OrderView]:
    """A shop whose webhooks never arrive, and an order of two mugs in it."""
    bench = open_bench(**settings)
    await sells(bench, "MUG", 10)
    return bench, await placed(bench, MUG=2)


async def authorised(bench: Bench, view: OrderView) -> str:
    """The customer authorised, and only the network knows; which intent that was."""
    intent = await create_intent(bench.shop, GUEST, CreateIntent(order_id=view.order_id))
    await bench.payments.confirm(intent.id, payment_method="pm_card_visa", key="c")
    return intent.id


async def run(bench: Bench, *, after: float = OLD_SECONDS) -> int:
    """One run of the comparison, a while later; how many payments it healed."""
    bench.clock.move(after)
    return await compare_ledgers(bench.shop, CLOCKWORK)


async def stray(bench: Bench, amount: Money, key: str = "stray", **metadata: str) -> Intent:
    """A payment that somebody else made at the network, and that was taken."""
    made = await bench.payments.create_intent(amount, key=key, metadata=metadata)
    await bench.payments.confirm(made.id, payment_method="pm_card_visa", key=f"{key}:c")
    return await bench.payments.capture(made.id, key=f"{key}:t")


def booked(bench: Bench) -> list[tuple[str, Money]]:
    """Our ledger."""
    return [(one.move, one.amount) for one in bench.documents(LedgerEntry)]


def differences(bench: Bench) -> list[tuple[str, str]]:
    """Each difference by its name, and how far it is."""
    return [(str(one.name), one.state) for one in bench.documents(Difference)]


def heard(bench: Bench) -> list[tuple[str, str]]:
    """What was given to the path of the webhooks."""
    found = bench.documents(PaymentEvent)
    return [(one.type.partition(".")[2], one.state) for one in found]
