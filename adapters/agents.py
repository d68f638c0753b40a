"""The agents on the shared AKS, over HTTP: ``POST {base}/{service}/invoke``.

An agent that is slow, gone or talks nonsense costs its time-out until its circuit opens, and never more
than its advice.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from adapters.agent_services import AGENTS, LIMITS, advice
from adapters.circuit import Circuits
from usecases.ports.clock import Clock

if TYPE_CHECKING:
    import httpx

MOST_BYTES: Final = 1024 * 1024
MOST_CONNECTIONS: Final = 50

REFUSED: Final = {"error": "refused"}
FREE_TEXT: Final = ""
"""Answers of an agent that is well and has no advice."""


class HttpAgents:
    """The agents behind ``base_url``."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self._base_url = base_url.rstrip("/")
        self._circuits = Circuits(clock, LIMITS)
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        """The agent's structured answer, or ``None``. Asking changes nothing there, so it may be repeated."""
        if service not in AGENTS or not self._circuits.admits(service):
            return None
        told = None
        try:
            headers = _headers(correlation_id, traceparent)
            told = await self._told(service, {"intent": intent, "payload": dict(payload)}, headers)
        finally:
            self._circuits.record(service, answered=told is not None)
        return advice(service, told)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _told(
        self, service: str, asked: Mapping[str, Any], headers: Mapping[str, str]
    ) -> object:
        """What the agent says; ``None`` where it says nothing in time, or that it cannot say anything now."""
        import httpx  # noqa: PLC0415 - 100 ms that only a shop with agents should pay

        request = self._opened(httpx).stream(
            "POST", f"{self._base_url}/{service}/invoke", content=to_json(asked), headers=headers
        )
        try:
            async with asyncio.timeout(self._circuits.limits_of(service).timeout_seconds):
                async with request as answer:
                    if answer.status_code >= 500 or answer.status_code == 429:
                        return None
                    return _read(await _body(answer)) if answer.status_code == 200 else REFUSED
        except (httpx.HTTPError, TimeoutError):
            return None

    def _opened(self, library: Any) -> "httpx.AsyncClient":
        if self._client is None:
            self._client = library.AsyncClient(
                timeout=None,  # one for the whole call is set around it
                limits=library.Limits(max_connections=MOST_CONNECTIONS),
                follow_redirects=False,
            )
        return self._client


def _headers(correlation_id: str, traceparent: str) -> dict[str, str]:
    headers = {"content-type": "application/json", "x-correlation-id": correlation_id}
    return headers | ({"traceparent": traceparent} if traceparent else {})


async def _body(answer: "httpx.Response") -> bytes:
    """The body as far as advice may go."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            return b""
    return bytes(body)


def _read(body: bytes) -> object:
    """The JSON value; what is none is free text, and no advice."""
    try:
        return from_json(body)
    except ValueError:
        return FREE_TEXT
