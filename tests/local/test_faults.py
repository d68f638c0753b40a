"""Faults on demand."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.sqlite.eventlog import Record
from local.faults import CommitCounter, CrashingStore, Faults, crashing, read_faults
from local.settings import BadSetting

RECORDS = [Record(number, "order-events", 0, "o-1", 0.0, b"{}", "{}") for number in range(1000)]


class NotedStore:
    """A store that remembers which verb was used."""

    def __init__(self) -> None:
        self.verbs: list[str] = []

    async def get(self, *_: Any) -> str:
        """Note it."""
        self.verbs.append("get")
        return "got"

    async def find(self, *_: Any) -> str:
        """Note it."""
        self.verbs.append("find")
        return "found"

    async def commit(self, *_: Any) -> str:
        """Note it."""
        self.verbs.append("commit")
        return "committed"


def test_without_a_setting_nothing_goes_wrong() -> None:
    assert read_faults({}) == Faults()
    assert not any(Faults().duplicates(each, "views") for each in RECORDS)
    assert not any(Faults().drops(each, "views") for each in RECORDS)
    assert {Faults().pause_seconds(each, "views") for each in RECORDS} == {0.0}


def test_a_webhook_that_is_lost_is_lost_at_every_attempt() -> None:
    payloads = [b'{"id": "evt_%d"}' % number for number in range(1000)]
    half, all_of_them = Faults(webhooks=0.5), Faults(webhooks=1)

    lost = [one for one in payloads if half.loses(one)]

    assert 400 < len(lost) < 600
    assert lost == [one for one in payloads if half.loses(one)]
    assert all(all_of_them.loses(one) for one in payloads)
    assert not any(Faults().loses(one) for one in payloads)


def test_faults_are_read_from_one_setting() -> None:
    asked = "duplicate=0.2, delay=0.05,drop=0.1,reorder=0.5,webhooks=1,crash=7,seed=1"

    faults = read_faults({"HPH_FAULTS": asked})

    assert faults == Faults(0.2, drop=0.1, delay=0.05, reorder=0.5, webhooks=1, crash=7, seed=1)


@pytest.mark.parametrize("asked", ["explode=1", "drop=often", "crash=1.5", "drop"])
def test_a_fault_that_does_not_exist_is_refused(asked: str) -> None:
    with pytest.raises(BadSetting, match="HPH_FAULTS cannot be read at"):
        read_faults({"HPH_FAULTS": asked})


def test_chances_are_met_and_follow_from_the_seed() -> None:
    faults = Faults(duplicate=0.2, drop=0.1, seed=1)

    duplicated = [each.sequence for each in RECORDS if faults.duplicates(each, "views")]
    dropped = [each.sequence for each in RECORDS if faults.drops(each, "views")]
    again = [each.sequence for each in RECORDS if faults.duplicates(each, "views")]
    other = [
        each.sequence for each in RECORDS if Faults(duplicate=0.2, seed=2).duplicates(each, "views")
    ]

    assert 150 < len(duplicated) < 250
    assert 60 < len(dropped) < 140
    assert duplicated == again != other


def test_a_pause_is_the_delay_and_up_to_the_reordering() -> None:
    pauses = [Faults(delay=1.0, reorder=0.5).pause_seconds(each, "views") for each in RECORDS]

    assert min(pauses) >= 1.0
    assert 1.4 < max(pauses) < 1.5


async def test_a_store_is_wrapped_only_where_a_crash_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store: Any = NotedStore()

    monkeypatch.delenv("HPH_FAULTS", raising=False)
    plain = crashing(store)
    monkeypatch.setenv("HPH_FAULTS", "crash=3")
    wrapped = crashing(store)

    assert plain is store
    assert isinstance(wrapped, CrashingStore)


async def test_a_wrapped_store_does_what_the_store_does_and_counts_commits() -> None:
    store: Any = NotedStore()
    counter = CommitCounter(0)
    wrapped: Any = CrashingStore(store, counter)

    answers = [await wrapped.get(1, 2, 3), await wrapped.find(1, 2), await wrapped.commit(1)]

    assert answers == ["got", "found", "committed"]
    assert store.verbs == ["get", "find", "commit"]
    assert counter.count == 1


async def test_the_process_dies_right_after_the_nth_commit() -> None:
    program = (
        "import asyncio\n"
        "from local.faults import CommitCounter, CrashingStore\n"
        "from tests.local.test_faults import NotedStore\n"
        "async def main():\n"
        "    store = CrashingStore(NotedStore(), CommitCounter(2))\n"
        "    for number in (1, 2, 3):\n"
        "        await store.commit(None)\n"
        "        print(number, flush=True)\n"
        "asyncio.run(main())\n"
    )

    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout) == (137, "1\n")
