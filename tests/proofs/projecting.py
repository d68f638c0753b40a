"""The audit is brought together while others write, by two at once, and by one that dies at any moment."""

from collections.abc import Mapping
from typing import Any

from domain.audit import AuditEntry, broken_links
from domain.stock import STOCK_ID, Stock
from tests.adapters.embedded.fixtures import finish
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.steps import cut_off
from tests.proofs.world import CLERK, World, clockwork
from usecases.ports.store import Change
from usecases.projecting import project
from usecases.shop import Shop


def projecting(shop: Shop) -> Any:
    """The timer's run."""
    return project(shop, clockwork("project_audit"))


async def counting_in(shop: Shop) -> None:
    """One mug more on the shelf."""
    stock = await shop.store.get(Stock, STOCK_ID, "mug")
    assert stock is not None
    await shop.store.commit(Change(by=CLERK, puts=(stock.adjusted(1, shop.clock.now()),)))


def stocked() -> World:
    """A shop in which mugs were put on sale: three audit records wait, two of them in one partition."""
    world = World()
    world.offer("mug", 1)
    finish(counting_in(world.shop("clerk")))
    return world


def projected_twice() -> Scenario:
    """Two timers at once, and somebody who changes the stock meanwhile: each record is there once."""
    clients: dict[str, Client] = {"first": projecting, "second": projecting, "clerk": counting_in}
    return Scenario("projected twice", stocked(), clients, check, _finally)


def survived() -> int:
    """Cut the run off after each of its port calls, and run it again; how many crashes that were."""
    world = stocked()
    begin, calls = world.moment(), 0
    while True:
        world.back_to(begin)
        is_whole = not cut_off(projecting(world.stepped("dying")), calls)
        check(world)
        finish(projecting(world.shop("next")))
        check_all_is_there(world)
        if is_whole:
            return calls
        calls += 1


def check(world: World) -> None:
    """No record says that it was brought while it was not, and none is there that nobody wrote."""
    entries = {entry["id"] for entry in world.documents(AuditEntry.kind)}
    records = world.documents("audit")
    brought = {record["id"] for record in records if "projected_at" in record}
    assert brought <= entries <= {record["id"] for record in records}


def check_all_is_there(world: World) -> None:
    """Every record was brought, once, and its chain holds where it was brought to."""
    records, entries = world.documents("audit"), world.documents(AuditEntry.kind)
    assert not [record for record in records if "waiting_since" in record], "some still wait"
    told = sorted((record["id"], record["hash"]) for record in records)
    assert sorted((entry["id"], entry["hash"]) for entry in entries) == told
    for entity in {_entity(entry) for entry in entries}:
        chain = [AuditEntry.of_document(each, "1") for each in entries if _entity(each) == entity]
        assert list(broken_links(chain)) == []


def _entity(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return entry["source"], entry["place"], entry["entity_type"], entry["entity_id"]


def _finally(world: World, ends: Outcomes) -> None:
    assert [end.error for end in ends.values()] == [None] * 3
    finish(projecting(world.shop("next")))
    check_all_is_there(world)
