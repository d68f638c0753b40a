"""What moved on the customer's card, by our own books."""

from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from domain.entity import Entity
from domain.money import Amount, Money, money

type MoneyMove = Literal["charge", "refund"]


class LedgerEntry(Entity):
    """One movement of money; its id holds the key under which the card network did it, so each is one.

    ``amount`` is positive in both directions; ``intent_id`` names the payment at the network.
    """

    kind: ClassVar[str] = "ledger"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"
    audited: ClassVar[bool] = True

    user_id: str
    order_id: str
    move: MoneyMove
    amount: Amount
    currency: str
    intent_id: str
    created_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _number_becomes_money(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("amount"), int | float):
            return data | {"amount": money(data["amount"], data["currency"])}
        return data

    @classmethod
    def of(
        cls,
        order: tuple[str, str],
        move: MoneyMove,
        amount: Money,
        *,
        key: str,
        intent_id: str,
        at: datetime,
    ) -> Self:
        """The entry for an order, given as (user id, order id)."""
        user_id, order_id = order
        return cls(
            id=f"ledger:{key}",
            user_id=user_id,
            order_id=order_id,
            move=move,
            amount=amount,
            currency=amount.currency,
            intent_id=intent_id,
            created_at=at,
        )
