"""Somebody who listens: OpenTelemetry's SDK with exporters that keep everything in memory."""

from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from adapters.telemetry.signals import OpenTelemetry


@dataclass
class Listener:
    """Hears all spans, unsampled, and all measures. ``is_hosted`` as in Azure."""

    is_hosted: bool = False
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    telemetry: OpenTelemetry = field(init=False)

    def __post_init__(self) -> None:
        tracers = TracerProvider(ALWAYS_ON, shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.telemetry = OpenTelemetry(tracers, meters, is_hosted=self.is_hosted)

    def spans(self, name: str = "") -> list[ReadableSpan]:
        """The spans of that name, or all, in the order of their ends."""
        found = self.exporter.get_finished_spans()
        return [span for span in found if not name or span.name == name]

    def measures(self) -> dict[str, list[tuple[Any, dict[str, Any]]]]:
        """Name of a metric to its rows: the value (of a histogram, how many) and the attributes."""
        data = self.reader.get_metrics_data()
        scopes = [
            scope for one in (data.resource_metrics if data else ()) for scope in one.scope_metrics
        ]
        found: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
        for metric in [metric for scope in scopes for metric in scope.metrics]:
            for point in metric.data.data_points:
                value = getattr(point, "value", None)
                row = (point.count if value is None else value, dict(point.attributes or {}))  # type: ignore[union-attr]  # no value: a histogram
                found.setdefault(metric.name, []).append(row)
        return found


def trace_id(traceparent: str) -> int:
    """The trace that a trace context names."""
    return int(traceparent.split("-")[1], 16)
