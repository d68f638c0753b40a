"""Whose an address is."""

from dataclasses import replace

from domain.access import Role
from domain.user import EmailClaim, User, claim_id
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import Bench, guest, open_bench
from usecases.emails import claim, holder_of, release

BY = replace(guest("x"), role=Role.CUSTOMER)
HASH = "abc"


async def record(bench: Bench, user_id: str, hashed: str) -> None:
    user = User(
        id=user_id,
        user_id=user_id,
        issuer="i",
        subject="s",
        email_hash=hashed,
        created_at=NOON,
        updated_at=NOON,
        last_login=NOON,
    )
    await bench.put(user)


async def test_an_address_has_one_holder() -> None:
    bench = open_bench()
    await record(bench, "u-1", HASH)

    assert await claim(bench.shop, BY, "u-1", HASH)
    assert await claim(bench.shop, BY, "u-1", HASH)
    assert not await claim(bench.shop, BY, "u-2", HASH)
    bench.clock.move(3600)
    assert not await claim(bench.shop, BY, "u-2", HASH)
    assert await holder_of(bench.shop, HASH) == "u-1"


async def test_a_claim_that_a_crash_left_over_is_taken_over_after_a_minute() -> None:
    """The claim came first, and the record never did."""
    bench = open_bench()
    await claim(bench.shop, BY, "u-1", HASH)

    at_once = await claim(bench.shop, BY, "u-2", HASH)
    bench.clock.move(61)
    later = await claim(bench.shop, BY, "u-2", HASH)

    assert (at_once, later) == (False, True)
    assert await holder_of(bench.shop, HASH) == "u-2"


async def test_an_address_is_given_back_by_its_holder_only() -> None:
    bench = open_bench()
    await claim(bench.shop, BY, "u-1", HASH)

    await release(bench.shop, BY, "u-2", HASH)
    assert await holder_of(bench.shop, HASH) == "u-1"
    await release(bench.shop, BY, "u-1", HASH)
    await release(bench.shop, BY, "u-1", HASH)
    await release(bench.shop, BY, "u-1", "")

    assert await holder_of(bench.shop, HASH) == ""
    assert await bench.store.get(EmailClaim, claim_id(HASH), claim_id(HASH)) is None
