"""Cursors: where a page ended, sealed so that nobody can write one of their own."""

import hmac
import json
from typing import Final

from domain.errors import Invalid
from domain.keys import Keys, bytes_of, text_of

_MAC_BYTES: Final = 16
_LONGEST: Final = 2_000


class BadCursor(Invalid):
    """The cursor is not one that this list gave out."""

    code = "INVALID_CURSOR"
    message = "The cursor does not belong to this list; start again without one."


type Place = tuple[str | int | float, str]
"""The sort value and the id of the last thing on a page."""


def sealed(place: Place, fingerprint: str, keys: Keys) -> str:
    """The cursor for the page after ``place``; ``fingerprint`` names the list, its filters and order."""
    body = json.dumps(place, separators=(",", ":"), ensure_ascii=False).encode()
    return text_of(_mac(body, fingerprint, keys.current) + body)


def opened(cursor: str, fingerprint: str, keys: Keys) -> Place:
    """The place that the cursor names.

    Raises ``BadCursor`` for one that is malformed, forged, or given out by another list.
    """
    raw = (bytes_of(cursor) if len(cursor) <= _LONGEST else None) or b""
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not any(hmac.compare_digest(mac, _mac(body, fingerprint, key)) for key in keys):
        raise BadCursor(fields=[{"field": "cursor", "message": "not a cursor of this list"}])
    value, entity_id = json.loads(body)
    return value, entity_id


def _mac(body: bytes, fingerprint: str, key: bytes) -> bytes:
    name = fingerprint.encode()
    return hmac.digest(key, len(name).to_bytes(4) + name + body, "sha256")[:_MAC_BYTES]
