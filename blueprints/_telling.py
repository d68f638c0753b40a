"""What the wrappers say about an answer or an event, by OpenTelemetry's names; nothing where nobody listens."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC
from time import perf_counter
from urllib.parse import urlsplit

import azure.functions as func

from blueprints._answer import Reply
from blueprints._area import Declaration
from blueprints._caller import header_of
from domain.access import Caller
from domain.events import Event
from usecases.meter import Meter, part
from usecases.ports.telemetry import (
    EVENT_DURATION,
    EVENT_LAG,
    EVENTS_CONSUMED,
    REQUEST_DURATION,
    SILENT_SPAN,
    Attributes,
    Span,
    Value,
)
from usecases.shop import Shop


def under_way(shop: Shop, name: str, req: func.HttpRequest) -> AbstractContextManager[Span]:
    """The span of a request, in the trace that the request brings."""
    if not shop.telemetry.is_on:
        return SILENT_SPAN
    return shop.telemetry.span(name, "request", header_of(req, "traceparent"))


def traced(who: Caller, span: Span) -> Caller:
    """The caller, whose events will name the span as their cause."""
    if not span.traceparent:
        return who
    return replace(who, trace=replace(who.trace, traceparent=span.traceparent))


def tell_answer(reply: Reply, declaration: Declaration, status: int, seconds: float) -> None:
    """How a request was answered: one measure, and what the span has to say at its end."""
    if not reply.shop.telemetry.is_on:
        return
    attributes: dict[str, Value] = {
        "http.request.method": declaration.method,
        "http.route": f"/{declaration.route}",
        "http.response.status_code": status,
    }
    if reply.error:
        attributes["error.type"] = reply.error
    reply.shop.telemetry.measure(REQUEST_DURATION, seconds, attributes)
    reply.span.note(attributes | _ids(reply) | _address(reply) | cost(reply.meter))
    if status >= 500:
        reply.span.fail(reply.error or str(status))


def cost(meter: Meter) -> dict[str, Value]:
    """What it took of the store, as attributes."""
    return {
        "shop.operations": meter.operations,
        "shop.request_units": round(meter.request_units, 2),
    }


@contextmanager
def applying(shop: Shop, event: Event, hub: str, group: str) -> Iterator[Span]:
    """One event on its way through a consumer group: a span in the trace of what caused it."""
    if not shop.telemetry.is_on:
        yield SILENT_SPAN
        return
    started = perf_counter()
    where = {"messaging.destination.name": hub, "messaging.consumer.group.name": group}
    with shop.telemetry.span(f"process {hub}", "event", event.traceparent) as span, part() as meter:
        try:
            yield span
        finally:
            span.note(where | _names(event) | cost(meter))
            _measure(shop, event, where, perf_counter() - started)


def _measure(shop: Shop, event: Event, where: Attributes, seconds: float) -> None:
    told = event.timestamp if event.timestamp.tzinfo else event.timestamp.replace(tzinfo=UTC)
    lag = shop.clock.now() - told
    shop.telemetry.measure(EVENTS_CONSUMED, 1, where)
    shop.telemetry.measure(EVENT_DURATION, seconds, where)
    shop.telemetry.measure(EVENT_LAG, max(0.0, lag.total_seconds()), where)


def _names(event: Event) -> dict[str, Value]:
    return {
        "messaging.system": "eventhubs",
        "messaging.operation.type": "process",
        "messaging.message.id": event.event_id,
        "shop.event.type": event.event_type,
        "shop.correlation.id": event.correlation_id,
    }


def _ids(reply: Reply) -> dict[str, Value]:
    return {"shop.request.id": reply.request_id, "shop.correlation.id": reply.correlation_id}


def _address(reply: Reply) -> dict[str, Value]:
    """Where the request went, without its query: that may hold what somebody has typed."""
    url = urlsplit(reply.req.url)
    return {
        "url.scheme": url.scheme,
        "server.address": url.hostname or "",
        "url.path": url.path,
    }
