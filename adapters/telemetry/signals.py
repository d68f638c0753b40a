"""Telemetry as OpenTelemetry's spans and instruments, through the providers that it is given."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from time import time_ns
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Meter, MeterProvider, Observation
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from usecases.ports.telemetry import METRICS, Attributes, Metric, SpanKind

SCOPE: Final = "holiday-peak-hub"

KINDS: Final = {
    "request": trace.SpanKind.SERVER,
    "timer": trace.SpanKind.INTERNAL,
    "batch": trace.SpanKind.CONSUMER,
    "event": trace.SpanKind.CONSUMER,
    "call": trace.SpanKind.CLIENT,
}

BOUNDARIES: Final[Mapping[str, Sequence[float]]] = {
    "s": [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    "{request_unit}": [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144],
}
"""Histogram buckets by unit; those of durations are the conventions' own (HTTP metrics)."""

_PROPAGATOR: Final = TraceContextTextMapPropagator()

type Measure = Callable[[float, Attributes], None]


class OpenSpan:
    """A span under way."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        """The span as a W3C ``traceparent``. Always "sampled": who keeps what is decided at the end."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def note(self, attributes: Attributes) -> None:
        """Set the attributes."""
        self._span.set_attributes(dict(attributes))

    def fail(self, reason: str) -> None:
        """Set status and ``error.type``; the exception is logged, and so not recorded here as well."""
        self._span.set_attribute("error.type", reason)
        self._span.set_status(trace.StatusCode.ERROR)

    def link(self, traceparent: str) -> None:
        """Link to a span of another trace."""
        context = trace.get_current_span(_read(traceparent, Context())).get_span_context()
        if context.is_valid:
            self._span.add_link(context)


class OpenTelemetry:
    """Spans of ``tracers`` and instruments of ``meters``.

    ``is_hosted``: the Functions host makes the span of the request or the message itself, so that ours
    inside it are ``INTERNAL``, or every request would count twice.
    """

    is_on: Final = True

    def __init__(
        self, tracers: trace.TracerProvider, meters: MeterProvider, *, is_hosted: bool
    ) -> None:
        self._tracer = tracers.get_tracer(SCOPE)
        self._is_hosted = is_hosted
        meter = meters.get_meter(SCOPE)
        self._measures = {metric.name: _measure_of(meter, metric) for metric in METRICS}

    @contextmanager
    def span(self, name: str, kind: SpanKind, parent: str = "") -> Iterator[OpenSpan]:
        """A span that is the current one inside."""
        with self._tracer.start_as_current_span(
            name,
            context=_context(kind, parent),
            kind=self._kind_of(kind),
            record_exception=False,
            set_status_on_exception=False,
        ) as inner:
            span = OpenSpan(inner)
            try:
                yield span
            except Exception as fault:
                span.fail(type(fault).__name__)
                raise

    def past_call(self, name: str, seconds: float, attributes: Attributes, reason: str) -> None:
        """A ``CLIENT`` span that began so long ago and ends now."""
        ends_at = time_ns()
        began_at = ends_at - round(seconds * 1e9)
        span = self._tracer.start_span(name, kind=KINDS["call"], start_time=began_at)
        told = OpenSpan(span)
        told.note(attributes)
        if reason:
            told.fail(reason)
        span.end(ends_at)

    def measure(self, metric: Metric, amount: float, attributes: Attributes | None = None) -> None:
        """Hand the value to the metric's instrument."""
        self._measures[metric.name](amount, attributes or {})

    def _kind_of(self, kind: SpanKind) -> trace.SpanKind:
        is_call = kind == "call"
        return KINDS[kind] if is_call or not self._is_hosted else trace.SpanKind.INTERNAL


class Gauge:
    """The greatest value since the last reading, and nothing at all where none was reported.

    The library's own gauge repeats its last value for ever where readings are cumulative; then a sweep
    that has died would look healthy.
    """

    def __init__(self, meter: Meter, metric: Metric) -> None:
        self._values: dict[tuple[tuple[str, str | int | float], ...], float] = {}
        self._lock = Lock()
        meter.create_observable_gauge(metric.name, [self._read], metric.unit)

    def set(self, amount: float, attributes: Attributes) -> None:
        """Report a value."""
        key = tuple(sorted(attributes.items()))
        with self._lock:
            self._values[key] = max(amount, self._values.get(key, amount))

    def _read(self, _: CallbackOptions) -> Iterable[Observation]:
        with self._lock:
            values, self._values = self._values, {}
        return [Observation(amount, dict(key)) for key, amount in values.items()]


def _measure_of(meter: Meter, metric: Metric) -> Measure:
    match metric.kind:
        case "counter":
            return meter.create_counter(metric.name, metric.unit).add
        case "gauge":
            return Gauge(meter, metric).set
        case "histogram":
            buckets = BOUNDARIES[metric.unit]
            return meter.create_histogram(
                metric.name, metric.unit, explicit_bucket_boundaries_advisory=buckets
            ).record


def _context(kind: SpanKind, parent: str) -> Context | None:
    """Where a span belongs: ``None`` is what is under way in this task."""
    if kind == "event":
        return _read(parent) if parent else None
    if trace.get_current_span().get_span_context().is_valid or not parent:
        return None
    return _read(parent)


def _read(traceparent: str, otherwise: Context | None = None) -> Context:
    """The trace context; what is under way (or ``otherwise``) where it cannot be read."""
    return _PROPAGATOR.extract({"traceparent": traceparent}, otherwise)
