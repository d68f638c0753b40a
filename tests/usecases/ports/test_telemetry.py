"""The names of what is measured, and what it costs to measure nothing."""

import json
import re
from pathlib import Path

from usecases.ports.telemetry import METRICS, OUTBOX_AGE, SILENT, SILENT_SPAN

ROOT = Path(__file__).resolve().parents[3]
TABLE_ROW = re.compile(r"^\| `([a-z_.]+)` \| (counter|gauge|histogram), ([^|]+) \| ([^|]*)\|", re.M)


def documented() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Name, kind, unit and attributes of each row of the documentation's table of metrics."""
    text = (ROOT / "docs/telemetry.md").read_text("utf-8")
    section = text.partition("\n## Metrics\n")[2].partition("\n## ")[0]
    return [
        (name, kind, unit.strip(), tuple(re.findall(r"`([a-z_]+\.[a-z_.]+)`", attributes)))
        for name, kind, unit, attributes in TABLE_ROW.findall(section)
    ]


def test_the_documentation_names_what_is_measured_no_more_and_no_less() -> None:
    measured = [(one.name, one.kind, one.unit, one.attributes) for one in METRICS]

    assert documented() == measured


def test_every_query_reads_names_that_are_measured() -> None:
    read = {
        name
        for query in (ROOT / "infra/queries").glob("*.kql")
        for line in query.read_text("utf-8").splitlines()
        if re.search(r"\bName (==|in)", line)
        for name in re.findall(r'"([a-z]+\.[a-z_.]+)"', line)
    }

    assert len(read) >= 10
    assert read - {metric.name for metric in METRICS} == set()


def test_the_worker_leaves_the_set_up_to_us() -> None:
    host = json.loads((ROOT / "host.json").read_text("utf-8"))

    assert host["telemetryMode"] == "OpenTelemetry"


def test_where_nobody_listens_nothing_is_said() -> None:
    with SILENT.span("request", "request", "00-1-2-01") as span:
        span.note({"a": 1})
        span.fail("X")
        span.link("00-1-2-01")
        SILENT.measure(OUTBOX_AGE, 1)

    assert span is SILENT_SPAN
    assert (span.traceparent, SILENT.is_on) == ("", False)
