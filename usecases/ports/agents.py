"""The 21 agents: advice that may be slow, wrong or absent, and never decides alone."""

from collections.abc import Mapping
from typing import Any, Protocol


class Agents(Protocol):
    """Calls to the agents on the shared AKS."""

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        """The agent's structured answer, or ``None``: no answer in time, a refusal, free text, a domain error.

        ``service`` is the full name (``ecommerce-catalog-search``); each has its own time-out and
        circuit breaker. ``traceparent`` is the trace that the call belongs to.
        """
