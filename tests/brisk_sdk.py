"""The Event Hubs SDK without its long naps: it looks every 50 ms whether a link is open, and naps a second to close.

On a socket of this machine that is nine tenths of a test's time. And its sockets: it leaves one to the
garbage collector when a token is refused or opening is cut short, which must not fail a later test.
"""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_MODULES = (
    "azure.eventhub.aio._client_base_async",
    "azure.eventhub.aio._eventprocessor.event_processor",
    "azure.eventhub.aio._transport._pyamqp_transport_async",
    "azure.eventhub._pyamqp.aio._client_async",
)
_SHORTER = 10


class _Brisk:
    """The module ``asyncio`` for the SDK, with shorter naps."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float, result: Any = None) -> Any:
        """Nap for a tenth of that."""
        return await asyncio.sleep(seconds / _SHORTER, result)


@contextmanager
def brisk_sdk() -> Iterator[None]:
    """Let the SDK nap for a tenth of what it wants."""
    with pytest.MonkeyPatch.context() as patch:
        for module in _MODULES:
            patch.setattr(f"{module}.asyncio", _Brisk())
        yield


LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The mark of tests in which the SDK leaves sockets to the garbage collector."""


def collect_leaks() -> None:
    """Let the garbage collector have what the SDK left to it, without a word, before the next module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
