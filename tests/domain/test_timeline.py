"""What happened to an order."""

from domain.timeline import TimelineEntry, entry_id
from tests.domain.samples import NOON


def test_the_same_cause_makes_one_entry_for_each_actor() -> None:
    ids = {entry_id("o-1", actor, "e-1") for actor in ("orders", "payment", "orders")}

    assert ids == {"step:o-1:orders:e-1", "step:o-1:payment:e-1"}


def test_an_entry_lies_beside_its_order_and_sorts_by_its_moment() -> None:
    entry = TimelineEntry(
        id=entry_id("o-1", "orders", "e-1"),
        user_id="g-1",
        order_id="o-1",
        actor="orders",
        cause="InventoryReserved",
        cause_id="e-1",
        state="pending",
        created_at=NOON,
    )

    assert (entry.container, entry.partition, entry.published) == ("Orders", "g-1", ())
    assert entry.document()["created_at"] == "2026-01-25T12:00:00.000000Z"
