"""What a run has left in a store file, held against the card network's and the carriers' own records."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.audit import events, goods, money, orders, promotions, trail
from tools.audit.books import Books, read_books

RULES = (
    goods.faults,
    promotions.faults,
    money.faults,
    orders.faults,
    events.faults,
    trail.faults,
)


@dataclass(frozen=True, slots=True)
class Audit:
    """The books, and every way in which they do not agree."""

    books: Books
    faults: tuple[str, ...]

    @property
    def figures(self) -> str:
        """What was there to look at."""
        books = self.books
        ended = ", ".join(f"{count} {status}" for status, count in orders.by_status(books).items())
        return (
            f"{len(books.orders)} orders ({ended or 'none'}), {goods.sold(books)} pieces sold"
            f"{promotions.used(books)}, {money.moved(books)}, {events.counted(books)}"
        )


def audit(path: Path) -> Audit:
    """Hold every invariant of the saga against the file at ``path``, which is at rest.

    Nothing is asked of the shop: the documents, the log and the world's records are read as they lie.
    """
    return audit_of(read_books(path))


def audit_of(books: Books) -> Audit:
    """Hold every invariant of the saga against these books."""
    return Audit(books, tuple(_all(books)))


def _all(books: Books) -> Iterator[str]:
    for rule in RULES:
        yield from rule(books)
