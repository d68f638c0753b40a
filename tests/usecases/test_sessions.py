"""Guest sessions."""

from datetime import timedelta

from domain.keys import Keys
from domain.session import read
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import open_bench
from usecases.sessions import start_guest_session


async def test_a_session_begins_without_a_trace_and_lasts_its_days() -> None:
    bench = open_bench(guest_session_days=3)
    before = bench.state()

    begun = await start_guest_session(bench.shop)

    assert bench.state() == before
    assert (begun.seconds, begun.session.expires_at) == (3 * 24 * 3600, NOON + timedelta(days=3))
    assert read(Keys(bench.shop.secret), begun.token, NOON) == begun.session


async def test_no_two_guests_are_the_same() -> None:
    bench = open_bench()

    guests = [await start_guest_session(bench.shop) for _ in range(10)]

    assert len({one.session.user_id for one in guests}) == 10
    assert len({one.token for one in guests}) == 10
