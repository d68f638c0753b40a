"""Who did what, as administrators look it up: newest first, a day's buckets at a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from domain.audit import AUDIT_DAYS, AuditEntry, buckets_of
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.model import View
from domain.moment import moment_text
from domain.period import Day
from usecases.ports.store import Position, Query, Where
from usecases.shelves import cursor_keys
from usecases.shop import Shop

MOST_DAYS: Final = 7
"""Days that one request looks through; where they hold fewer than a page, the cursor leads on."""

type Name = Annotated[str, Field(max_length=1_000)]


class ListAudit(Command):
    """What to look for; dates are days in UTC, both included. The last ninety are kept.

    ``entity_id`` is the entity's own id, or the person, order or SKU that it belongs to.
    """

    start_date: Day | None = None
    end_date: Day | None = None
    actor: Name = ""
    action: Literal["created", "changed", "removed"] | None = None
    entity_type: Name = ""
    entity_id: Name = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""


class AuditLine(View):
    """One change: before and after by field, personal values as keyed hashes."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    timestamp: datetime
    actor_id: str
    actor_type: str
    action: str
    entity_type: str
    entity_id: str
    source: str
    place: str
    changes: dict[str, dict[str, Any]]
    correlation_id: str
    previous: str
    hash: str


class AuditLines(View):
    """A page of them."""

    items: tuple[AuditLine, ...]
    next_cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class _Span:
    """What is left to read: from ``day`` back to ``first``, of ``day`` only what lies before ``after``."""

    day: date
    first: date
    after: Position | None = None

    def day_before(self) -> "_Span":
        return _Span(self.day - timedelta(days=1), self.first)

    def behind(self, entry: AuditEntry) -> "_Span":
        return _Span(self.day, self.first, Position(moment_text(entry.timestamp), entry.id))

    @property
    def place(self) -> tuple[str | int | float, str] | None:
        """Where to go on, for a cursor; ``None`` where nothing is left. Without an id it is the day's end."""
        if self.after is not None:
            return self.after.value, self.after.entity_id
        return (self.day.isoformat(), "") if self.day >= self.first else None


async def list_audit(shop: Shop, asked: ListAudit) -> AuditLines:
    """A page of the audit, newest first; one query for each bucket of the days it reads. Raises ``BadCursor``."""
    name, keys = _fingerprint(asked), await cursor_keys(shop)
    span = _span(shop, asked, opened(asked.cursor, name, keys) if asked.cursor else None)
    found: list[AuditEntry] = []
    for _ in range(MOST_DAYS):
        if span.place is None or len(found) == asked.limit:
            break
        more, span = await _of_day(shop, asked, span, asked.limit - len(found))
        found += more
    return AuditLines(
        items=tuple(map(AuditLine.model_validate, found)),
        next_cursor=sealed(span.place, name, keys) if span.place else None,
        limit=asked.limit,
    )


def _fingerprint(asked: ListAudit) -> str:
    return f"audit:{asked.model_dump_json(exclude={'cursor', 'limit'})}"


def _span(shop: Shop, asked: ListAudit, place: tuple[str | int | float, str] | None) -> _Span:
    """What the request asks for, as far as anything is kept of it."""
    today = shop.clock.now().astimezone(UTC).date()
    kept = today - timedelta(days=AUDIT_DAYS)
    first = max(asked.start_date or kept, kept)
    if place is None:
        return _Span(min(asked.end_date or today, today), first)
    value, entity_id = place
    day = datetime.fromisoformat(str(value)).date()
    return _Span(day, first, Position(value, entity_id) if entity_id else None)


async def _of_day(
    shop: Shop, asked: ListAudit, span: _Span, limit: int
) -> tuple[list[AuditEntry], _Span]:
    """The newest entries that are left of the day, and what is left after them."""
    entries: list[AuditEntry] = []
    is_more = False
    for bucket in buckets_of(span.day):
        page = await shop.store.find(AuditEntry, _query(asked, bucket, limit, span.after))
        entries += page.items
        is_more |= page.next is not None
    entries.sort(key=lambda entry: (entry.timestamp, entry.id), reverse=True)
    shown = entries[:limit]
    is_more |= len(entries) > limit
    return shown, span.behind(shown[-1]) if is_more else span.day_before()


def _query(asked: ListAudit, bucket: str, limit: int, after: Position | None) -> Query:
    where = [
        Where(path, "=", value)
        for path, value in (
            ("actor_id", asked.actor),
            ("action", asked.action),
            ("entity_type", asked.entity_type),
        )
        if value
    ]
    if asked.entity_id:
        where.append(Where("names", "has", asked.entity_id))
    return Query(
        bucket, tuple(where), order_by="timestamp", descending=True, limit=limit, after=after
    )
