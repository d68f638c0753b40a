"""What the address of a link names, and who may attach to it."""

from typing import Any
from urllib.parse import unquote, urlparse

from tools.eventhubs_emulator import positions
from tools.eventhubs_emulator.faults import Faults
from tools.eventhubs_emulator.hubs import Hub, Namespace, Partition, Refusal
from tools.eventhubs_emulator.performatives import Attach
from tools.eventhubs_emulator.readers import Reader
from tools.eventhubs_emulator.values import text

CBS = "$cbs"
MANAGEMENT = "$management"

_EPOCH = "com.microsoft:epoch"
_METRICS = "com.microsoft:enable-receiver-runtime-metric"


def field(terminus: Any, number: int) -> Any:
    """A field of a source or target; ``None`` where it was left out."""
    fields = terminus.value if terminus is not None else []
    return fields[number] if number < len(fields) else None


def address_of(attach: Attach) -> str:
    """The path that the client wants to receive from or send to."""
    address = text(field(attach.source if attach.role else attach.target, 0) or "")
    return (urlparse(address).path if "://" in address else address).strip("/")


def target_of(namespace: Namespace, address: str) -> tuple[Hub, Partition | None]:
    """The hub, and perhaps the partition, that is sent to. Raises ``Refusal``."""
    hub_name, *rest = (unquote(part) for part in address.split("/"))
    hub = namespace.hub(hub_name)
    if not rest:
        return hub, None
    if len(rest) == 2 and rest[0].lower() == "partitions":
        return hub, hub.partition(rest[1])
    raise Refusal("amqp:not-found", f"The messaging entity '{address}' could not be found.")


def reader_of(namespace: Namespace, attach: Attach, faults: Faults) -> Reader:
    """A reader at the place that the attach asks for. Raises ``Refusal``."""
    address = address_of(attach)
    hub_name, *rest = (unquote(part) for part in address.split("/"))
    hub = namespace.hub(hub_name)
    if len(rest) != 4 or (rest[0].lower(), rest[2].lower()) != ("consumergroups", "partitions"):
        raise Refusal("amqp:not-allowed", f"'{address}' cannot be received from.")
    group = rest[1].lower()
    if group not in hub.groups:
        why = f"The messaging entity '{hub.name}:{rest[1]}' could not be found."
        raise Refusal("amqp:not-found", why)
    partition = hub.partition(rest[3])
    start = positions.first_sequence(partition, positions.selector(field(attach.source, 7)))
    epoch = (attach.properties or {}).get(_EPOCH)
    return Reader(hub, group, partition, faults, start, epoch, _METRICS in _wishes(attach))


def _wishes(attach: Attach) -> list[str]:
    wished = attach.desired_capabilities or []
    return [text(one) for one in (wished if isinstance(wished, list) else [wished])]
