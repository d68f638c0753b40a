"""The counters in memory, which tests and proofs rest on, are like the real ends."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings

from tests.adapters.counters_contract import STEPS, CountersContract, books_of
from tests.usecases.memory_counters import MemoryCounters


@pytest.fixture
def counters() -> MemoryCounters:
    return MemoryCounters()


class TestMemoryCounters(CountersContract):
    """The contract, in memory."""


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_whatever_processes_and_flushers_do_each_count_is_written_once(steps: list[Any]) -> None:
    """Law: pushes, repeated ones too, and batches taken and settled in any order add up to what was counted."""
    books = asyncio.run(books_of(MemoryCounters(), steps))

    assert +books.written == +books.counted
