"""No parked event is taken for replayed that has come back since, and none is lost on the way."""

from tests.proofs.explorer import explore
from tests.proofs.replaying import replayed_while_it_fails, survived


def test_an_event_that_comes_back_waits_however_two_replays_meet_it() -> None:
    found = explore(replayed_while_it_fails(), reduced=False)

    assert found.schedules > 1_000
    print(found)  # noqa: T201 - the counts are the proof's measure


def test_a_replay_that_is_cut_off_after_any_call_is_done_by_the_next() -> None:
    assert survived() == 3
