"""The store, measured."""

from typing import Any

import pytest

from adapters.telemetry.store import SLOW_SECONDS, WatchedStore
from domain.access import Trace, system
from domain.setting import Setting
from domain.stock import STOCK_ID, Stock
from tests.listening import Listener
from usecases.meter import begin, charge, count
from usecases.ports.store import Change, Committed, Page, Query, StoreBusy, Take, VersionConflict
from usecases.ports.telemetry import Attributes

BY = system("test", Trace(correlation_id="c", causation_id="r"))
SETTING = Setting(id="returns", scope="flags", value="on")
READ = {
    "db.system.name": "azure.cosmosdb",
    "db.collection.name": Setting.container,
    "db.operation.name": "read_item",
}
TAKE = Take(Stock, STOCK_ID, "MUG", "available", 1)


class Charging:
    """A store that charges two units and a half for everything; ``fault`` is raised."""

    def __init__(self, fault: Exception | None = None) -> None:
        self._fault = fault

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return self._charged(None)

    async def find(self, kind: type[Any], query: Any) -> Any:
        return self._charged(Page(()))

    async def commit(self, change: Change) -> Committed:
        committed: Committed = self._charged(Committed())
        return committed

    def _charged(self, answer: Any) -> Any:
        count()
        charge(2.5)
        if self._fault:
            raise self._fault
        return answer


class Ear:
    """Notes what is measured."""

    is_on = True

    def __init__(self) -> None:
        self.heard: list[tuple[str, float, dict[str, Any]]] = []
        self.calls: list[tuple[str, float, dict[str, Any], str]] = []
        self.span = Listener().telemetry.span

    def past_call(self, name: str, seconds: float, attributes: Attributes, reason: str) -> None:
        self.calls.append((name, seconds, dict(attributes), reason))

    def measure(self, metric: Any, amount: float, attributes: Attributes | None = None) -> None:
        self.heard.append((metric.name, amount, dict(attributes or {})))


def watched(inner: Any, ear: Ear, each_seconds: float = 0.25) -> WatchedStore:
    """The store, each operation of which takes so long."""
    times = iter(count * each_seconds for count in range(100))
    return WatchedStore(inner, ear, times.__next__, "azure.cosmosdb")


async def test_each_operation_tells_its_time_and_its_charge() -> None:
    ear = Ear()
    store, meter = watched(Charging(), ear), begin()

    await store.get(Setting, "returns", "flags")
    await store.find(Setting, Query("flags"))
    await store.commit(Change(by=BY, puts=(SETTING,)))
    await store.commit(Change(by=BY, takes=(TAKE,)))

    settings, stock = Setting.container, Stock.container
    done = [("read_item", settings), ("query_items", settings), ("execute_batch", settings)]
    expected: list[tuple[str, float, dict[str, Any]]] = []
    for operation, container in [*done, ("execute_batch", stock)]:
        where = {"db.collection.name": container, "db.operation.name": operation}
        system_ = {"db.system.name": "azure.cosmosdb"}
        expected.append(("db.client.operation.duration", 0.25, where | system_))
        expected.append(("azure.cosmosdb.client.operation.request_charge", 2.5, where))
    assert ear.heard == expected
    assert ear.calls == []
    assert (meter.operations, meter.request_units) == (4, 10.0)


async def test_what_fails_is_measured_too() -> None:
    ear = Ear()
    store, meter = watched(Charging(StoreBusy("away")), ear), begin()

    with pytest.raises(StoreBusy):
        await store.get(Setting, "returns", "flags")

    assert [name for name, _, _ in ear.heard] == [
        "db.client.operation.duration",
        "azure.cosmosdb.client.operation.request_charge",
    ]
    assert ear.heard[0][2] == {**READ, "error.type": "StoreBusy"}
    assert ear.calls == [(f"read_item {Setting.container}", 0.25, READ, "StoreBusy")]
    assert (meter.operations, meter.request_units) == (1, 2.5)


async def test_a_conflict_is_an_answer_and_no_failure() -> None:
    ear = Ear()
    store = watched(Charging(VersionConflict("changed", "returns")), ear)

    with pytest.raises(VersionConflict):
        await store.get(Setting, "returns", "flags")

    assert (ear.heard[0][2], ear.calls) == (READ, [])


async def test_an_operation_that_is_slow_is_told_by_itself() -> None:
    ear = Ear()

    await watched(Charging(), ear, SLOW_SECONDS).get(Setting, "returns", "flags")

    assert ear.calls == [(f"read_item {Setting.container}", SLOW_SECONDS, READ, "")]
