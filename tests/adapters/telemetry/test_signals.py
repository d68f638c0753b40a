"""Spans and instruments of OpenTelemetry, as the shop's port asks for them."""

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from tests.listening import Listener, trace_id
from usecases.ports.telemetry import (
    EVENT_LAG,
    METRICS,
    ORDERS_PLACED,
    OUTBOX_AGE,
    REQUEST_DURATION,
)
from usecases.ports.telemetry import (
    SpanKind as Kind,
)

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"


@pytest.mark.parametrize("kind", ["request", "timer", "batch", "event", "call"])
def test_where_nothing_is_under_way_a_span_belongs_to_what_came_along(kind: Kind) -> None:
    listener = Listener()

    with listener.telemetry.span("outer", kind, PARENT) as span:
        pass

    assert trace_id(span.traceparent) == trace_id(PARENT)


@pytest.mark.parametrize(
    ("kind", "parent"),
    [("request", OTHER), ("timer", OTHER), ("batch", OTHER), ("call", OTHER), ("event", PARENT)],
)
def test_only_an_event_leaves_what_is_under_way(kind: Kind, parent: str) -> None:
    listener = Listener()

    with (
        listener.telemetry.span("outer", "batch", OTHER),
        listener.telemetry.span("inner", kind, PARENT) as span,
    ):
        pass

    assert trace_id(span.traceparent) == trace_id(parent)


@pytest.mark.parametrize("parent", ["", "00-zz-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_what_is_no_trace_context_is_passed_over(parent: str) -> None:
    listener = Listener()

    with listener.telemetry.span("request", "request", parent) as span:
        span.link(parent)

    (ended,) = listener.spans()
    assert (ended.parent, tuple(ended.links)) == (None, ())


@pytest.mark.parametrize(
    ("kind", "alone", "hosted"),
    [
        ("request", SpanKind.SERVER, SpanKind.INTERNAL),
        ("batch", SpanKind.CONSUMER, SpanKind.INTERNAL),
        ("event", SpanKind.CONSUMER, SpanKind.INTERNAL),
        ("timer", SpanKind.INTERNAL, SpanKind.INTERNAL),
        ("call", SpanKind.CLIENT, SpanKind.CLIENT),
    ],
)
def test_inside_the_hosts_span_ours_are_no_second_request(
    kind: Kind, alone: SpanKind, hosted: SpanKind
) -> None:
    for is_hosted, expected in ((False, alone), (True, hosted)):
        listener = Listener(is_hosted)
        with listener.telemetry.span("span", kind):
            pass
        assert [span.kind for span in listener.spans()] == [expected]


def test_an_exception_fails_its_span_and_is_not_recorded_there() -> None:
    listener = Listener()

    with pytest.raises(KeyError), listener.telemetry.span("span", "timer"):
        raise KeyError("gone")

    (span,) = listener.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (dict(span.attributes or {}), span.events) == ({"error.type": "KeyError"}, ())


def test_a_counter_counts_by_its_attributes() -> None:
    listener = Listener()
    for currency, orders in (("USD", 1), ("EUR", 5), ("USD", 2)):
        listener.telemetry.measure(ORDERS_PLACED, orders, {"shop.currency": currency})

    assert listener.measures() == {
        "shop.orders.placed": [(3, {"shop.currency": "USD"}), (5, {"shop.currency": "EUR"})]
    }


def test_a_gauge_tells_the_greatest_value_once_and_then_is_silent() -> None:
    listener = Listener()
    for hub, seconds in (("a", 3.0), ("a", 9.0), ("b", 1.0), ("a", 4.0)):
        listener.telemetry.measure(EVENT_LAG, seconds, {"hub": hub})
    listener.telemetry.measure(OUTBOX_AGE, 0.0)

    assert listener.measures() == {
        "shop.events.lag": [(9.0, {"hub": "a"}), (1.0, {"hub": "b"})],
        "shop.outbox.oldest.age": [(0.0, {})],
    }
    assert listener.measures() == {}


def test_everything_that_can_be_measured_has_an_instrument() -> None:
    listener = Listener()
    for metric in METRICS:
        listener.telemetry.measure(metric, 1)

    assert set(listener.measures()) == {metric.name for metric in METRICS}
    listener.telemetry.measure(REQUEST_DURATION, 0.3)
    assert listener.measures()["http.server.request.duration"] == [(2, {})]
