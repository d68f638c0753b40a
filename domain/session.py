"""Guest sessions: signed, opaque and expiring, with nothing to look up."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from domain.keys import Keys, bytes_of, derived, text_of

SEED_BYTES = 16
_EXPIRY_BYTES = 5
_MAC_BYTES = 16
_LENGTH = SEED_BYTES + _EXPIRY_BYTES + _MAC_BYTES


@dataclass(frozen=True, slots=True)
class GuestSession:
    """A guest: ``user_id`` (``guest:<id>``, never readable off the token) and when the session ends.

    ``csrf_token`` must come back in a header with every cookie-authenticated write.
    """

    user_id: str
    expires_at: datetime
    csrf_token: str


def start(secret: bytes, seed: bytes, expires_at: datetime) -> str:
    """The token of a new session; ``seed`` is 16 unguessable bytes."""
    body = seed + int(expires_at.timestamp()).to_bytes(_EXPIRY_BYTES)
    return text_of(body + _mac(secret, body))


def read(secrets: Keys, token: str, now: datetime) -> GuestSession | None:
    """The session, or ``None`` when the token is not ours or has ended.

    A guest stays the same guest while the secret rolls: the one that signed the token names it.
    """
    raw = bytes_of(token)
    if raw is None or len(raw) != _LENGTH:
        return None
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    for secret in secrets:
        if hmac.compare_digest(mac, _mac(secret, body)):
            return _session(secret, body, now)
    return None


def _session(secret: bytes, body: bytes, now: datetime) -> GuestSession | None:
    seed, expiry = body[:SEED_BYTES], int.from_bytes(body[SEED_BYTES:])
    if expiry <= now.timestamp():
        return None
    return GuestSession(
        user_id=f"guest:{_named(secret, 'guest-id', seed)}",
        expires_at=datetime.fromtimestamp(expiry, now.tzinfo),
        csrf_token=_named(secret, "csrf", seed),
    )


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(derived(secret, "guest-session"), body, "sha256")[:_MAC_BYTES]


def _named(secret: bytes, purpose: str, seed: bytes) -> str:
    return text_of(hmac.digest(derived(secret, purpose), seed, "sha256")[:SEED_BYTES])
