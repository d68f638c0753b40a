"""Which texts may be the id or the partition of a document, and how text from outside becomes part of an id.

Source: "Azure Cosmos DB service quotas", per-item limits, and the characters that the SDK forbids in an id.
"""

from hashlib import sha256
from typing import Final

MOST_ID_BYTES: Final = 1_023
MOST_PARTITION_BYTES: Final = 2_048
FORBIDDEN: Final = frozenset("/\\?#")

MOST_OUTSIDE_BYTES: Final = 200
"""Text from outside that is longer enters an id as its digest; ids of events are 36 letters."""

_DIGEST: Final = "~sha256~"


def is_storable_id(text: str) -> bool:
    """Whether a document can have this id: nothing else need be looked for."""
    return FORBIDDEN.isdisjoint(text) and 1 <= _size_bytes(text) <= MOST_ID_BYTES


def is_storable_partition(text: str) -> bool:
    """Whether a document can lie in this partition."""
    return 0 <= _size_bytes(text) <= MOST_PARTITION_BYTES


def outside_part(text: str) -> str:
    """Text that others have chosen, as part of an id: itself where it can be, else its digest.

    Two texts never give the same part. The same release or another, the same text always gives the same.
    """
    fits = FORBIDDEN.isdisjoint(text) and 0 <= _size_bytes(text) <= MOST_OUTSIDE_BYTES
    if fits and not text.startswith(_DIGEST):
        return text
    return _DIGEST + sha256(text.encode(errors="surrogatepass")).hexdigest()


def _size_bytes(text: str) -> int:
    """How long it is as UTF-8; -1 for what is no text at all (half of a surrogate pair)."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return -1
