"""Whether a consumer group is there: who reads in one that is not waits for ever and is never told."""

from typing import TYPE_CHECKING, Any

from adapters.eventhubs.clients import Clients

if TYPE_CHECKING:
    from azure.eventhub.exceptions import EventHubError

_PROBED = "0"  # every hub has a partition of that name
_NOT_FOUND = "amqp:not-found"
_OCCUPIED = "amqp:link:stolen"


async def has_group(clients: Clients, hub: str, group: str) -> bool:
    """Whether the hub has the group, tried by opening a reader. Raises the SDK's ``EventHubError``.

    Only a reader's own opening says why it was refused; the public ``receive`` tries again without end
    (azure-sdk-for-python issue 27137), hence the two names with an underscore.
    """
    from azure.eventhub.exceptions import EventHubError  # noqa: PLC0415 - the SDK is read when it is used

    client: Any = clients.consumer(hub, group, retry_total=0, retry_backoff_factor=0)
    reader = client._create_consumer(group, _PROBED, "@latest", _ignore)
    try:
        await reader._open_with_retry()
    except EventHubError as fault:
        return _is_there_after_all(fault)
    finally:
        await reader.close()
        await client.close()
    return True


def _is_there_after_all(fault: "EventHubError") -> bool:
    """A reader with an epoch keeps us out, which says enough; what is neither is not for us to judge."""
    if _NOT_FOUND in str(fault):
        return False
    if _OCCUPIED in str(fault):
        return True
    raise fault


async def _ignore(_: Any) -> None:
    """A probe that is opened and closed gets no events."""
