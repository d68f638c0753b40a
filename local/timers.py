"""Timer triggers: when they are due, and running them on the one host that holds their lease."""

import re
from datetime import datetime

from cronsim import CronSim, CronSimError

_FIELD = re.compile(r"[0-9A-Za-z*,/-]+")
_NAME = re.compile(r"[A-Za-z]{3,}")


class BadSchedule(ValueError):
    """A schedule that is no NCRONTAB expression."""


class Schedule:
    """An NCRONTAB expression: second, minute, hour, day, month, weekday; in UTC.

    Five fields leave the second out. Unlike in cron a day must fit both the day of the month and
    the weekday, and there is no ``L``, ``#`` or seventh weekday.
    Source: NCrontab's documentation of its expressions. Raises ``BadSchedule``.
    """

    def __init__(self, expression: str) -> None:
        fields = expression.split()
        if len(fields) == 5:
            fields.insert(0, "0")
        if len(fields) != 6 or not all(_FIELD.fullmatch(field) for field in fields):
            raise BadSchedule(f"{expression!r} is no NCRONTAB expression of six fields")
        if "7" in re.split(r"[,/-]", fields[5].split("/")[0]):
            raise BadSchedule(f"{expression!r}: weekdays are 0 to 6")
        self._expression = _NAME.sub(lambda name: name[0][:3], " ".join(fields))
        try:
            CronSim(self._expression, datetime.min)  # noqa: DTZ901 - only whether it parses
        except CronSimError as error:
            raise BadSchedule(f"{expression!r}: {error}") from error

    def next(self, after: datetime) -> datetime:
        """The first moment of the schedule that is later than ``after``."""
        moments = CronSim(self._expression, after)
        moments.day_and = True
        return next(moments)
