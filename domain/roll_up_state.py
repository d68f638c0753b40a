"""How far the figures are rolled up: which days are still folded at each run, and which of the others changed."""

from datetime import date, timedelta
from typing import ClassVar, Final

from domain.entity import Entity

LATE_ID: Final = "late"
PROGRESS_ID: Final = "progress"
PROGRESS_PARTITION: Final = "~progress"

SETTLING: Final = timedelta(hours=1)
"""So long after a day has ended it is still folded at each run.

Whoever writes a fact on its own day leaves no mark; a call takes ten minutes at most, and clocks differ by seconds.
"""


class LateDay(Entity):
    """A fact of a day was written after that day had ended, in the same batch as this; in the day's partition.

    ``changes`` counts them, so that each writes it anew: it is removed only as it was before the facts were read.
    """

    kind: ClassVar[str] = "late-day"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    id: str = LATE_ID
    period: str
    day: date
    changes: int = 0


class RollUpProgress(Entity):
    """``open_since`` is the first day that is still folded at each run; no day before it is, but for its mark."""

    kind: ClassVar[str] = "roll-up-progress"
    container: ClassVar[str] = "Rollups"
    partition_field: ClassVar[str] = "period"

    id: str = PROGRESS_ID
    period: str = PROGRESS_PARTITION
    open_since: date
