"""What is kept of traces: all that failed, and of the others one in ten, each saying what it stands for."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, StatusCode

from adapters.telemetry import sampling
from adapters.telemetry.sampling import SAMPLE_RATE, TailSampling, is_kept

TRACES = 1000
KEPT, LOST = 1, (1 << 56) - 1


class Ids(IdGenerator):
    """Trace ids as given; span ids that count up."""

    def __init__(self, trace_ids: Iterator[int]) -> None:
        self._trace_ids, self._span_id = trace_ids, 0

    def generate_trace_id(self) -> int:
        return next(self._trace_ids)

    def generate_span_id(self) -> int:
        self._span_id += 1
        return self._span_id


class Sampled:
    """A tracer, and what is kept of its spans."""

    def __init__(self, *trace_ids: int) -> None:
        self.kept = InMemorySpanExporter()
        ids = Ids(iter(trace_ids))
        provider = TracerProvider(ALWAYS_ON, id_generator=ids, shutdown_on_exit=False)
        self.sampling = TailSampling(SimpleSpanProcessor(self.kept))
        provider.add_span_processor(self.sampling)
        self.tracer = provider.get_tracer("test")

    def rows(self) -> list[tuple[str, object]]:
        """Name and rate of what was kept, in the order of the ends."""
        spans = self.kept.get_finished_spans()
        return [(span.name, (span.attributes or {})[SAMPLE_RATE]) for span in spans]

    def request(
        self, child: str = "", *, fails: str = "", kind: SpanKind = SpanKind.INTERNAL
    ) -> None:
        """One local trace: a root, and a child where one is named; ``fails`` names which goes wrong."""
        with self.tracer.start_as_current_span("root") as root:
            if child:
                with self.tracer.start_as_current_span(child, kind=kind) as inner:
                    inner.set_status(StatusCode.ERROR if fails == child else StatusCode.UNSET)
            root.set_status(StatusCode.ERROR if fails == "root" else StatusCode.UNSET)


def evenly(traces: int) -> list[int]:
    """Trace ids whose random parts are spread evenly."""
    return [(7 << 64) + number * (1 << 56) // traces + 1 for number in range(traces)]


def test_of_successes_exactly_one_in_ten_is_kept_and_counts_stay_true() -> None:
    sampled = Sampled(*evenly(TRACES))

    for _ in range(TRACES):
        sampled.request()

    assert sampled.rows() == [("root", 10.0)] * 100
    assert sum(100 / float(str(rate)) for _, rate in sampled.rows()) == TRACES


def test_of_failures_all_are_kept_and_stand_for_themselves() -> None:
    sampled = Sampled(*evenly(TRACES))

    for _ in range(TRACES):
        sampled.request(fails="root")

    assert sampled.rows() == [("root", 100.0)] * TRACES


@pytest.mark.parametrize(
    ("trace_id", "fails", "rows"),
    [
        (LOST, "", []),
        (LOST, "step", [("step", 100.0), ("root", 100.0)]),
        (LOST, "root", [("step", 100.0), ("root", 100.0)]),
        (KEPT, "", [("step", 10.0), ("root", 10.0)]),
        (KEPT, "step", [("step", 100.0), ("root", 100.0)]),
    ],
)
def test_a_local_trace_is_kept_whole_or_not_at_all(
    trace_id: int, fails: str, rows: list[tuple[str, float]]
) -> None:
    sampled = Sampled(trace_id)

    sampled.request("step", fails=fails)

    assert sampled.rows() == rows


def test_a_call_that_failed_and_was_done_without_keeps_nothing() -> None:
    sampled = Sampled(LOST, KEPT)

    sampled.request("agent", fails="agent", kind=SpanKind.CLIENT)
    assert sampled.rows() == []

    sampled.request("agent", fails="agent", kind=SpanKind.CLIENT)
    assert sampled.rows() == [("agent", 10.0), ("root", 10.0)]


def test_what_comes_from_elsewhere_is_a_local_trace_of_its_own() -> None:
    sampled = Sampled(LOST)
    elsewhere = trace.SpanContext(LOST, 99, is_remote=True, trace_flags=trace.TraceFlags(0))
    context = trace.set_span_in_context(trace.NonRecordingSpan(elsewhere))

    with sampled.tracer.start_as_current_span("good", context=context):
        bad = sampled.tracer.start_span("bad", context=context)
        bad.set_status(StatusCode.ERROR)
        bad.end()

    assert sampled.rows() == [("bad", 100.0)]


def test_a_request_of_this_process_to_itself_is_a_local_trace_of_its_own() -> None:
    """On one machine the agents' stand-ins answer in the process that asks; the asking may go on long after."""
    sampled = Sampled(LOST)
    with sampled.tracer.start_as_current_span("asking") as asking:
        here = asking.get_span_context()
        sent = trace.SpanContext(here.trace_id, here.span_id, is_remote=True)
        context = trace.set_span_in_context(trace.NonRecordingSpan(sent))
        answering = sampled.tracer.start_span("answering", context=context)
        answering.set_status(StatusCode.ERROR)
        answering.end()
        assert sampled.rows() == [("answering", 100.0)]

    assert sampled.rows() == [("answering", 100.0)]


def test_what_ends_after_its_request_shares_its_lot_and_a_late_failure_is_told() -> None:
    sampled = Sampled(KEPT, LOST)
    for _ in range(2):
        with sampled.tracer.start_as_current_span("root"):
            late, failing = (sampled.tracer.start_span(name) for name in ("late", "failing"))
        late.end()
        failing.set_status(StatusCode.ERROR)
        failing.end()

    assert sampled.rows() == [
        ("root", 10.0),
        ("late", 10.0),
        ("failing", 100.0),
        ("failing", 100.0),
    ]


def test_a_kept_span_is_told_as_it_was() -> None:
    sampled = Sampled(KEPT)
    with sampled.tracer.start_as_current_span("root", attributes={"a": 1}) as root:
        root.add_event("seen")

    (span,) = sampled.kept.get_finished_spans()
    assert dict(span.attributes or {}) == {"a": 1, SAMPLE_RATE: 10.0}
    assert [event.name for event in span.events] == ["seen"]
    assert span.context == root.get_span_context()
    assert (span.end_time or 0) >= (span.start_time or 0) > 0


def test_neither_one_trace_nor_many_take_more_memory_than_they_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sampling, "MOST_OPEN", 2)
    sampled = Sampled(KEPT, KEPT, KEPT)

    spans = [sampled.tracer.start_span(name) for name in ("first", "second", "third")]
    for span in spans:
        span.end()
    assert [name for name, _ in sampled.rows()] == ["second", "third"]


def test_of_a_trace_with_too_many_spans_the_latest_are_told() -> None:
    sampled = Sampled(KEPT)
    with sampled.tracer.start_as_current_span("root"):
        for _ in range(sampling.MOST_SPANS + 5):
            sampled.tracer.start_span("step").end()

    rows = sampled.rows()
    assert (len(rows), rows[-1][0]) == (sampling.MOST_SPANS, "root")


def test_trace_ids_alone_decide_which_successes_are_kept() -> None:
    assert is_kept(KEPT)
    assert not is_kept(LOST)
    assert is_kept(LOST, percent=100)
    assert not is_kept(0, percent=0)
