"""OpenTelemetry's SDK set up to send to Azure Monitor; imported only where a connection string is set."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from azure.monitor.opentelemetry.exporter import (
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)
from opentelemetry import trace
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from adapters.telemetry.sampling import TailSampling, is_kept
from adapters.telemetry.signals import OpenTelemetry

CONNECTION: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
AUTHENTICATION: Final = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
HOSTED: Final = "PYTHON_ENABLE_OPENTELEMETRY"
SITE: Final = "WEBSITE_SITE_NAME"
INSTANCE: Final = "WEBSITE_INSTANCE_ID"

METRICS_SECONDS: Final = 60


def azure_monitor(environment: Mapping[str, str], *, release: str) -> OpenTelemetry:
    """Spans, metrics and logs to the Application Insights that the environment names.

    One for each process: each has threads of its own that send.
    """
    options = options_of(environment)
    resource = resource_of(environment, release)
    # not parent-based: whoever called may have sampled the trace out, and its failures are ours all the same
    tracers = TracerProvider(sampler=ALWAYS_ON, resource=resource)
    exporter = AzureMonitorTraceExporter(tracer_provider=tracers, **options)
    tracers.add_span_processor(TailSampling(BatchSpanProcessor(exporter)))
    reader = PeriodicExportingMetricReader(
        AzureMonitorMetricExporter(**options), export_interval_millis=METRICS_SECONDS * 1000
    )
    _send_logs(resource, options)
    meters = MeterProvider([reader], resource=resource)
    return OpenTelemetry(tracers, meters, is_hosted=is_hosted(environment))


def resource_of(environment: Mapping[str, str], release: str) -> Resource:
    """Who speaks: the function app, so that canary and stable can be told apart, and its release."""
    return Resource.create(
        {
            "service.name": environment.get(SITE, "holiday-peak-hub"),
            "service.version": release,
            "service.instance.id": environment.get(INSTANCE, "local"),
        }
    )


def is_hosted(environment: Mapping[str, str]) -> bool:
    """Whether the host takes part in the trace, and so makes the outer span itself."""
    return environment.get(HOSTED, "").lower() in ("true", "1")


def options_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """Where to, and as whom: with ``Authorization=AAD`` the managed identity of ``ClientId``."""
    options: dict[str, Any] = {"connection_string": environment[CONNECTION]}
    pairs = [part.partition("=") for part in environment.get(AUTHENTICATION, "").split(";")]
    given = {name.strip(): value.strip() for name, _, value in pairs}
    if given.get("Authorization") == "AAD":
        from azure.identity import ManagedIdentityCredential  # noqa: PLC0415 - only with an identity

        options["credential"] = ManagedIdentityCredential(client_id=given.get("ClientId"))
    return options


class SampledLines(logging.Filter):
    """Every warning, and of the other lines those of the traces that are kept anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is sent."""
        context = trace.get_current_span().get_span_context()
        return record.levelno >= logging.WARNING or (context.is_valid and is_kept(context.trace_id))


def _send_logs(resource: Resource, options: Mapping[str, Any]) -> None:
    """The shop's own lines; with ``PYTHON_ENABLE_OPENTELEMETRY`` the host leaves them to the worker."""
    provider = LoggerProvider(resource=resource)
    exporter = AzureMonitorLogExporter(**options)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    handler = LoggingHandler(logging.INFO, provider)
    handler.addFilter(SampledLines())
    logger = logging.getLogger("shop")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
