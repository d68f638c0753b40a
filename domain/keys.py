"""One secret, many keys: each purpose has its own, so that no signature serves for another."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from functools import cache


@cache
def derived(secret: bytes, purpose: str) -> bytes:
    """The key for one purpose (a one-step extract-and-expand over HMAC-SHA-256)."""
    return hmac.digest(secret, purpose.encode(), "sha256")


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
