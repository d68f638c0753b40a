"""Counting costs a call nothing: it is gathered, and pushed by the second, once, however often it takes."""

from datetime import date

from domain.traffic import CARTS, VIEWS
from tests.adapters.embedded.fixtures import NOON
from usecases.ports.counters import Counter

TODAY = NOON.date()
YESTERDAY = date(2026, 1, 24)
MUG, FILLED = Counter(VIEWS, "mug"), Counter(CARTS)
