"""The card network's signature over a webhook: ``t=<seconds>,v1=<hex>`` (Stripe, "Verify webhook signatures").

The signed text is ``<t>.<payload>``, the hash HMAC-SHA-256 under the endpoint's secret as it is
written, ``whsec_`` included.
"""

import hmac
from datetime import datetime
from hashlib import sha256

from usecases.ports.payments import BadSignature

TOLERANCE_SECONDS = 300
"""How far the time of signing may be from now: an older webhook is perhaps a replay."""


def sign(payload: bytes, secret: str, at: datetime) -> str:
    """The header that the network sends with ``payload``."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(payload, secret, seconds)}"


def check(payload: bytes, header: str, secret: str, now: datetime) -> None:
    """Return when one of the header's ``v1`` is good and fresh. Raises ``BadSignature``.

    While a secret is rolled the network sends a ``v1`` for each of the two.
    """
    seconds, signatures = _parts(header)
    expected = _digest(payload, secret, seconds)
    if not any(hmac.compare_digest(expected, given) for given in signatures):
        raise BadSignature("no signature matches")
    if abs(now.timestamp() - seconds) > TOLERANCE_SECONDS:
        raise BadSignature("signed too long ago, or in the future")


def _digest(payload: bytes, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), b"%d." % seconds + payload, sha256).hexdigest()


def _parts(header: str) -> tuple[int, list[str]]:
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal()) or len(times[0]) > 12:
        raise BadSignature("no time of signing")
    return int(times[0]), [v for name, v in pairs if name == "v1" and v.isascii()]
