"""Readers of partitions, and which of them may read: epochs.

Source: "Event receivers and epochs" of the Event Hubs documentation; five readers without an epoch are the
quota of a partition and group.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

from tools.eventhubs_emulator import encode
from tools.eventhubs_emulator.faults import Faults
from tools.eventhubs_emulator.hubs import Hub, Partition, Refusal, Stored
from tools.eventhubs_emulator.message import DELIVERY_ANNOTATIONS

STOLEN = "amqp:link:stolen"
MOST_WITHOUT_EPOCH = 5


class Reading(Protocol):
    """The link of a reader, which can be taken away from it."""

    def end(self, condition: str, why: str) -> None:
        """Tell the client that it no longer reads."""


@dataclass(eq=False)
class Reader:
    """A place in a partition from which events are taken one by one."""

    hub: Hub
    group: str
    partition: Partition
    faults: Faults
    next_sequence: int
    epoch: int | None = None
    with_metrics: bool = False
    _was_repeated: bool = False

    def take(self) -> bytes | None:
        """The next message; ``None`` when there is none yet, or its hub is held."""
        if self.hub.name in self.faults.held:
            return None
        self.next_sequence = max(self.next_sequence, self.partition.first_sequence)
        event = self.partition.at(self.next_sequence)
        if event is None:
            return None
        self._was_repeated = self._repeats()
        self.next_sequence += not self._was_repeated
        last = self.partition.last
        return (_metrics(last) if self.with_metrics and last else b"") + event.message

    def _repeats(self) -> bool:
        return not self._was_repeated and self.faults.redelivered.strikes(self.faults.random)


class Readers:
    """Who reads what: by hub, group and partition."""

    def __init__(self) -> None:
        self._readings: dict[tuple[str, str, str], list[tuple[Reader, Reading]]] = defaultdict(list)

    def count(self, hub: str, group: str, partition: str) -> int:
        """How many read that partition in that group."""
        return len(self._readings[hub, group.lower(), partition])

    def join(self, reader: Reader, reading: Reading) -> None:
        """Let it read, and end those with a lower epoch or none. Raises ``Refusal``."""
        others = self._readings[_place(reader)]
        epochs = [each.epoch for each, _ in others if each.epoch is not None]
        _refuse_beside(reader.epoch, max(epochs, default=None), len(others))
        if reader.epoch is not None:
            why = f"New receiver with higher epoch of '{reader.epoch}' is created"
            for _, other in tuple(others):
                other.end(STOLEN, why)
        self._readings[_place(reader)].append((reader, reading))

    def leave(self, reader: Reader) -> None:
        """It reads no more."""
        place = _place(reader)
        self._readings[place] = [each for each in self._readings[place] if each[0] is not reader]


def _refuse_beside(epoch: int | None, highest: int | None, others: int) -> None:
    if highest is not None and (epoch is None or epoch < highest):
        raise Refusal(STOLEN, f"A receiver with a higher epoch '{highest}' already exists.")
    if epoch is None and others >= MOST_WITHOUT_EPOCH:
        why = f"Exceeded the maximum number of allowed receivers: {MOST_WITHOUT_EPOCH}"
        raise Refusal("amqp:resource-limit-exceeded", why)


def _place(reader: Reader) -> tuple[str, str, str]:
    return (reader.hub.name, reader.group, reader.partition.id)


def _metrics(last: Stored) -> bytes:
    facts = {
        encode.symbol("last_enqueued_sequence_number"): encode.long(last.sequence),
        encode.symbol("last_enqueued_offset"): encode.string(str(last.offset)),
        encode.symbol("last_enqueued_time_utc"): encode.timestamp(last.enqueued_ms),
        encode.symbol("runtime_info_retrieval_time_utc"): encode.timestamp(last.enqueued_ms),
    }
    return encode.described(DELIVERY_ANNOTATIONS, encode.map_of(facts))
