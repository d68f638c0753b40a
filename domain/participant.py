"""The recorded word of a participant on one order."""

from typing import ClassVar

from domain.entity import Audited
from domain.saga import Word


class RecordedWord(Audited):
    """What inventory, payment or logistics has said of an order; ``sequence`` counts how often.

    It lies beside the order, so that a participant's word, its inbox mark and its outbox are one batch.
    """

    kind: ClassVar[str] = "word"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    order_id: str
    participant: str
    word: Word
    sequence: int = 0


def word_id(participant: str, order_id: str) -> str:
    """The id of that participant's word on that order."""
    return f"word:{participant}:{order_id}"
