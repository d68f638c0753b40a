"""Moments as text that sorts: UTC, always six decimals, so that texts compare as times do."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer


def moment_text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, such as ``2026-01-25T10:45:00.000000Z``."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


type Moment = Annotated[datetime, PlainSerializer(moment_text, return_type=str, when_used="json")]
"""A field that the store sorts or compares by."""
