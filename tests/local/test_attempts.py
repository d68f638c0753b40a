"""Retry policies, in place."""

import asyncio

import pytest

from local.attempts import attempt, delay_seconds
from local.protos import TypedData
from local.worker import Retry
from tests.local.conftest import ScriptedWorker, event_function


async def contexts(retry: Retry | None, fails: int) -> tuple[bool, list[tuple[int, int, str]]]:
    """Run a function that fails that often; whether it succeeded, and what each attempt was told."""
    function = event_function(retry=retry)
    worker = ScriptedWorker(function, fails=fails)

    succeeded = await attempt(worker, function, TypedData(string="x"), {})

    told = [run[4] for run in worker.runs]
    return succeeded, [
        (each.retry_count, each.max_retry_count, each.exception.message) for each in told
    ]


async def test_without_a_policy_a_function_is_run_once() -> None:
    assert await contexts(None, 0) == (True, [(0, 0, "")])
    assert await contexts(None, 1) == (False, [(0, 0, "")])


async def test_each_attempt_is_told_which_it_is_and_what_failed_before() -> None:
    assert await contexts(Retry(3, 0, 0), 2) == (
        True,
        [(0, 3, ""), (1, 3, "Boom: not yet"), (2, 3, "Boom: not yet")],
    )


async def test_the_last_attempt_counts_as_many_as_the_policy() -> None:
    succeeded, told = await contexts(Retry(2, 0, 0), 9)

    assert not succeeded
    assert [(count, most) for count, most, _ in told] == [(0, 2), (1, 2), (2, 2)]


async def test_a_policy_without_end_goes_on() -> None:
    succeeded, told = await contexts(Retry(-1, 0, 0), 9)

    assert succeeded
    assert told[-1][:2] == (9, -1)


@pytest.mark.parametrize(
    ("retry", "seconds"),
    [
        (Retry(9, 4, 4), [4, 4, 4, 4]),
        (Retry(9, 2, 10, is_exponential=True), [2, 4, 8, 10]),
        (Retry(9, 0, 10, is_exponential=True), [0, 0, 0, 0]),
    ],
)
def test_delays_are_fixed_or_double_up_to_the_most(retry: Retry, seconds: list[float]) -> None:
    assert [delay_seconds(retry, count) for count in (1, 2, 3, 4)] == seconds


def test_a_delay_without_a_most_stays_a_number() -> None:
    assert delay_seconds(Retry(-1, 1, 2_147_483_647, is_exponential=True), 10_000) == 2_147_483_647


async def test_it_waits_between_attempts() -> None:
    function = event_function(retry=Retry(1, 0.05, 0.05))
    worker = ScriptedWorker(function, fails=1)
    started = asyncio.get_running_loop().time()

    await attempt(worker, function, TypedData(string="x"), {})

    assert asyncio.get_running_loop().time() - started >= 0.05
