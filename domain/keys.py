"""One secret, many keys: each purpose has its own, so that no signature serves for another."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache


@cache
def derived(secret: bytes, purpose: str) -> bytes:
    """The key for one purpose (a one-step extract-and-expand over HMAC-SHA-256)."""
    return hmac.digest(secret, purpose.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Keys:
    """What may be signed with, and what is accepted: ``other`` too, the one before or the next, while a key rolls."""

    current: bytes = field(repr=False)
    other: bytes | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[bytes]:
        """Every key that is accepted, the current one first."""
        yield self.current
        if self.other is not None:
            yield self.other

    def derived(self, purpose: str) -> "Keys":
        """The keys for one purpose."""
        other = None if self.other is None else derived(self.other, purpose)
        return Keys(derived(self.current, purpose), other)


def text_of(raw: bytes) -> str:
    """URL-safe base 64 without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes | None:
    """The bytes, or ``None`` when the text is not exactly what ``text_of`` writes for them.

    The decoder alone would skip foreign letters and spare bits, so that one token had many texts.
    """
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    return raw if text_of(raw) == text else None
