"""What moved on the customer's card, by our own books."""

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import model_validator

from domain.entity import Audited
from domain.moment import Moment
from domain.money import Amount, money
from domain.order import Order
from domain.saga import Word
from domain.saga.payment import Phase

type MoneyMove = Literal["charge", "refund"]

TAKEN: Final = frozenset({Phase.CAPTURED, Phase.REFUNDED})
"""Words after which the money was taken once."""


class LedgerEntry(Audited):
    """One movement of money; an order has one charge and one refund of it at most.

    ``amount`` is positive in both directions; ``intent_id`` names the payment at the network. ``charged_at`` is
    a charge's ``created_at`` once more, where the comparison with the network can find charges alone.
    """

    kind: ClassVar[str] = "ledger"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    order_id: str
    move: MoneyMove
    amount: Amount
    currency: str
    intent_id: str
    created_at: Moment
    charged_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _number_becomes_money(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("amount"), int | float):
            return data | {"amount": money(data["amount"], data["currency"])}
        return data


def movements(order: Order, before: Word, after: Word, at: datetime) -> tuple[LedgerEntry, ...]:
    """What moved on the card when the payment's word went from ``before`` to ``after``.

    A payment that was given up and taken all the same moves twice: charged, and given back.
    """
    charged = after.phase in TAKEN and before.phase not in TAKEN
    refunded = after.phase == Phase.REFUNDED and before.phase != Phase.REFUNDED
    happened: tuple[tuple[bool, MoneyMove], ...] = ((charged, "charge"), (refunded, "refund"))
    return tuple(_entry(order, move, at) for is_so, move in happened if is_so)


def _entry(order: Order, move: MoneyMove, at: datetime) -> LedgerEntry:
    return LedgerEntry(
        id=f"ledger:{order.order_id}:{move}",
        user_id=order.user_id,
        order_id=order.order_id,
        move=move,
        amount=order.totals.total,
        currency=order.totals.currency,
        intent_id=order.payment.intent_id,
        created_at=at,
        charged_at=at if move == "charge" else None,
    )
