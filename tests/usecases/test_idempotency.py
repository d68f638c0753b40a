"""Answering a request once under one key."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from domain.idempotency import KeptAnswer, KeyInFlight, KeyReused
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, Bench, guest, open_bench
from usecases.idempotency import KeyedRequest, claim, forget, keep
from usecases.ports.store import AlreadyExists, Change, Committed, Store

ASKED = KeyedRequest("place_order", "k-1", b'{"a":1}')
DAY = 24 * 3600


async def answered(bench: Bench) -> KeptAnswer:
    """The key, with an answer under it."""
    record = await claim(bench.shop, GUEST, ASKED)
    await keep(bench.shop, GUEST, record.but(status=201, body="{}", headers={"ETag": '"1"'}))
    return record


async def test_the_first_request_gets_the_key() -> None:
    bench = open_bench()

    record = await claim(bench.shop, GUEST, ASKED)

    assert (record.is_answered, record.user_id, record.ttl) == (False, "guest:g-1", DAY)
    assert record.lease_until == NOON + timedelta(seconds=30)
    assert record.id == ASKED.record_id
    assert len(record.id) == len("key:") + 40


async def test_a_repeat_gets_the_answer_that_was_given() -> None:
    bench = open_bench()
    await answered(bench)
    before = bench.state()

    again = await claim(bench.shop, GUEST, ASKED)

    assert (again.status, again.body, again.headers) == (201, "{}", {"ETag": '"1"'})
    assert bench.state() == before


async def test_a_repeat_in_flight_is_told_how_long_to_wait() -> None:
    bench = open_bench()
    await claim(bench.shop, GUEST, ASKED)
    bench.clock.move(8)

    with pytest.raises(KeyInFlight) as refusal:
        await claim(bench.shop, GUEST, ASKED)
    assert refusal.value.facts == {"retry_after": 22}
    bench.clock.move(21.9)
    with pytest.raises(KeyInFlight) as refusal:
        await claim(bench.shop, GUEST, ASKED)
    assert refusal.value.facts == {"retry_after": 1}


@pytest.mark.parametrize("is_answered", [True, False])
async def test_another_request_under_the_same_key_is_refused(is_answered: bool) -> None:
    bench = open_bench()
    await (answered(bench) if is_answered else claim(bench.shop, GUEST, ASKED))
    before = bench.state()

    with pytest.raises(KeyReused):
        await claim(bench.shop, GUEST, KeyedRequest("place_order", "k-1", b'{"a":2}'))
    assert bench.state() == before


async def test_a_key_is_its_callers_and_its_operations() -> None:
    bench = open_bench()
    await answered(bench)

    for who, operation, key in (
        (guest("g-2"), "place_order", "k-1"),
        (GUEST, "cancel_order", "k-1"),
        (GUEST, "place_order", "k-2"),
    ):
        other = await claim(bench.shop, who, KeyedRequest(operation, key, b'{"a":1}'))
        assert not other.is_answered


def test_operation_and_key_cannot_be_mixed_up() -> None:
    assert KeyedRequest("ab", "c", b"").record_id != KeyedRequest("a", "bc", b"").record_id


async def test_a_lease_that_is_over_is_taken_over_by_one() -> None:
    bench = open_bench()
    await claim(bench.shop, GUEST, ASKED)
    bench.clock.move(30)

    taken = await claim(bench.shop, GUEST, ASKED)

    assert (taken.is_answered, taken.lease_until) == (False, NOON + timedelta(seconds=60))
    with pytest.raises(KeyInFlight):
        await claim(bench.shop, GUEST, ASKED)


async def test_of_two_that_take_over_at_once_one_waits() -> None:
    bench = open_bench()
    await claim(bench.shop, GUEST, ASKED)
    bench.clock.move(30)

    async def other() -> None:
        await claim(bench.shop, GUEST, ASKED)

    with pytest.raises(KeyInFlight) as refusal:
        await claim(meddled(bench, {2: other}), GUEST, ASKED)
    assert refusal.value.facts == {"retry_after": 1}


class Unseen:
    """A store that keeps the key from being written and does not show it."""

    async def commit(self, change: Change) -> Committed:
        raise AlreadyExists("there", ASKED.record_id)

    async def get(self, *_: object) -> None:
        return None


async def test_a_key_that_is_given_back_meanwhile_is_asked_for_again() -> None:
    bench = open_bench()

    with pytest.raises(KeyInFlight) as refusal:
        await claim(replace(bench.shop, store=cast("Store", Unseen())), GUEST, ASKED)

    assert refusal.value.facts == {"retry_after": 1}


async def test_a_key_that_is_forgotten_is_free() -> None:
    bench = open_bench()
    record = await claim(bench.shop, GUEST, ASKED)

    await forget(bench.shop, GUEST, record)
    await forget(bench.shop, GUEST, record)

    assert bench.documents(KeptAnswer) == []
    assert not (
        await claim(bench.shop, GUEST, KeyedRequest("place_order", "k-1", b"x"))
    ).is_answered


async def test_who_was_taken_over_leaves_the_answer_of_the_other() -> None:
    bench = open_bench()
    slow = await claim(bench.shop, GUEST, ASKED)
    bench.clock.move(30)
    quick = await claim(bench.shop, GUEST, ASKED)
    await keep(bench.shop, GUEST, quick.but(status=201, body="quick"))

    await keep(bench.shop, GUEST, slow.but(status=201, body="slow"))
    await forget(bench.shop, GUEST, slow)

    assert (await claim(bench.shop, GUEST, ASKED)).body == "quick"


async def test_an_answer_is_forgotten_after_a_day() -> None:
    bench = open_bench()
    await answered(bench)
    bench.clock.move(DAY)

    assert not (await claim(bench.shop, GUEST, ASKED)).is_answered
