"""Tokens that clients put: shared access signatures, checked; web tokens, taken as they are.

Source: "Shared Access Signatures" of the Event Hubs documentation.
"""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, quote_plus

KEY_NAME = "RootManageSharedAccessKey"
KEY = "SAS_KEY_VALUE"
"""The key that Microsoft's documentation gives to its emulator: no secret."""

_SCHEME = "SharedAccessSignature "
_WEB_TOKEN = "jwt"  # noqa: S105 - a type, not a token


def is_good(kind: str, token: str, now_seconds: float) -> bool:
    """Whether the service would take it."""
    if kind == _WEB_TOKEN:
        return bool(token)
    if not token.startswith(_SCHEME):
        return False
    fields = {name: values[0] for name, values in parse_qs(token.removeprefix(_SCHEME)).items()}
    if fields.get("skn") != KEY_NAME or not fields.get("se", "").isdigit():
        return False
    signed = f"{quote_plus(fields.get('sr', ''))}\n{fields['se']}"
    return int(fields["se"]) > now_seconds and _is_signed(signed, fields.get("sig", ""))


def _is_signed(text: str, signature: str) -> bool:
    digest = hmac.digest(KEY.encode(), text.encode(), hashlib.sha256)
    return hmac.compare_digest(base64.b64encode(digest).decode(), signature)
