from datetime import timedelta

import pytest

from adapters.embedded.once import KEPT_SECONDS, once
from adapters.embedded.world import MemoryVault, Record
from tests.adapters.embedded.fixtures import NOON
from usecases.ports.idempotency import IdempotencyMisuse


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Record:
        self.calls += 1
        return {"call": self.calls}


async def ask(
    vault: MemoryVault, job: Counter, asked: list[object], seconds: float = 0, key: str = "k"
) -> tuple[Record, bool]:
    now = NOON + timedelta(seconds=seconds)
    return await vault.change(lambda r: once(r, "keys", (key, asked), now, job))


async def test_the_same_key_runs_the_job_once_and_answers_the_same() -> None:
    vault, job = MemoryVault(), Counter()

    assert await ask(vault, job, ["pay", 1]) == ({"call": 1}, True)
    assert await ask(vault, job, ["pay", 1], KEPT_SECONDS - 1) == ({"call": 1}, False)

    assert job.calls == 1


async def test_the_same_key_for_another_call_is_a_fault_of_ours() -> None:
    vault, job = MemoryVault(), Counter()
    await ask(vault, job, ["pay", 1])

    with pytest.raises(IdempotencyMisuse, match="used for"):
        await ask(vault, job, ["pay", 2])

    assert job.calls == 1


async def test_a_key_is_forgotten_after_a_day() -> None:
    vault, job = MemoryVault(), Counter()
    await ask(vault, job, ["pay", 1])

    assert await ask(vault, job, ["pay", 2], KEPT_SECONDS) == ({"call": 2}, True)


async def test_an_old_key_is_replaced_even_where_older_ones_are_pruned_first() -> None:
    vault, job = MemoryVault(), Counter()
    for key in "abc":
        await ask(vault, job, ["pay", 1], key=key)

    assert await ask(vault, job, ["pay", 9], KEPT_SECONDS, "c") == ({"call": 4}, True)


async def test_old_keys_are_pruned_by_new_ones_so_that_they_cannot_pile_up() -> None:
    vault, job = MemoryVault(), Counter()
    for key in "abcd":
        await ask(vault, job, ["pay", 1], key=key)

    for key in "ef":
        await ask(vault, job, ["pay", 1], KEPT_SECONDS, key)

    kept = await vault.look(lambda r: r.oldest("keys", 9))
    assert [key for key, _ in kept] == ["e", "f"]
