"""Cards: nobody pays twice, nobody pays for nothing, and our books say what the network's say."""

from collections.abc import Iterator

from adapters.embedded.card_rules import CardPayment
from domain.ledger import LedgerEntry
from domain.order import Order
from tools.audit.books import OVER, Books, grouped


def faults(books: Books) -> Iterator[str]:
    """Every fault of the money."""
    intents = grouped((one.metadata.get("order_id", ""), one) for one in books.intents)
    ledger = grouped((entry.order_id, entry) for entry in books.ledger)
    for order_id in intents.keys() - books.orders.keys():
        yield f"{order_id or 'nobody'}: a payment without an order"
    for order in books.orders.values():
        found = intents.get(order.id, [])
        yield from _of_order(order, found)
        yield from _of_ledger(order, found, ledger.get(order.id, []))
    for difference in books.differences:
        if difference.state == "open":
            yield f"{difference.order_id or 'nobody'}: {difference.name}, {difference.detail}"


def moved(books: Books) -> str:
    """What moved on cards, in words; amounts in minor units."""
    charges = [one for one in books.intents if one.captured_minor]
    refunds = [one for one in books.intents if one.refunded_minor]
    taken = sum(one.captured_minor for one in charges)
    given = sum(one.refunded_minor for one in refunds)
    return f"{len(charges)} charges of {taken} and {len(refunds)} refunds of {given} cents"


def _of_order(order: Order, intents: list[CardPayment]) -> Iterator[str]:
    total = order.totals.total.amount_minor
    captured = sum(one.captured_minor for one in intents)
    refunded = sum(one.refunded_minor for one in intents)
    if len(intents) > 1:
        yield f"{order.id}: {len(intents)} payments at the network"
    if captured not in (0, total):
        yield f"{order.id}: {captured} taken for an order of {total}"
    if refunded > captured:
        yield f"{order.id}: {refunded} given back of {captured}"
    if any(one.held_minor for one in intents) and order.status in OVER:
        yield f"{order.id}: is {order.status}, and money is still held on the card"
    kept, due = captured - refunded, total if order.status == "completed" else 0
    if order.status in OVER and kept != due:
        yield f"{order.id}: is {order.status}, and {kept} of {total} is kept"


def _of_ledger(
    order: Order, intents: list[CardPayment], ledger: list[LedgerEntry]
) -> Iterator[str]:
    ours: dict[str, int] = {entry.move: entry.amount.amount_minor for entry in ledger}
    network = {
        "charge": sum(one.captured_minor for one in intents),
        "refund": sum(one.refunded_minor for one in intents),
    }
    if len(ours) < len(ledger):
        yield f"{order.id}: a movement stands in the ledger twice"
    if order.status not in OVER:
        return  # the answer may be under way
    for move, amount in network.items():
        if ours.get(move, 0) != amount:
            yield f"{order.id}: {move} of {amount} at the network, {ours.get(move, 0)} by our books"
