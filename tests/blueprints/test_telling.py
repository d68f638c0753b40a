"""What the shop says about itself while it sells: one trace from click to saga step, and measures."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from azure_functions_runtime.otel import otel_manager, update_opentelemetry_status
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from adapters.telemetry.watching import watched_by
from domain.events import Event
from local.protos import RpcHttp, TypedData
from local.worker import FunctionFailed
from tests.blueprints.goods import ORDER
from tests.blueprints.harness import ROOT, Guest, Web
from tests.blueprints.steps import Faulty, filled, ordered
from tests.blueprints.test_consumer import inventory
from tests.blueprints.test_timers import Deaf, tick
from tests.listening import Listener, trace_id
from usecases.ports.store import StoreBusy

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
MOST_MICROSECONDS = 1.0
SILENT_REQUESTS = """
from time import thread_time
from timeit import repeat
from types import SimpleNamespace

import azure.functions as func
from blueprints._answer import Reply
from blueprints._telling import tell_answer, traced, under_way
from domain.access import Caller, Role, Trace
from usecases.ports.telemetry import SILENT

shop = SimpleNamespace(telemetry=SILENT)
request = func.HttpRequest("GET", "http://localhost/", headers={"host": "h"}, body=b"")
who = Caller("", Role.ANONYMOUS, Trace("c", "r"))
declaration = SimpleNamespace(name="health_live")
reply = Reply(shop, request, "r-1")

def told():
    with under_way(shop, declaration.name, request):
        traced(who, reply.span)
        tell_answer(reply, declaration, 200, 0.001)

print(min(repeat(told, timer=thread_time, number=20_000, repeat=9)) / 20_000 * 1e6)
"""
"""What the wrapper does for telemetry at each request, in a loop; microseconds of one request."""

HUB = {"messaging.destination.name": "order-events", "messaging.consumer.group.name": "inventory"}


def listened(web: Web, *, is_hosted: bool = False) -> Listener:
    """Somebody listens to the shop from now on."""
    listener = Listener(is_hosted)
    web.door.shop = watched_by(listener.telemetry, web.shop, store_system="sqlite")
    return listener


def said(span: ReadableSpan) -> dict[str, Any]:
    """The attributes of a span."""
    return dict(span.attributes or {})


async def placed(web: Web, guest: Guest) -> Event:
    """An order placed in the trace ``PARENT``; what it told."""
    answer = await guest.send("POST", "/api/orders", ORDER, traceparent=PARENT)
    assert answer.status_code == 201
    return Event.model_validate_json((await web.events())[-1].body)


async def test_from_the_click_through_event_and_saga_step_it_is_one_trace(web: Web) -> None:
    guest = await filled(web)
    await web.pump()
    listener = listened(web)

    created = await placed(web, guest)
    await web.pump()

    (request,) = listener.spans("orders_place_order")
    steps = [span for span in listener.spans() if span.name.startswith("process ")]
    by_id = {span.context.span_id: span for span in (request, *steps)}
    assert {span.context.trace_id for span in by_id.values()} == {trace_id(PARENT)}
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == "b7ad6b7169203331"
    assert created.traceparent.split("-")[2] == f"{request.context.span_id:016x}"
    chains = {chain_of(span, by_id) for span in steps}
    assert ("orders_place_order", "process order-events", "process inventory-events") in chains


async def test_from_the_click_on_pay_through_a_late_outbox_to_the_agent_it_is_one_trace(
    web: Web,
) -> None:
    """Nobody hears of the payment until a sweep finds it: the sweep's own trace has no part in what follows."""
    guest, hubs = await filled(web), web.shop.events
    order_id = await ordered(guest)
    await web.pump()
    listener = listened(web)
    web.change(events=Deaf())
    intent = (
        await guest.send("POST", "/api/payments/create-intent", {"order_id": order_id})
    ).json()
    paying = {"payment_intent_id": intent["payment_intent_id"], "payment_method": "pm_card_visa"}
    await guest.send("POST", "/api/payments/confirm", paying, traceparent=PARENT)
    web.change(events=hubs)
    web.clock.move(60)

    await tick(web, "relay_outbox")
    await web.pump()

    (call,) = listener.spans("logistics-carrier-selection select_carrier")
    by_id = {span.context.span_id: span for span in listener.spans()}
    assert chain_of(call, by_id) == (
        "payments_confirm",
        "process payment-events",
        "logistics-carrier-selection select_carrier",
    )
    assert (call.context.trace_id, call.kind) == (trace_id(PARENT), SpanKind.CLIENT)
    (sweep,) = listener.spans("relay_outbox")
    assert sweep.context.trace_id != trace_id(PARENT)


def chain_of(span: ReadableSpan, by_id: dict[int, ReadableSpan]) -> tuple[str, ...]:
    """The names from the first cause to this span."""
    before = by_id.get(span.parent.span_id) if span.parent else None
    return (*(chain_of(before, by_id) if before else ()), span.name)


async def test_a_batch_and_its_events_know_each_other(web: Web) -> None:
    guest = await filled(web)
    listener = listened(web)
    created = await placed(web, guest)
    (record_,) = (await web.events())[-1:]

    await web.deliver(inventory(web), [record_])

    (step,) = listener.spans("process order-events")
    (batch,) = listener.spans("inventory on order-events")
    assert [link.context.span_id for link in step.links] == [batch.context.span_id]
    assert [link.context.trace_id for link in batch.links] == [trace_id(PARENT)]
    assert batch.context.trace_id != trace_id(PARENT)
    assert (step.kind, batch.kind) == (SpanKind.CONSUMER, SpanKind.CONSUMER)
    assert said(batch) == {"messaging.batch.message_count": 1}
    cost = said(step).pop("shop.operations")
    assert cost > 0
    assert said(step) == {
        **HUB,
        "messaging.system": "eventhubs",
        "messaging.operation.type": "process",
        "messaging.message.id": created.event_id,
        "shop.event.type": "OrderCreated",
        "shop.correlation.id": created.correlation_id,
        "shop.operations": cost,
        "shop.request_units": 0.0,
    }


async def test_a_call_of_an_agent_belongs_to_the_request_that_waits_for_it(web: Web) -> None:
    listener = listened(web)

    await web.get("/api/products/search?q=candle", traceparent=PARENT)

    (call,) = listener.spans("ecommerce-catalog-search search")
    (request,) = listener.spans("catalog_search")
    assert call.parent is not None
    assert (call.parent.span_id, call.kind) == (request.context.span_id, SpanKind.CLIENT)
    assert said(call)["shop.agent"] == "ecommerce-catalog-search"
    assert call.context.trace_id == trace_id(PARENT)


async def test_a_request_says_what_it_was_and_what_it_took(web: Web) -> None:
    listener, guest = listened(web), await web.guest()

    answer = await guest.send("GET", "/api/cart?x=private", **{"X-Request-Id": "r-1"})
    answer = await guest.send("GET", "/api/cart", **{"X-Request-Id": "r-2"})

    span = listener.spans("cart_get_cart")[-1]
    assert (span.kind, span.status.status_code) == (SpanKind.SERVER, StatusCode.UNSET)
    assert said(span) == {
        "http.request.method": "GET",
        "http.route": "/api/cart",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "server.address": "localhost",
        "url.path": "/api/cart",
        "shop.request.id": "r-2",
        "shop.correlation.id": "r-2",
        "shop.operations": int(answer.headers["x-store-operations"]),
        "shop.request_units": 0.0,
    }


async def test_a_refusal_is_no_failure_and_a_fault_of_ours_is(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    listener = listened(web)
    await web.get("/api/cart")
    web.change(store=Faulty(web, cart=RuntimeError("broken")))
    guest = await web.guest()
    await guest.send("GET", "/api/cart")

    refused, failed = listener.spans("cart_get_cart")
    assert (refused.status.status_code, said(refused)["error.type"]) == (
        StatusCode.UNSET,
        "UNAUTHORIZED",
    )
    assert (failed.status.status_code, said(failed)["error.type"]) == (
        StatusCode.ERROR,
        "INTERNAL_SERVER_ERROR",
    )
    assert failed.events == ()
    assert [line.getMessage() for line in caplog.records if line.exc_info] == ["unexpected"]


async def test_an_event_that_waits_is_a_failure_until_it_is_applied(web: Web) -> None:
    guest = await filled(web)
    created = (await web.events())[-1] if await ordered(guest) else None
    assert created is not None
    listener, store = listened(web), web.shop.store
    order_id = Event.model_validate_json(created.body).data["order_id"]
    web.change(store=Faulty(web, **{order_id: StoreBusy("away")}))

    with pytest.raises(FunctionFailed):
        await web.deliver(inventory(web), [created])
    web.change(store=store)
    await web.deliver(inventory(web), [created])

    reasons = [said(span).get("error.type") for span in listener.spans("process order-events")]
    assert reasons == ["StoreBusy", None]
    runs = listener.spans("inventory on order-events")
    assert [said(span).get("error.type") for span in runs] == ["Postponed", None]


@pytest.fixture
def hosted() -> Iterator[None]:
    """The worker library as with ``PYTHON_ENABLE_OPENTELEMETRY``: it puts every call into the host's trace."""
    otel_manager.set_otel_libs_available(True)
    update_opentelemetry_status()
    yield
    otel_manager.set_otel_libs_available(False)
    otel_manager.set_context_api(None)
    otel_manager.set_trace_context_propagator(None)


@pytest.mark.usefixtures("hosted")
async def test_inside_the_hosts_own_span_ours_are_internal(web: Web) -> None:
    guest = await filled(web)
    listener = listened(web, is_hosted=True)

    await placed(web, guest)
    await web.pump()

    (request,) = listener.spans("orders_place_order")
    assert request.parent is not None
    assert (request.context.trace_id, request.kind) == (trace_id(PARENT), SpanKind.INTERNAL)
    assert request.parent.is_remote
    kinds = {
        span.kind for span in listener.spans() if span.name.startswith(("process", "inventory on"))
    }
    assert kinds == {SpanKind.INTERNAL}


@pytest.mark.usefixtures("hosted")
async def test_the_hosts_trace_goes_before_what_the_caller_sent(web: Web) -> None:
    listener = listened(web, is_hosted=True)
    theirs = "00-11111111111111111111111111111111-2222222222222222-01"
    function = web.door.function("cart_get_cart")
    await invoke(web, function, traceparent=PARENT, host=theirs)

    (request,) = listener.spans(function.name)
    assert request.context.trace_id == trace_id(theirs)


async def invoke(web: Web, function: Any, *, traceparent: str, host: str) -> None:
    """Call a function as the host does, inside the host's own span."""
    headers = {"traceparent": traceparent}
    request = RpcHttp(
        method="GET",
        url="http://localhost/api/cart",
        headers=headers,
        params={},
        query={},
        body=TypedData(),
    )
    await web.door.worker.invoke(function, TypedData(http=request), {}, trace_parent=host)


def test_where_nobody_listens_a_request_pays_less_than_a_microsecond() -> None:
    """In a process of its own, where no coverage is measured."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SILENT_REQUESTS],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert 0 < float(done.stdout) < MOST_MICROSECONDS
