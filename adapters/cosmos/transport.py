"""The SDK's transport, made honest about writes whose outcome nobody knows. Importing it imports the SDK.

azure-core 1.41 calls every failure of a connection a ``ServiceRequestError`` ("the request was not sent"),
also one that broke after the request had gone out, and azure-cosmos 4.17 therefore sends a batch again
that may have been applied: what was taken from a stock would be taken twice. So a batch that fails on
the wire is reported as what it is, by an error that nothing retries. A connection that was refused did
carry nothing and keeps its name.

And it waits out whatever pause a throttled answer asks for, since its budget counts only the pauses before: so a
pause is cut to the budget.
"""

from typing import Any, Final

from aiohttp.client_exceptions import ClientConnectorError
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport

from adapters.cosmos.errors import THROTTLED

_IS_BATCH: Final = "x-ms-cosmos-is-batch-request"
_PAUSE: Final = "x-ms-retry-after-ms"
_UNAVAILABLE: Final = 503


class UnknownOutcome(AzureError):
    """A write got no answer: it may have happened."""


class CarefulTransport(AioHttpTransport):  # type: ignore[misc]  # azure-core exports it lazily, untyped
    """Sends every batch once, and lets nobody pause for longer than the budget that it is built with."""

    def __init__(self, *, longest_pause_seconds: float) -> None:
        super().__init__()
        self._longest_pause_ms = longest_pause_seconds * 1000

    async def send(self, request: Any, **config: Any) -> Any:
        """The answer. Raises ``UnknownOutcome`` for a batch, else what the SDK's transport raises."""
        is_batch = _IS_BATCH in request.headers
        try:
            response = await super().send(request, **config)
        except (ServiceRequestError, ServiceResponseError) as error:
            if is_batch and not isinstance(error.inner_exception, ClientConnectorError):
                raise UnknownOutcome(f"no answer to a write: {error}", error=error) from error
            raise
        if is_batch and response.status_code == _UNAVAILABLE:
            raise UnknownOutcome("the service became unavailable under a write")
        if response.status_code == THROTTLED and _PAUSE in response.headers:
            pause = min(float(response.headers[_PAUSE]), self._longest_pause_ms)
            response.headers[_PAUSE] = str(round(pause))
        return response
