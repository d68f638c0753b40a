"""What the shop says about itself: spans, which belong to one trace from request to saga step, and measures.

The names are those of ``docs/telemetry.md``, which alerts and dashboards read. Where nobody listens,
``SILENT`` does nothing, at next to no cost.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Literal, Protocol

type Value = str | int | float
type Attributes = Mapping[str, Value]

type SpanKind = Literal["request", "timer", "batch", "event", "call"]
"""What a span is about: an HTTP request, a timer's run, a batch of events, one event of it, a call that we make."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Something that is measured, and what tells its rows apart."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    unit: str
    attributes: tuple[str, ...] = ()


_HUB: Final = "messaging.destination.name"
_GROUP: Final = "messaging.consumer.group.name"
_STORE: Final = ("db.collection.name", "db.operation.name")

REQUEST_DURATION: Final = Metric(
    "http.server.request.duration",
    "histogram",
    "s",
    ("http.request.method", "http.route", "http.response.status_code", "error.type"),
)
CALL_DURATION: Final = Metric(
    "http.client.request.duration", "histogram", "s", ("server.address", "error.type")
)
DEPENDENCY_DURATION: Final = Metric(
    "shop.dependency.duration",
    "histogram",
    "s",
    ("shop.dependency", "shop.dependency.operation", "error.type"),
)
STORE_DURATION: Final = Metric(
    "db.client.operation.duration", "histogram", "s", ("db.system.name", *_STORE, "error.type")
)
REQUEST_CHARGE: Final = Metric(
    "azure.cosmosdb.client.operation.request_charge", "histogram", "{request_unit}", _STORE
)
EVENTS_SENT: Final = Metric("messaging.client.sent.messages", "counter", "{message}", (_HUB,))
EVENTS_CONSUMED: Final = Metric(
    "messaging.client.consumed.messages", "counter", "{message}", (_HUB, _GROUP)
)
EVENT_DURATION: Final = Metric("messaging.process.duration", "histogram", "s", (_HUB, _GROUP))
EVENT_LAG: Final = Metric("shop.events.lag", "gauge", "s", (_HUB, _GROUP))
EVENTS_PARKED: Final = Metric(
    "shop.events.parked", "counter", "{event}", (_HUB, _GROUP, "shop.reason")
)
OUTBOX_AGE: Final = Metric("shop.outbox.oldest.age", "gauge", "s")
AUDIT_AGE: Final = Metric("shop.audit.oldest.age", "gauge", "s")
ORDERS_OVERDUE: Final = Metric("shop.orders.overdue", "gauge", "{order}", ("shop.order.stage",))
ORDERS_PLACED: Final = Metric("shop.orders.placed", "counter", "{order}", ("shop.currency",))
ORDERS_VALUE: Final = Metric("shop.orders.value", "counter", "{minor_unit}", ("shop.currency",))
PAYMENT_ATTEMPTS: Final = Metric(
    "shop.payments.attempts", "counter", "{attempt}", ("shop.payment.outcome", "error.type")
)
LEDGER_DIFFERENCES: Final = Metric("shop.ledger.differences", "gauge", "{payment}")
PRODUCTS_VIEWED: Final = Metric("shop.products.viewed", "counter", "{product}")
CARTS_FILLED: Final = Metric("shop.carts.filled", "counter", "{cart}")
CHECKOUTS_STARTED: Final = Metric("shop.checkouts.started", "counter", "{checkout}")
COUNTS_DROPPED: Final = Metric("shop.counts.dropped", "counter", "{count}")

METRICS: Final = (
    REQUEST_DURATION,
    CALL_DURATION,
    DEPENDENCY_DURATION,
    STORE_DURATION,
    REQUEST_CHARGE,
    EVENTS_SENT,
    EVENTS_CONSUMED,
    EVENT_DURATION,
    EVENT_LAG,
    EVENTS_PARKED,
    OUTBOX_AGE,
    AUDIT_AGE,
    ORDERS_OVERDUE,
    ORDERS_PLACED,
    ORDERS_VALUE,
    PAYMENT_ATTEMPTS,
    LEDGER_DIFFERENCES,
    PRODUCTS_VIEWED,
    CARTS_FILLED,
    CHECKOUTS_STARTED,
    COUNTS_DROPPED,
)
"""Everything that is measured, in the order of the documentation."""


class Span(Protocol):
    """Something under way. An exception that leaves it makes it a failure."""

    @property
    def traceparent(self) -> str:
        """How others name it as their cause (W3C Trace Context); empty where nobody listens."""

    def note(self, attributes: Attributes) -> None:
        """Say more about it."""

    def fail(self, reason: str) -> None:
        """It went wrong; ``reason`` is a short stable word. The exception itself is the log's."""

    def link(self, traceparent: str) -> None:
        """It also follows from that one; what is no trace context is passed over."""


class Telemetry(Protocol):
    """Where spans and measures go."""

    @property
    def is_on(self) -> bool:
        """Whether anybody listens: where not, attributes need not even be put together."""

    def span(self, name: str, kind: SpanKind, parent: str = "") -> AbstractContextManager[Span]:
        """Begin a span; ``parent`` is the trace context that came along.

        An event belongs to ``parent``. Everything else belongs to what is under way already (the host's own
        span, where the host makes one) and only where nothing is, to ``parent``.
        """

    def past_call(self, name: str, seconds: float, attributes: Attributes, reason: str) -> None:
        """A call of ours that is over and took so long; ``reason`` says why it failed, empty where it did not.

        It belongs to what is under way. Told afterwards, since most calls are not worth a span.
        """

    def measure(self, metric: Metric, amount: float, attributes: Attributes | None = None) -> None:
        """Add to a counter, or note a value of a gauge or histogram."""


class SilentSpan:
    """A span that nobody will read; one serves for all."""

    traceparent: Final = ""

    def __enter__(self) -> "SilentSpan":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def note(self, attributes: Attributes) -> None:
        """Nothing."""

    def fail(self, reason: str) -> None:
        """Nothing."""

    def link(self, traceparent: str) -> None:
        """Nothing."""


SILENT_SPAN: Final = SilentSpan()


class Silence:
    """Nobody listens."""

    is_on: Final = False

    def span(self, name: str, kind: SpanKind, parent: str = "") -> SilentSpan:
        """A span that does nothing."""
        return SILENT_SPAN

    def past_call(self, name: str, seconds: float, attributes: Attributes, reason: str) -> None:
        """Nothing."""

    def measure(self, metric: Metric, amount: float, attributes: Attributes | None = None) -> None:
        """Nothing."""


SILENT: Final = Silence()
