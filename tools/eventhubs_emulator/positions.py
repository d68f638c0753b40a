"""Where a reader begins: the selector that it attaches with."""

import re
from collections.abc import Mapping
from operator import ge, gt
from typing import Any

from tools.eventhubs_emulator.hubs import Partition, Refusal
from tools.eventhubs_emulator.values import Described, text

_SELECTOR = re.compile(
    r"amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time) *(>=?) *'(@latest|-?\d+)'"
)
_FIELDS = {"offset": "offset", "sequence-number": "sequence", "enqueued-time": "enqueued_ms"}
_START = "-1"


def selector(filters: Mapping[Any, Any] | None) -> str | None:
    """The selector among a source's filters."""
    for name, value in (filters or {}).items():
        if "selector-filter" in text(name):
            return text(value.value if isinstance(value, Described) else value)
    return None


def first_sequence(partition: Partition, asked: str | None) -> int:
    """The number of the first event that fits the selector. Raises ``Refusal``."""
    if asked is None:
        return partition.first_sequence
    found = _SELECTOR.fullmatch(asked.strip())
    if found is None:
        raise Refusal("amqp:invalid-field", f"The filter cannot be read: {asked}")
    name, comparison, value = found.groups()
    if value == "@latest":
        return partition.next_sequence
    if name == "offset" and value == _START:
        return partition.first_sequence
    fits, limit = (ge if comparison == ">=" else gt), int(value)
    events = partition.events
    fitting = (each.sequence for each in events if fits(getattr(each, _FIELDS[name]), limit))
    return next(fitting, partition.next_sequence)
