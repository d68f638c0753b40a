"""What the end does when the hubs do not: repeats, waits, gives up, and leaves them alone."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from adapters.circuit import Limits
from adapters.environment import BadSettings
from adapters.eventhubs.account import Account, account_of
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.events import EventHubsEvents, Patience
from adapters.eventhubs.groups import has_group
from adapters.eventhubs.messages import EventTooLarge
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.eventhubs.conftest import kept
from tests.adapters.events_contract import HUB, created
from tests.brisk_sdk import LEAKS, collect_leaks
from tests.tools.eventhubs_emulator.clients import receiving, until
from tools.eventhubs_emulator.faults import Switch
from tools.eventhubs_emulator.hubs import Hub, Namespace
from tools.eventhubs_emulator.server import Emulator
from usecases.ports.events import EventsBusy

pytestmark = LEAKS

STRING = "Endpoint=sb://h;SharedAccessKeyName=n;SharedAccessKey=k"


@pytest.fixture(autouse=True, scope="module")
def leaks() -> Iterator[None]:
    """Collect what the SDK leaves behind."""
    yield
    collect_leaks()


def numbers(emulator: Emulator) -> list[int]:
    """The numbers of all events that were kept."""
    return [each.number for each in kept(emulator.namespace)]


def end_over(emulator: Emulator, clock: StillClock, **patience: Any) -> EventHubsEvents:
    """An end with a patience of its own."""
    clients = Clients(Account(connection_string=emulator.connection_string))
    return EventHubsEvents(clients, clock, patience=Patience(**patience))


async def test_a_busy_hub_is_asked_again_after_growing_pauses(
    emulator: Emulator, events: EventHubsEvents, clock: StillClock
) -> None:
    emulator.faults.busy = Switch(next=7)  # the SDK itself tries twice each time

    await events.publish(HUB, "o-1", [created("o-1", 1), created("o-1", 2)])

    assert numbers(emulator) == [1, 2]
    assert clock.slept == [0.1, 0.2, 0.4]


async def test_a_hub_that_stays_busy_is_left_to_the_sweep(
    emulator: Emulator, events: EventHubsEvents, clock: StillClock
) -> None:
    emulator.faults.busy = Switch(rate=1)

    with pytest.raises(EventsBusy, match="be slower"):
        await events.publish(HUB, "o-1", [created("o-1", 1)])

    assert numbers(emulator) == []
    assert emulator.faults.busy.struck == 8


async def test_the_sdk_repeats_nothing_by_a_clock_of_its_own(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    """Once more at once it does in any case; told nothing, it would try sixteen times with pauses."""
    emulator.faults.dropped = Switch(rate=1)

    with pytest.raises(EventsBusy):
        await events.publish(HUB, "o-1", [created("o-1", 1)])

    assert emulator.faults.dropped.struck == 8


async def test_who_gives_up_in_the_middle_of_a_send_leaves_no_half_sent_connection(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    await events.publish(HUB, "o-1", [created("o-1", 1)])
    sending = asyncio.create_task(events.publish(HUB, "o-1", [created("o-1", 2)]))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)

    assert events._producers == {}
    await events.publish(HUB, "o-1", [created("o-1", 3)])
    assert numbers(emulator)[-1] == 3


class _Stuck:
    """A producer that cannot even be closed."""

    async def close(self) -> None:
        raise OSError("the connection is broken")


async def test_a_connection_that_cannot_be_closed_holds_nobody_up(events: EventHubsEvents) -> None:
    stuck: Any = _Stuck()
    events._producers[HUB] = stuck

    await events.close()

    assert events._producers == {}


async def test_a_lost_acknowledgement_repeats_the_batch_under_the_same_ids(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    emulator.faults.lost_acks = Switch(next=1)

    await events.publish(HUB, "o-1", [created("o-1", 1), created("o-1", 2)])

    assert numbers(emulator) == [1, 2, 1, 2]


@pytest.mark.parametrize("fault", ["dropped", "refused_tokens"])
async def test_a_cut_connection_and_a_refused_token_are_got_over(
    emulator: Emulator, events: EventHubsEvents, fault: str
) -> None:
    setattr(emulator.faults, fault, Switch(next=1))

    await events.publish(HUB, "o-1", [created("o-1", 1)])
    emulator.drop_connections()
    await events.publish(HUB, "o-1", [created("o-1", 2)])

    assert numbers(emulator) == [1, 2]


async def test_a_failure_in_the_middle_stops_what_comes_after_it(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    data = {"order_id": "o-1", "note": "x" * 400_000}
    large = [created("o-1", n, data={**data, "number": n}) for n in range(6)]
    await events.publish(HUB, "o-1", large[:1])
    emulator.faults.busy = Switch(rate=1)

    with pytest.raises(EventsBusy):
        await events.publish(HUB, "o-1", large[1:])
    emulator.faults.busy = Switch()
    await events.publish(HUB, "o-1", large[1:])

    assert numbers(emulator) == [0, 1, 2, 3, 4, 5]


async def test_an_event_that_no_batch_holds_is_named_and_not_tried_again(
    emulator: Emulator, events: EventHubsEvents, clock: StillClock
) -> None:
    huge = created("o-1", 1, data={"note": "x" * 1_100_000})

    for _ in range(10):
        with pytest.raises(EventTooLarge, match="event o-1-1 is larger"):
            await events.publish(HUB, "o-1", [huge])

    assert clock.slept == []
    assert numbers(emulator) == []
    await events.publish(HUB, "o-1", [created("o-1", 2)])
    assert numbers(emulator) == [2], "it was the event's fault, and no hub is left alone for it"


async def test_a_hub_that_failed_too_often_is_left_alone_for_a_while(
    emulator: Emulator, clock: StillClock
) -> None:
    circuit = Limits(timeout_seconds=5, failures_to_open=3, rest_seconds=60)
    events = end_over(emulator, clock, circuit=circuit)
    emulator.faults.busy = Switch(rate=1)

    with pytest.raises(EventsBusy, match="order-events is left alone for a while"):
        await events.publish(HUB, "o-1", [created("o-1", 1)])
    with pytest.raises(EventsBusy):
        await events.publish(HUB, "o-1", [created("o-1", 1)])
    struck = emulator.faults.busy.struck
    emulator.faults.busy = Switch()
    await events.publish("user-events", "u-1", [created("u-1", 2)])
    clock.move(60)
    await events.publish(HUB, "o-1", [created("o-1", 3)])
    await events.close()

    assert struck == 6
    assert sorted(numbers(emulator)) == [2, 3]


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """The connection string of a server that takes connections and says nothing."""
    writers = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=n;SharedAccessKey=k;"
        "UseDevelopmentEmulator=true;"
    )
    for writer in writers:
        writer.close()
    server.close()


async def test_a_namespace_that_says_nothing_costs_its_time_out(
    silent: str, clock: StillClock
) -> None:
    patience = Patience(attempts=2, timeout_seconds=0.2)
    events = EventHubsEvents(Clients(Account(connection_string=silent)), clock, patience=patience)
    began = asyncio.get_running_loop().time()

    with pytest.raises(EventsBusy):
        await events.publish(HUB, "o-1", [created("o-1", 1)])
    took = asyncio.get_running_loop().time() - began
    await events.close()

    assert 0.4 <= took < 5


async def test_a_caller_that_gives_up_says_nothing_of_the_hub(
    silent: str, clock: StillClock
) -> None:
    """The health check asks for every group at once and waits for two seconds: nobody's events stop for that."""
    patience = Patience(circuit=Limits(timeout_seconds=5, failures_to_open=2, rest_seconds=60))
    events = EventHubsEvents(Clients(Account(connection_string=silent)), clock, patience=patience)

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(events.publish(HUB, "o-1", [created("o-1", 1)]), 0.05)

    assert events._circuits.admits(HUB)
    await events.close()


async def test_nobody_there_is_busy(clock: StillClock) -> None:
    text = "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;"
    events = EventHubsEvents(Clients(Account(connection_string=text)), clock, groups={HUB: ()})

    with pytest.raises(EventsBusy):
        await events.check()
    await events.close()


async def test_callers_of_one_moment_do_not_mix_their_events(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    emulator.faults.busy.rate = 0.1
    keys = [f"o-{n}" for n in range(20)]

    await asyncio.gather(
        *(events.publish(HUB, key, [created(key, n) for n in range(3)]) for key in keys)
    )

    found = kept(emulator.namespace)
    for key in keys:
        assert [each.number for each in found if each.key == key] == [0, 1, 2]


async def test_the_trace_of_the_request_survives_the_sdk(
    emulator: Emulator, events: EventHubsEvents
) -> None:
    await events.publish(HUB, "o-1", [created("o-1", 1, traceparent="00-a-b-01")])

    async with receiving(emulator.connection_string) as received:
        await until(lambda: len(received.events) == 1)

    ((_, event),) = received.events
    assert event.content_type == "application/json"
    assert event.properties[b"traceparent"] == b"00-a-b-01"
    assert event.properties[b"Diagnostic-Id"] == b"00-a-b-01"
    assert len(event.properties) == 8


async def test_the_check_names_a_group_that_is_missing(clock: StillClock) -> None:
    hubs = [Hub("order-events", 1, ("views",)), Hub("user-events", 1, ("views",))]
    async with Emulator(Namespace(hubs), port=0) as emulator:
        clients = Clients(Account(connection_string=emulator.connection_string))
        groups = {"order-events": ("views", "payment"), "user-events": ("views",)}
        events = EventHubsEvents(clients, clock, groups=groups)

        with pytest.raises(EventsBusy, match="hub order-events has no consumer group payment"):
            await events.check()
        await events.close()


class _Counted(Clients):
    """Counts the readers that are opened."""

    readers = 0

    def consumer(self, *given: Any, **options: Any) -> Any:
        self.readers += 1
        return super().consumer(*given, **options)


async def test_a_group_that_was_found_once_is_not_looked_for_again(
    emulator: Emulator, clock: StillClock
) -> None:
    clients = _Counted(Account(connection_string=emulator.connection_string))
    events = EventHubsEvents(clients, clock, groups={HUB: ("views", "payment")})

    await events.check()
    await events.check()

    assert clients.readers == 2
    await events.close()
    await until(lambda: emulator.connection_count == 0)


async def test_a_look_that_takes_longer_than_a_caller_waits_is_not_begun_anew(
    emulator: Emulator, clock: StillClock
) -> None:
    clients = _Counted(Account(connection_string=emulator.connection_string))
    events = EventHubsEvents(clients, clock, groups={HUB: ("views", "payment")})

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(events.check(), 0.01)
    await events.check()

    assert clients.readers == 2
    await events.close()


async def test_closing_ends_a_look_that_goes_on(silent: str, clock: StillClock) -> None:
    events = EventHubsEvents(
        Clients(Account(connection_string=silent)), clock, groups={HUB: ("views",)}
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(events.check(), 0.01)

    await events.close()

    assert events._looking is not None
    assert events._looking.cancelled()


async def test_the_check_names_a_hub_that_is_missing(clock: StillClock) -> None:
    async with Emulator(Namespace([Hub("order-events", 1)]), port=0) as emulator:
        clients = Clients(Account(connection_string=emulator.connection_string))
        events = EventHubsEvents(clients, clock, groups={"user-events": ()})

        with pytest.raises(EventsBusy, match="user-events"):
            await events.check()
        await events.close()


async def test_a_group_that_is_read_with_an_epoch_is_there(emulator: Emulator) -> None:
    clients = Clients(Account(connection_string=emulator.connection_string))
    async with receiving(emulator.connection_string, partition_id="0", owner_level=1):
        await until(lambda: emulator.readers.count(HUB, "views", "0") == 1)

        assert await has_group(clients, HUB, "views")
        assert not await has_group(clients, HUB, "nobody")


async def test_a_probe_that_is_refused_for_another_reason_says_so(emulator: Emulator) -> None:
    from azure.eventhub.exceptions import EventHubError

    emulator.faults.refused_tokens = Switch(rate=1)

    with pytest.raises(EventHubError):
        await has_group(
            Clients(Account(connection_string=emulator.connection_string)), HUB, "views"
        )


class HandIdentity:
    """A managed identity that is always believed."""

    def __init__(self) -> None:
        self.scopes: list[str] = []
        self.is_closed = False

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken("a web token", 4_000_000_000)

    async def close(self) -> None:
        self.is_closed = True


async def test_an_identity_signs_in_where_there_is_no_key(
    emulator: Emulator, clock: StillClock
) -> None:
    identity: Any = HandIdentity()
    account = Account(namespace=emulator.address, is_encrypted=False)
    events = EventHubsEvents(Clients(account, identity), clock)

    await events.publish(HUB, "o-1", [created("o-1", 1)])
    await events.close()

    assert numbers(emulator) == [1]
    assert set(identity.scopes) == {"https://eventhubs.azure.net//.default"}
    assert identity.is_closed


async def test_no_token_of_an_identity_goes_out_in_the_clear() -> None:
    identity: Any = HandIdentity()
    spoken = []
    for account in (Account(namespace="n.net"), Account(namespace="here", is_encrypted=False)):
        client: Any = Clients(account, identity).producer(HUB)
        spoken.append((client._config.use_tls, client._config.hostname))
        await client.close()

    assert spoken == [(True, "n.net"), (False, "here")]


async def test_the_identity_is_the_named_one_or_is_looked_for() -> None:
    for account, kind in (
        (
            Account(namespace="n.servicebus.windows.net", client_id="c-1"),
            "ManagedIdentityCredential",
        ),
        (Account(namespace="n.servicebus.windows.net"), "DefaultAzureCredential"),
    ):
        clients = Clients(account)
        client = clients.producer(HUB)

        assert type(clients._credential).__name__ == kind
        await client.close()
        await clients.close()


def test_the_namespace_is_what_the_triggers_connection_says() -> None:
    named = {"EVENT_HUBS__fullyQualifiedNamespace": "n.net", "EVENT_HUBS__clientId": "c"}

    assert account_of({}) is None
    assert account_of(named) == Account(namespace="n.net", client_id="c")
    assert account_of({"EVENT_HUBS": STRING}) == Account(STRING)
    assert "Endpoint" not in repr(account_of({"EVENT_HUBS": STRING}))


NAMESPACE = "EVENT_HUBS__fullyQualifiedNamespace"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"EVENT_HUBS": "n.net"}, "EVENT_HUBS is no connection string: it has no Endpoint"),
        ({"EVENT_HUBS": "Endpoint=sb://h"}, "it has no SharedAccessKeyName, SharedAccessKey"),
        ({"EVENT_HUBS": f"{STRING};EntityPath=order-events"}, "EVENT_HUBS is of one hub"),
        ({"EVENT_HUBS": STRING, NAMESPACE: "n.net"}, f"EVENT_HUBS and {NAMESPACE} are both set"),
        ({NAMESPACE: "sb://n.net/"}, f"{NAMESPACE} is no host name: 'sb://n.net/'"),
        ({"EVENT_HUBS__clientId": "c"}, f"{NAMESPACE} is missing"),
    ],
)
def test_half_a_namespace_is_an_error_that_names_the_rest(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        account_of(given)


def test_no_sdk_is_read_before_an_end_is_used() -> None:
    program = (
        "import sys, local.background\n"
        "from adapters.embedded.clock import SystemClock\n"
        "from adapters.eventhubs.account import Account\n"
        "from adapters.eventhubs.events import event_hubs\n"
        "event_hubs(Account('Endpoint=sb://h'), SystemClock())\n"
        "print([name for name in sys.modules if name.startswith(('azure.eventhub', 'azure.identity'))])\n"
    )

    run = subprocess.run(  # noqa: S603 - this interpreter, on our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout == "[]\n"
