"""Calls to agents, each a span of its own: how long each agent takes, and how often it has no advice."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.closing import closed
from usecases.ports.agents import Agents
from usecases.ports.telemetry import CALL_DURATION, Telemetry

NO_ADVICE: Final = "no_advice"
"""No answer in time, a refusal, or one that is no advice: the port tells them apart no further."""


class WatchedAgents:
    """Passes everything on to ``inner``; ``seconds`` is a clock that only runs forward."""

    def __init__(self, inner: Agents, telemetry: Telemetry, seconds: Callable[[], float]) -> None:
        self._inner, self._telemetry, self._seconds = inner, telemetry, seconds

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        """The agent's answer, or ``None``."""
        started = self._seconds()
        attributes = {"server.address": service}
        with self._telemetry.span(f"{service} {intent}", "call") as span:
            span.note({"shop.agent": service, "shop.agent.intent": intent, **attributes})
            answer = await self._inner.ask(
                service,
                intent,
                payload,
                correlation_id=correlation_id,
                traceparent=span.traceparent or traceparent,
            )
            if answer is None:
                span.fail(NO_ADVICE)
                attributes["error.type"] = NO_ADVICE
        self._telemetry.measure(CALL_DURATION, self._seconds() - started, attributes)
        return answer

    async def close(self) -> None:
        """Let go of what the end within has opened."""
        await closed(self._inner)
