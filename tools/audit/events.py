"""Events: what was committed was published, in its order, as promised, and nothing else was."""

from collections import Counter
from collections.abc import Iterator

from domain.companions import Outbox
from tools.audit.books import Books, grouped
from tools.contracts.check import faults as broken_promises


def faults(books: Books) -> Iterator[str]:
    """Every fault of the events."""
    committed = [event.event_id for _, box in _boxes(books) for event in box.events]
    logged = {entry.event_id for entry in books.log}
    yield from (
        f"{box.id} of {box.key} was not sent" for _, box in _boxes(books) if not box.sent_at
    )
    yield from (f"event {one} is lost" for one in set(committed) - logged)
    yield from (f"event {one} follows from nothing" for one in logged - set(committed))
    twice = (one for one, count in Counter(committed).items() if count > 1)
    yield from (f"event {one} was committed twice" for one in twice)
    yield from _of_order(books)
    for _, box in _boxes(books):
        for event in box.events:
            yield from broken_promises(event)


def counted(books: Books) -> str:
    """How many events there are, and how many lie in the log more than once."""
    return f"{len({one.event_id for one in books.log})} events, {_repeated(books)} published again"


def _repeated(books: Books) -> int:
    return len(books.log) - len({entry.event_id for entry in books.log})


def _of_order(books: Books) -> Iterator[str]:
    """What one aggregate says on a hub is in the log in the order of its commits, once deduped.

    An order and its participants speak under one key; what they say side by side has no order.
    """
    committed = grouped(
        ((container, event.hub, box.key, books.tellers.get(box.id)), event.event_id)
        for container, box in _boxes(books)
        for event in box.events
    )
    place: dict[str, int] = {}
    for entry in books.log:
        place.setdefault(entry.event_id, entry.sequence)
    for (_, hub, key, _), ids in committed.items():
        places = [place[one] for one in ids if one in place]
        if places != sorted(places):
            yield f"{hub}: the events of {key} are out of order"


def _boxes(books: Books) -> Iterator[tuple[str, Outbox]]:
    for container, boxes in books.outboxes.items():
        for box in boxes:
            yield container, box
