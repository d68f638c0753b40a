"""Checks the signature of a request by the account's key.

https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
"""

import base64
import hmac
from typing import Final
from urllib.parse import unquote

from tools.cosmos_emulator.refusal import Refusal
from tools.cosmos_emulator.wire import Request

KEY: Final = base64.b64encode(b"a key for development, known to everybody; guards nothing").decode()
"""The emulator's key when none is given."""


def check(request: Request, key: str) -> None:
    """Raise ``Refusal`` 401 unless the request is signed with ``key``."""
    given = unquote(request.headers.get("authorization", ""))
    expected = f"type=master&ver=1.0&sig={signature(request, key)}"
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refusal(401, "The input authorization token can't serve the request.")


def signature(request: Request, key: str) -> str:
    """HMAC-SHA-256 over verb, resource type, resource link and date, in base 64."""
    kind, link = _resource(request.segments)
    date = request.headers.get("x-ms-date", "").lower()
    text = f"{request.method.lower()}\n{kind}\n{link}\n{date}\n\n"
    return base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), "sha256")).decode()


def _resource(segments: tuple[str, ...]) -> tuple[str, str]:
    """The type, and the link of the resource itself or, for a feed, of its owner."""
    if len(segments) % 2:
        return segments[-1], "/".join(segments[:-1])
    return (segments[-2] if segments else ""), "/".join(segments)
