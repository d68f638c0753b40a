"""Who calls, and for which version of the API.

https://docs.stripe.com/api/authentication, https://docs.stripe.com/keys, https://docs.stripe.com/api/versioning
"""

import base64
import binascii
import re
from collections.abc import Collection
from typing import Final

from tools.stripe_emulator.refusal import Refusal, bad
from tools.stripe_emulator.wire import Request

KEY: Final = "sk_test_emulator"
VERSIONS: Final = frozenset({"2026-09-30.endive", "2026-10-28.endive"})
"""Versions that this peer's shapes were read for."""


def check(request: Request, keys: Collection[str]) -> None:
    """Raises ``Refusal`` 401 for a key that is not the account's, 403 for one that may not write."""
    key = _key(request.headers.get("authorization", ""))
    if not key:
        raise Refusal(401, "You did not provide an API key.")
    if key.startswith("pk_"):
        message = "This API call cannot be made with a publishable API key."
        raise Refusal(401, message, "secret_key_required")
    if key not in keys:
        raise Refusal(401, f"Invalid API Key provided: {_masked(key)}")


def version_of(request: Request) -> str:
    """The version that the request names; without one it would be the account's own."""
    version = request.headers.get("stripe-version", "")
    if version and version not in VERSIONS:
        raise bad(f"Invalid Stripe API version: {version}")
    return version


def _key(header: str) -> str:
    kind, _, rest = header.partition(" ")
    if kind == "Bearer":
        return rest.strip()
    if kind != "Basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _masked(key: str) -> str:
    return re.sub(r"(?<=^.{7}).*(?=.{4}$)", "*" * 8, key)
