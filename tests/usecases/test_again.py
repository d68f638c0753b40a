"""Load, decide, commit; and again."""

import pytest

from tests.usecases.shop_fixtures import open_bench
from usecases.again import MOST_TRIES, Contended, again
from usecases.ports.store import AlreadyExists, GuardRefused, VersionConflict


class Step:
    """Fails so many times, then answers how often it was tried."""

    def __init__(self, failures: int, fault: Exception) -> None:
        self.failures, self.fault, self.tries = failures, fault, 0

    async def __call__(self) -> int:
        self.tries += 1
        if self.tries <= self.failures:
            raise self.fault
        return self.tries


async def test_what_commits_at_once_never_waits() -> None:
    bench = open_bench()

    assert await again(bench.shop, Step(0, VersionConflict("v"))) == 1
    assert bench.clock.slept == []


@pytest.mark.parametrize("fault", [VersionConflict("v"), AlreadyExists("a")])
async def test_who_was_overtaken_tries_again_waiting_longer_each_time(fault: Exception) -> None:
    bench = open_bench()

    assert await again(bench.shop, Step(3, fault)) == 4
    assert bench.clock.slept == [0.01, 0.02, 0.04]


async def test_it_gives_up_after_eight_tries_without_a_last_wait() -> None:
    bench, step = open_bench(), Step(100, VersionConflict("v"))

    with pytest.raises(Contended) as refusal:
        await again(bench.shop, step)

    assert refusal.value.facts == {"retry_after": 1}
    assert step.tries == MOST_TRIES == 8
    assert bench.clock.slept == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64]


async def test_what_repeating_cannot_help_is_not_repeated() -> None:
    bench, step = open_bench(), Step(1, GuardRefused("short"))

    with pytest.raises(GuardRefused):
        await again(bench.shop, step)

    assert step.tries == 1
