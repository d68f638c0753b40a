"""Cross-origin requests, answered by the host: ``Host.CORS`` of local.settings.json.

In Azure the gateway does this. Source: the CORS protocol of the Fetch standard.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

type Scope = MutableMapping[str, Any]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins that may call, ``*`` for all; with ``credentials`` cookies go along."""

    origins: tuple[str, ...] = ()
    credentials: bool = False

    async def answers(self, scope: Scope, send: Send) -> bool:
        """Whether the request was a preflight, which is then answered: 204."""
        asked = dict(scope["headers"])
        method = asked.get(b"access-control-request-method")
        if scope["method"] != "OPTIONS" or b"origin" not in asked or method is None:
            return False
        headers = self._allowing(asked[b"origin"])
        if headers:
            headers.append((b"access-control-allow-methods", method))
        if headers and (wanted := asked.get(b"access-control-request-headers")):
            headers.append((b"access-control-allow-headers", wanted))
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return True

    def marked(self, scope: Scope, send: Send) -> Send:
        """``send``, with the headers that let the asking page read the answer."""
        headers = self._allowing(dict(scope["headers"]).get(b"origin", b""))
        if not headers:
            return send

        async def send_marked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        return send_marked

    def _allowing(self, origin: bytes) -> list[tuple[bytes, bytes]]:
        if not origin or not {"*", origin.decode("latin-1")} & set(self.origins):
            return []
        if "*" in self.origins and not self.credentials:
            return [(b"access-control-allow-origin", b"*")]
        allowed = [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
        return allowed + [(b"access-control-allow-credentials", b"true")] * self.credentials
