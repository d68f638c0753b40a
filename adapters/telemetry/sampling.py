"""Which spans are kept: every trace in which something of ours failed, and one in ten of the others.

The decision is taken when a local trace ends (a request, an event, a timer's run, with all that happened
inside) and is one for all of it. Among successes the trace id decides, so that what one process keeps of
a trace all others keep too.
"""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

KEPT_PERCENT: Final = 10.0
"""Of the local traces in which nothing failed."""

SAMPLE_RATE: Final = "_MS.sampleRate"
"""The attribute that Azure Monitor's exporter reads: a row stands for 100 ÷ rate (its ``ItemCount``)."""

MOST_SPANS: Final = 512
"""Of one local trace; its oldest go first, which are the least: what began it ends last."""

MOST_OPEN: Final = 10_000
"""Local traces at once; one more takes the place of the oldest, which is then not told."""

_RANDOM_BITS: Final = 56
"""The random part of a trace id (W3C Trace Context, level 2)."""


@dataclass(slots=True)
class _LocalTrace:
    root: int
    ended: deque[ReadableSpan] = field(default_factory=lambda: deque(maxlen=MOST_SPANS))
    has_failed: bool = False
    is_over: bool = False


def is_kept(trace_id: int, percent: float = KEPT_PERCENT) -> bool:
    """Whether a trace is among the successes that are kept."""
    random = trace_id & ((1 << _RANDOM_BITS) - 1)
    return random * 100 < percent * (1 << _RANDOM_BITS)


class TailSampling(SpanProcessor):
    """Holds spans back until their local trace has ended, then passes on to ``following`` what is kept.

    A call that failed (an agent is away) fails the trace only where we could not do without it: the
    answer is what counts, or an agent's bad day would cost ten times the storage.
    """

    def __init__(self, following: SpanProcessor, percent: float = KEPT_PERCENT) -> None:
        self._following, self._percent = following, percent
        self._open: dict[int, _LocalTrace] = {}
        self._lock = Lock()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """A span belongs to its parent's local trace, and begins one where the parent is elsewhere."""
        parent, own = span.parent, span.context.span_id
        with self._lock:
            known = self._open.get(parent.span_id) if parent and not parent.is_remote else None
            self._open[own] = known or _LocalTrace(own)
            if len(self._open) > MOST_OPEN:
                del self._open[next(iter(self._open))]

    def on_end(self, span: ReadableSpan) -> None:
        """The end of what began the local trace decides about all of it; what ends later follows."""
        trace = self._ended(span)
        if trace is None or not trace.is_over:
            return
        if trace.has_failed or is_kept(span.context.trace_id, self._percent):
            percent = 100.0 if trace.has_failed else self._percent
            for each in trace.ended:
                self._following.on_end(_rated(each, percent))
        trace.ended.clear()

    def shutdown(self) -> None:
        """Nothing more comes; what has not ended is not told."""
        self._following.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is decided."""
        return self._following.force_flush(timeout_millis)

    def _ended(self, span: ReadableSpan) -> _LocalTrace | None:
        with self._lock:
            trace = self._open.pop(span.context.span_id, None)
            if trace is not None:
                trace.ended.append(span)
                trace.has_failed = trace.has_failed or _is_our_failure(span)
                trace.is_over = trace.is_over or span.context.span_id == trace.root
            return trace


def _is_our_failure(span: ReadableSpan) -> bool:
    return span.status.status_code is StatusCode.ERROR and span.kind is not SpanKind.CLIENT


def _rated(span: ReadableSpan, percent: float) -> ReadableSpan:
    """The same span, saying how many it stands for; one that has ended takes no more attributes."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={**(span.attributes or {}), SAMPLE_RATE: percent},
        events=span.events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
