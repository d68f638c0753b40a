"""The two AMQP values that Python has no type for."""

from dataclasses import dataclass
from typing import Any


class Symbol(str):
    """A name of the protocol; equal to the text with the same characters."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Described:
    """A value and the descriptor that says what it means."""

    descriptor: Any
    value: Any


def text(value: Any) -> str:
    """Clients send names as text, symbols or bytes alike."""
    return value.decode() if isinstance(value, bytes) else str(value)
