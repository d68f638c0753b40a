"""Calls to agents, watched."""

from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from adapters.telemetry.agents import WatchedAgents
from tests.listening import Listener

SERVICE = "ecommerce-catalog-search"


class Agents:
    """One agent with one answer; an exception is raised."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Mapping[str, Any], str]] = []
        self.told: list[str] = []

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        self.asked.append((service, intent, payload, correlation_id))
        self.told.append(traceparent)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: Mapping[str, Any] | None = self.answer
        return answer


async def asked(inner: Agents, listener: Listener) -> Any:
    """What the watched agent answers; the call takes three seconds."""
    watched = WatchedAgents(inner, listener.telemetry, iter((10.0, 13.0)).__next__)
    return await watched.ask(SERVICE, "search", {"query": "mug"}, correlation_id="c-1")


async def test_an_answer_passes_and_its_time_is_told() -> None:
    inner, listener = Agents({"results": []}), Listener()

    assert await asked(inner, listener) == {"results": []}

    assert inner.asked == [(SERVICE, "search", {"query": "mug"}, "c-1")]
    (span,) = listener.spans(f"{SERVICE} search")
    assert span.context is not None
    assert inner.told[0].split("-")[1:3] == [
        f"{span.context.trace_id:032x}",
        f"{span.context.span_id:016x}",
    ], "the agent's own spans belong to the call"
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    assert dict(span.attributes or {}) == {
        "shop.agent": SERVICE,
        "shop.agent.intent": "search",
        "server.address": SERVICE,
    }
    assert listener.measures() == {
        "http.client.request.duration": [(1, {"server.address": SERVICE})]
    }


async def test_no_advice_is_a_failed_call() -> None:
    listener = Listener()

    assert await asked(Agents(None), listener) is None

    (span,) = listener.spans()
    assert span.status.status_code is StatusCode.ERROR
    ((_, attributes),) = listener.measures()["http.client.request.duration"]
    assert attributes == {"server.address": SERVICE, "error.type": "no_advice"}


async def test_a_fault_of_the_end_itself_passes_and_fails_the_span() -> None:
    listener = Listener()

    with pytest.raises(OSError, match="away"):
        await asked(Agents(OSError("away")), listener)

    assert [span.status.status_code for span in listener.spans()] == [StatusCode.ERROR]
