"""Hubs, partitions and what is kept in them. No network here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import time
from zlib import crc32

from tools.eventhubs_emulator import encode, message

MOST_MESSAGE_BYTES = 1024 * 1024
"""A transfer of the standard tier may be that large, a batch included."""

RETENTION_SECONDS = 3600.0
"""How long an event can be read; the same hour as in Microsoft's emulator."""

DEFAULT_GROUP = "$Default"

type Milliseconds = Callable[[], int]
type Waiter = Callable[[], None]


class Refusal(Exception):
    """What the service would refuse: an AMQP error condition, and why."""

    def __init__(self, condition: str, why: str) -> None:
        super().__init__(f"{condition}: {why}")
        self.condition, self.why = condition, why


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it lies in its partition, with the message that every reader gets."""

    sequence: int
    offset: int
    enqueued_ms: int
    message: bytes


def now_ms() -> int:
    """Milliseconds since 1970."""
    return int(time() * 1000)


class Partition:
    """A log of events; ``waiters`` are called when there is news."""

    def __init__(self, id: str, retention_seconds: float = RETENTION_SECONDS) -> None:
        self.id = id
        self._retention_ms = retention_seconds * 1000
        self.events: list[Stored] = []
        self.first_sequence = 0
        self.last: Stored | None = None
        self.waiters: set[Waiter] = set()
        self._next_offset = 0

    @property
    def next_sequence(self) -> int:
        """What the next event will be called."""
        return self.first_sequence + len(self.events)

    def append(self, body: bytes, key: str | None, moment: int) -> None:
        """Keep one message, and let go of what is too old."""
        annotations = {
            "x-opt-sequence-number": encode.long(self.next_sequence),
            "x-opt-offset": encode.string(str(self._next_offset)),
            "x-opt-enqueued-time": encode.timestamp(moment),
        }
        if key is not None:
            annotations[message.PARTITION_KEY] = encode.string(key)
        kept = message.annotated(body, annotations)
        self.last = Stored(self.next_sequence, self._next_offset, moment, kept)
        self._next_offset += -(-len(kept) // 8) * 8
        self.events.append(self.last)
        self._trim_older_than(moment - self._retention_ms)

    def trim(self, keep: int) -> list[Stored]:
        """Let go of all but the last ``keep`` events, as retention does when nobody read in time; what is gone."""
        count = max(0, len(self.events) - keep)
        gone = self.events[:count]
        del self.events[:count]
        self.first_sequence += count
        return gone

    def at(self, sequence: int) -> Stored | None:
        """The event of that number, which must not be trimmed; ``None`` where it is yet to come."""
        index = sequence - self.first_sequence
        return self.events[index] if index < len(self.events) else None

    def wake(self) -> None:
        """Tell the waiters."""
        for waiter in tuple(self.waiters):
            waiter()

    def _trim_older_than(self, moment: float) -> None:
        kept = next((n for n, one in enumerate(self.events) if one.enqueued_ms >= moment), 0)
        if kept:
            self.trim(len(self.events) - kept)


@dataclass
class Hub:
    """A hub: its partitions for ever, its consumer groups by their names in lower case."""

    name: str
    partition_count: int = 4
    groups: Sequence[str] = ()
    retention_seconds: float = RETENTION_SECONDS
    clock: Milliseconds = now_ms
    partitions: list[Partition] = field(init=False)
    created_ms: int = field(init=False)
    _turn: int = 0

    def __post_init__(self) -> None:
        numbers = range(self.partition_count)
        self.partitions = [Partition(str(number), self.retention_seconds) for number in numbers]
        self.groups = tuple(group.lower() for group in (*self.groups, DEFAULT_GROUP))
        self.created_ms = self.clock()

    def partition(self, id: str) -> Partition:
        """The partition of that id. Raises ``Refusal``."""
        for partition in self.partitions:
            if partition.id == id:
                return partition
        why = f"The specified partition is invalid for hub {self.name}: {id}"
        raise Refusal("com.microsoft:argument-out-of-range", why)

    def publish(self, body: bytes, format: int, partition: Partition | None) -> None:
        """Keep one transfer, a message or a batch, in one partition. Raises ``Refusal``."""
        if len(body) > MOST_MESSAGE_BYTES:
            why = f"{len(body)} bytes are more than {MOST_MESSAGE_BYTES}"
            raise Refusal("amqp:link:message-size-exceeded", why)
        key = message.partition_key(body)
        into, moment = partition or self._route(key), self.clock()
        for each in message.events_of(body, format):
            into.append(each, key, moment)
        into.wake()

    def _route(self, key: str | None) -> Partition:
        if key is None:
            self._turn += 1
        number = self._turn if key is None else crc32(key.encode())
        return self.partitions[number % self.partition_count]


class Namespace:
    """Hubs by name, upper and lower case alike."""

    def __init__(self, hubs: Sequence[Hub]) -> None:
        self._hubs = {hub.name.lower(): hub for hub in hubs}

    @property
    def hubs(self) -> list[Hub]:
        """All of them."""
        return list(self._hubs.values())

    def hub(self, name: str) -> Hub:
        """The hub of that name. Raises ``Refusal``."""
        if found := self._hubs.get(name.lower()):
            return found
        raise Refusal("amqp:not-found", f"The messaging entity '{name}' could not be found.")
