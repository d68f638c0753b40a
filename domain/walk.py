"""A walk through the payments of a window of time, kept so that the next run goes on where one ended."""

from datetime import datetime
from typing import ClassVar, Self

from domain.entity import Entity


class Walk(Entity):
    """Everything created from ``since`` to before ``until`` is looked at once; id is the walk's name.

    ``cursor`` is where the next run goes on; ``is_over`` says that all was seen, and then ``until`` is the
    watermark: what was created before it has been compared. ``began_at`` is when this walk began.
    """

    kind: ClassVar[str] = "ledger-walk"
    container: ClassVar[str] = "Settings"
    partition_field: ClassVar[str] = "scope"

    scope: str = "ledger"
    since: datetime
    until: datetime
    cursor: str = ""
    is_over: bool = False
    began_at: datetime

    def anew(self, since: datetime, until: datetime, at: datetime) -> Self:
        """The next walk of that name; one without an end before its begin is over at once."""
        window = {"since": since, "until": until, "cursor": "", "began_at": at}
        return self.but(is_over=until <= since, **window)

    def turned(self, cursor: str) -> Self:
        """The walk after a page; an empty ``cursor`` ends it."""
        return self.but(cursor=cursor, is_over=cursor == "")

    def reached(self, until: datetime) -> Self:
        """The walk when all before that moment was seen, in slices of time instead of pages."""
        return self.but(since=self.until, until=until, is_over=True)
