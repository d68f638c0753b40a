"""New names: UUIDs of version 7 that sort by the time they were made, and unguessable bytes."""

import os
import secrets
import time
from collections.abc import Callable
from threading import Lock

TAIL_BITS = 74
"""Bits of a version 7 UUID that are neither time, version nor variant (RFC 9562, 5.7)."""

MOST_STEP = 1 << 32
"""Largest step between two ids of one millisecond: the next one cannot be guessed."""


class SystemIds:
    """Ids that rise within this process, also when the clock stands still or goes back (RFC 9562, 6.2)."""

    def __init__(
        self,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        below: Callable[[int], int] = lambda limit: (
            int.from_bytes(os.urandom(limit.bit_length() + 7 >> 3)) % limit
        ),
    ) -> None:
        self._now_ms, self._below = now_ms, below
        self._last = 0
        self._lock = Lock()

    def new(self) -> str:
        """A fresh id: a UUID version 7 as text."""
        with self._lock:
            fresh = (self._now_ms() << TAIL_BITS) + self._below(1 << TAIL_BITS)
            if fresh >> TAIL_BITS <= self._last >> TAIL_BITS:
                fresh = self._last + 1 + self._below(MOST_STEP)
            self._last = fresh
        return _text(fresh >> TAIL_BITS, fresh & ((1 << TAIL_BITS) - 1))

    def secret(self, size_bytes: int) -> bytes:
        """Unguessable bytes of the operating system."""
        return secrets.token_bytes(size_bytes)


def _laid_out(unix_ms: int, tail: int) -> int:
    """48 bits of time and 74 more, around version and variant (RFC 9562, 5.7)."""
    rand_a, rand_b = tail >> 62, tail & ((1 << 62) - 1)
    return unix_ms << 80 | 7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b


def _text(unix_ms: int, tail: int) -> str:
    """The id as text, without the ``UUID`` between, which costs more than all the rest."""
    digits = f"{_laid_out(unix_ms, tail):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
