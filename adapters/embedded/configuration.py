"""Settings as documents in the store; each change is one audited commit."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from adapters.refreshed import Pace, Refreshed
from domain.access import Caller
from domain.setting import Setting
from usecases.ports.clock import Clock
from usecases.ports.configuration import FRESH_SECONDS
from usecases.ports.store import MOST_ON_A_PAGE, Change, Query, Store

SCOPE: Final = "config"
PACE: Final = Pace(
    fresh=timedelta(seconds=FRESH_SECONDS), stale=timedelta.max, rest=timedelta(seconds=5)
)
"""An old value is better than none for as long as the process lives."""


class StoreConfiguration:
    """The settings in the store. It needs the store itself, not the counted one: no caller pays for reading them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._values = Refreshed(self._read, clock, PACE)

    async def read(self) -> Mapping[str, str]:
        """Every value; one operation in half a minute."""
        return await self._values.get()

    async def put(self, by: Caller, key: str, value: str, *, repeats: bool = False) -> None:
        """Write the document; one that says so already only if the change ``repeats`` what was undone elsewhere."""
        there = await self._store.get(Setting, key, SCOPE)
        if there is not None and there.value == value and not repeats:
            return
        fresh = there.but(value=value) if there else Setting(id=key, scope=SCOPE, value=value)
        await self._store.commit(Change(by=by, puts=(fresh,)))
        self._values.doubt()

    async def _read(self) -> Mapping[str, str]:
        page = await self._store.find(Setting, Query(SCOPE, limit=MOST_ON_A_PAGE))
        return {each.id: each.value for each in page.items}
