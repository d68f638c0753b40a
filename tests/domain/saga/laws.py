"""What must hold in every reachable world, and what must hold where it has come to rest."""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from domain.saga import Facets, Limits, Signal, Status, has_left, settled, status
from tests.domain.saga.multiverse import Multiverse
from tests.domain.saga.scenario import CARRIER_FACTS, DELIVERED, READERS, Case, Faults
from tests.domain.saga.world import Broken, Counts, World

MAX_DECLINES: Final = Limits().max_declines


class End(NamedTuple):
    """How an order ends: what the customer and the shop see."""

    status: str
    reason: str
    ticket: str


def must(holds: bool, law: str, multiverse: Multiverse, world: World) -> None:
    """Raise ``Broken`` with the world in words when a law does not hold."""
    if not holds:
        raise Broken(f"{law}\n{multiverse.decisions.describe(world)}")


def check_always(multiverse: Multiverse, world: World) -> None:
    """Safety: nothing irreversible is ever done twice, too early, or without its counterpart."""
    broken = broken_law(world.counts, world.outside.goods_left)
    must(not broken, broken, multiverse, world)
    order = multiverse.order(world)
    if order.cancel or order.attempt:
        _check_order(multiverse, world, order)


@cache
def broken_law(done: Counts, goods_left: int) -> str:
    """The first law that these effects break; '' when they keep all."""
    laws = {
        "an effect was done twice": max(done) <= 1,
        "a hold was both freed and sold": done.release + done.sell <= 1,
        "stock was corrected that had not been freed": done.correct <= done.release,
        "more was refunded than taken": done.refund <= done.charge,
        "a label was voided that was never bought": done.void <= done.label,
        "stock moved and the goods did not": done.sell + done.correct <= goods_left,
        "charged or sold what was not held": done.reserve >= max(done.charge, done.sell),
        "a label was bought for an unpaid order": done.charge >= done.label,
    }
    return next((law for law, kept in laws.items() if not kept), "")


def _check_order(multiverse: Multiverse, world: World, order: Facets) -> None:
    by_customer = order.cancel == "customer" and has_left(order)
    must(
        not by_customer or bool(order.ticket),
        "cancelled and shipped, and nobody knows",
        multiverse,
        world,
    )
    freed_lost = order.cancel == "lost_in_transit" and world.counts.release
    must(not freed_lost, "lost goods were freed", multiverse, world)
    if order.attempt:
        must(
            _may_need_a_nudge(multiverse, order),
            "answered only when asked again",
            multiverse,
            world,
        )


def _may_need_a_nudge(multiverse: Multiverse, order: Facets) -> bool:
    """Without a lost event nobody has to be asked twice, but for a customer who does not pay."""
    case, faults = multiverse.case, multiverse.faults
    silent_network = not order.cancel and (not case.network or case.late)
    return bool(faults.losses) or faults.hasty or silent_network


def check_end(multiverse: Multiverse, world: World) -> End:
    """Liveness: where nothing more will happen, nothing is left half done; returns how the order ended."""
    order = multiverse.order(world)
    done = world.counts
    moved = done.sell + done.correct
    conserved = world.outside.goods_left == moved or delivery_unseen(multiverse, world)
    must(conserved, "the stock does not match what left", multiverse, world)
    authorised = "A" in multiverse.case.network[: world.outside.network_told]
    free_card = not authorised or bool(done.stop or done.charge)
    must(free_card, "an authorisation is left on the card", multiverse, world)
    if order.cancel:
        _check_cancelled(multiverse, world, order)
    elif not order.ticket:
        _check_fulfilled(multiverse, world, order)
    return End(status(order), order.cancel, order.ticket)


def _check_cancelled(multiverse: Multiverse, world: World, order: Facets) -> None:
    done, outside = world.counts, world.outside
    freed_once = done.release + done.sell == 1
    must(done.charge == done.refund and freed_once, "half compensated", multiverse, world)
    parcel = multiverse.word(world, "logistics")
    must(parcel.phase != "scheduled", "a label is still live", multiverse, world)
    must(settled(order), "not settled", multiverse, world)
    someone_knows = bool(order.ticket) or bool(world.parked)
    explained = not outside.goods_left or order.cancel == "lost_in_transit"
    must(explained or someone_knows, "the goods are gone and nobody knows", multiverse, world)
    found = outside.carrier_told > 1
    must(not found or someone_knows, "lost goods were found and nobody knows", multiverse, world)


def _check_fulfilled(multiverse: Multiverse, world: World, order: Facets) -> None:
    under_way = (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED)
    must(status(order) in under_way, "stuck", multiverse, world)
    done = world.counts
    kept = (done.reserve, done.charge, done.label) == (1, 1, 1)
    undone = (done.release, done.refund, done.void) != (0, 0, 0)
    must(kept and not undone, "not what a fulfilled order has done", multiverse, world)
    sold = done.sell == world.outside.goods_left or delivery_unseen(multiverse, world)
    must(sold, "shipped and not sold", multiverse, world)


def delivery_unseen(multiverse: Multiverse, world: World) -> bool:
    """Whether the only word that the goods left is parked for inventory, and no delivery will repeat it."""
    parked_for_inventory = any(READERS[cursor] == "inventory" for cursor, _ in world.parked)
    return parked_for_inventory and DELIVERED not in CARRIER_FACTS[multiverse.case.fate]


def check_ends(case: Case, faults: Faults, ends: Iterable[End], *, cancel: bool) -> None:
    """Confluence: the end follows from outcomes and commands, never from the order of arrival."""
    ends = list(ends)
    got = {(end.status, end.reason) for end in ends}
    wanted = wanted_ends(case)
    allowed = wanted | allowed_ends(case, faults, cancel=cancel)
    if not wanted <= got <= allowed:
        raise Broken(f"ended as {got}, wanted {wanted}, allowed {allowed}")
    tickets = {end.ticket for end in ends}
    if not faults.hasty and not tickets <= allowed_tickets(case, faults):
        raise Broken(f"tickets {tickets}")


def wanted_ends(case: Case) -> set[tuple[str, str]]:
    """The ends that the outcomes alone decide."""
    too_many_declines = case.network.count("D") >= MAX_DECLINES
    payment_failed = ("payment_failed", "payment_failed")
    if not case.inventory:
        failed = {("cancelled", "inventory_failed")}
        return failed | {payment_failed} if too_many_declines else failed
    if not case.payment or too_many_declines:
        return {payment_failed}
    if "A" not in case.network:
        return {("cancelled", "timeout_payment")}
    return {fulfilled_end(case) if case.logistics else ("cancelled", "shipment_failed")}


def fulfilled_end(case: Case) -> tuple[str, str]:
    """The end of an order that the shop could ship."""
    if case.fate in ("lost", "found"):
        return ("cancelled", "lost_in_transit")
    return ("delivered", "") if case.fate == "delivered" else ("shipped", "")


def allowed_ends(case: Case, faults: Faults, *, cancel: bool) -> set[tuple[str, str]]:
    """The ends that a command, a deadline or a lost word may bring instead."""
    allowed = set()
    if cancel:
        allowed.add(("cancelled", "customer"))
    if case.late:
        allowed.add(("cancelled", "timeout_payment"))
    if faults.hasty:
        allowed |= {("cancelled", f"timeout_{at}") for at in ("inventory", "payment", "shipment")}
    if case.aside:
        allowed.add(("cancelled", aside_reason(case.aside)))
    if faults.losses and fulfilled_end(case) in wanted_ends(case):
        allowed |= _ends_after_a_loss(case)
    return allowed


def aside_reason(aside: Signal) -> str:
    """Why an order ends by a word that nobody had asked for."""
    return aside.reason or "payment_refunded"


def _ends_after_a_loss(case: Case) -> set[tuple[str, str]]:
    """A carrier's word may be the one that was lost."""
    allowed = {("shipped", "")}
    if case.scanned:
        allowed.add(("cancelled", "shipment_failed"))
    if case.fate == "found":
        allowed.add(("delivered", ""))
    return allowed


def allowed_tickets(case: Case, faults: Faults) -> set[str]:
    """The tickets that a person may be given; without a reason nobody is called."""
    if case.aside:
        return {"", f"{aside_reason(case.aside)}_after_shipping"}
    if case.fate == "found":
        return {"", "delivered_after_loss"}
    if case.scanned:
        return {"", "shipped_after_cancel"}
    return {""}
