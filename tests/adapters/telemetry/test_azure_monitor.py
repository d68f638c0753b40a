"""What arrives at Azure Monitor, sent by its own exporters over a socket from a process of its own."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.identity import ManagedIdentityCredential
from opentelemetry import trace

from adapters.telemetry.azure_monitor import SampledLines, is_hosted, options_of, resource_of
from tests.adapters.telemetry.ingestion import Ingestion, ingesting

ROOT = Path(__file__).resolve().parents[3]

SELL = """
import asyncio, logging, os
from adapters.wiring import configured_shop
from usecases.ports.telemetry import ORDERS_PLACED, OUTBOX_AGE

shop = configured_shop(os.environ)
telemetry = shop.telemetry

def request(random, status):
    parent = f"00-00000000000000ff00{random:014x}-b7ad6b7169203331-00"
    with telemetry.span("orders_place_order", "request", parent) as span:
        span.note({"http.request.method": "POST", "http.route": "/api/orders",
                   "http.response.status_code": status, "url.scheme": "https",
                   "server.address": "shop.example", "url.path": "/api/orders"})
        logging.getLogger("shop.request").info("request")
        if status >= 500:
            try:
                raise RuntimeError("broken")
            except RuntimeError:
                logging.getLogger("shop.request").exception("unexpected")
            span.fail("INTERNAL_SERVER_ERROR")

for tenth in range(10):
    request(tenth * 2**56 // 10 + 1, 201)
request(2**56 - 1, 500)
for currency in ("USD", "EUR", "USD"):
    telemetry.measure(ORDERS_PLACED, 1, {"shop.currency": currency})
telemetry.measure(OUTBOX_AGE, 0.0)
asyncio.run(shop.agents.ask("logistics-eta-computation", "estimate", {}, correlation_id="c"))
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingestion]:
    """What a shop with a connection string has sent by the time that its process has ended."""
    folder = tmp_path_factory.mktemp("telemetry")
    with ingesting() as ingestion:
        _sell(ingestion, folder)
        yield ingestion


def _sell(ingestion: Ingestion, folder: Path, **settings: str) -> None:
    environment = {
        "PATH": "",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "HPH_SECRET_KEY": "k" * 32,
        "HPH_LOCAL": "true",
        "HPH_STORE_FILE": str(folder / "shop.db"),
        "WEBSITE_SITE_NAME": "func-canary",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": ingestion.connection,
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
        "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
        **settings,
    }
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", SELL]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""


def test_where_the_host_tells_of_a_request_it_is_not_told_twice(tmp_path: Path) -> None:
    with ingesting() as ingestion:
        _sell(ingestion, tmp_path, PYTHON_ENABLE_OPENTELEMETRY="true")

    assert ingestion.of("RequestData") == []
    ours = [row["data"]["baseData"]["name"] for row in ingestion.of("RemoteDependencyData")]
    assert ours.count("orders_place_order") == 2


def test_a_kept_success_weighs_ten_and_a_failure_one(sent: Ingestion) -> None:
    requests = sent.of("RequestData")
    rows = [(row["data"]["baseData"]["responseCode"], row["sampleRate"]) for row in requests]

    assert sorted(rows) == [("201", 10.0), ("500", 100.0)]


def test_a_request_continues_the_trace_of_its_caller(sent: Ingestion) -> None:
    failed = next(row for row in sent.of("RequestData") if row["sampleRate"] == 100)
    data, tags = failed["data"]["baseData"], failed["tags"]

    assert tags["ai.operation.id"] == "00000000000000ff00ffffffffffffff"
    assert tags["ai.operation.parentId"] == "b7ad6b7169203331"
    assert (tags["ai.cloud.role"], tags["ai.application.ver"]) == ("func-canary", "dev")
    assert (data["url"], data["success"]) == ("https://shop.example/api/orders", False)


def test_an_exception_is_told_once_by_the_log_within_its_trace(sent: Ingestion) -> None:
    (exception,) = sent.of("ExceptionData")

    assert exception["tags"]["ai.operation.id"] == "00000000000000ff00ffffffffffffff"
    assert exception["data"]["baseData"]["exceptions"][0]["typeName"] == "RuntimeError"


def test_lines_that_need_nobody_are_those_of_kept_traces(sent: Ingestion) -> None:
    lines = [row["data"]["baseData"]["message"] for row in sent.of("MessageData")]

    assert lines == ["request"]


def test_measures_arrive_by_their_names_zero_included(sent: Ingestion) -> None:
    assert sorted(sent.metric("shop.orders.placed")) == [
        (1, {"shop.currency": "EUR"}),
        (2, {"shop.currency": "USD"}),
    ]
    assert sent.metric("shop.outbox.oldest.age") == [(0.0, {})]
    assert {row["tags"]["ai.cloud.role"] for row in sent.of("MetricData")} == {"func-canary"}
    ((_, properties),) = sent.metric("http.client.request.duration")
    assert properties["_MS.MetricId"] == "dependencies/duration"
    assert properties["Dependency.Success"] == "False"


def test_the_app_and_its_release_are_named() -> None:
    environment = {"WEBSITE_SITE_NAME": "func-a", "WEBSITE_INSTANCE_ID": "i-1"}

    attributes = resource_of(environment, "1.2.3").attributes

    assert attributes["service.name"] == "func-a"
    assert attributes["service.version"] == "1.2.3"
    assert attributes["service.instance.id"] == "i-1"


def test_the_managed_identity_signs_in_where_the_environment_says_so() -> None:
    connection = {"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=k"}
    signed = {"APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=c-1;Authorization=AAD"}

    assert options_of(connection) == {"connection_string": "InstrumentationKey=k"}
    with options_of(connection | signed)["credential"] as credential:
        assert isinstance(credential, ManagedIdentityCredential)


@pytest.mark.parametrize(("text", "hosted"), [("true", True), ("1", True), ("false", False)])
def test_the_host_takes_part_where_its_setting_says_so(text: str, hosted: bool) -> None:
    assert is_hosted({"PYTHON_ENABLE_OPENTELEMETRY": text}) is hosted
    assert not is_hosted({})


@pytest.mark.parametrize(
    ("random", "level", "sent"),
    [(0, logging.INFO, True), (2**56 - 1, logging.INFO, False), (2**56 - 1, logging.WARNING, True)],
)
def test_a_warning_is_always_sent(random: int, level: int, sent: bool) -> None:
    context = trace.SpanContext((1 << 64) + random, 1, is_remote=False)
    line = logging.LogRecord("shop.request", level, "", 0, "request", None, None)

    with trace.use_span(trace.NonRecordingSpan(context)):
        assert SampledLines().filter(line) is sent
