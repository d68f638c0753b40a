"""The shop of a process, opened by its first call: until then no end of any port is even imported."""

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usecases.shop import Shop  # whose ports know every model of the shop


class Opening:
    """Opens the shop on the first call and gives the same one ever after."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._shop: Shop | None = None
        self._lock = asyncio.Lock()

    async def __call__(self) -> "Shop":
        """The shop of this process. Raises ``BadSettings``."""
        if self._shop is None:
            async with self._lock:
                self._shop = self._shop or _opened(self._environment)
        return self._shop

    async def close(self) -> None:
        """Close the shop, where it was opened."""
        if self._shop is not None:
            from adapters.wiring import close  # noqa: PLC0415 - loaded already, with the shop

            await close(self._shop)


def _opened(environment: Mapping[str, str]) -> "Shop":
    from adapters.wiring import configured_shop  # noqa: PLC0415 - the ends, loaded with the first call

    return configured_shop(environment)
