"""The SDK's clients for a namespace. The SDK is read when the first one is built: it costs a cold start."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from adapters.eventhubs.account import Account

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.eventhub.aio import CheckpointStore, EventHubConsumerClient, EventHubProducerClient

_RETRY_OURSELVES: Final[Mapping[str, Any]] = {"retry_total": 0, "retry_backoff_factor": 0}
"""We repeat, by our clock. Told this, the SDK tries a failed send once more, at once and in any case."""


class Clients:
    """Builds clients that share one identity; ``credential`` is the account's own unless it is given."""

    def __init__(self, account: Account, credential: "AsyncTokenCredential | None" = None) -> None:
        self._account, self._credential = account, credential

    def producer(self, hub: str) -> "EventHubProducerClient":
        """A client that sends to this hub and fails at once."""
        from azure.eventhub.aio import EventHubProducerClient  # noqa: PLC0415 - see above

        kind: Any = EventHubProducerClient
        made: EventHubProducerClient = self._made(kind, eventhub_name=hub, **_RETRY_OURSELVES)
        return made

    def consumer(
        self, hub: str, group: str, store: "CheckpointStore | None" = None, **options: Any
    ) -> "EventHubConsumerClient":
        """A client that reads this hub in this group; ``options`` are the SDK's."""
        from azure.eventhub.aio import EventHubConsumerClient  # noqa: PLC0415 - see above

        kind: Any = EventHubConsumerClient
        made: EventHubConsumerClient = self._made(
            kind, eventhub_name=hub, consumer_group=group, checkpoint_store=store, **options
        )
        return made

    async def close(self) -> None:
        """Let go of the identity; clients are closed by who had them built."""
        if self._credential is not None:
            await self._credential.close()

    def _made(self, kind: Any, **options: Any) -> Any:
        if text := self._account.connection_string:
            return kind.from_connection_string(text, **options)
        return kind(
            fully_qualified_namespace=self._account.namespace,
            credential=self._identity(),
            use_tls=self._account.is_encrypted,
            **options,
        )

    def _identity(self) -> "AsyncTokenCredential":
        if self._credential is None:
            self._credential = _identity_of(self._account.client_id)
        return self._credential


def _identity_of(client_id: str) -> "AsyncTokenCredential":
    from azure.identity import aio  # noqa: PLC0415 - see above

    if client_id:
        return aio.ManagedIdentityCredential(client_id=client_id)
    return aio.DefaultAzureCredential()
