"""Somebody who has opened an account: counted, not known."""

import hmac
from datetime import date
from typing import ClassVar, Self

from domain.entity import Entity
from domain.keys import derived
from domain.period import period_key


class Newcomer(Entity):
    """A new customer, in the partition of the day on which the account was opened.

    The id is a keyed hash, so that a customer is counted once; it leads to nobody without the shop's secret, and
    nothing else is kept. So it stays when the account goes.
    """

    kind: ClassVar[str] = "newcomer"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    period: str

    @classmethod
    def of(cls, secret: bytes, user_id: str, day: date) -> Self:
        """The newcomer that the person was on that day."""
        digest = hmac.digest(derived(secret, "newcomer"), user_id.encode(), "sha256")
        return cls(id=f"newcomer:{digest.hex()[:32]}", period=period_key("day", day))
