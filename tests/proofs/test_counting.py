"""No count is doubled and none is lost between the counters and the figures, whoever runs beside or dies."""

from collections.abc import Mapping

import pytest

from domain.traffic import Traffic
from tests.proofs.counting import TODAY, YESTERDAY, flushed_by_one_who_dies, flushed_twice
from tests.proofs.explorer import Violation, explore
from usecases import flushing


def test_two_flushers_beside_one_who_counts_add_each_count_once() -> None:
    found = explore(flushed_twice(YESTERDAY, TODAY), reduced=True)

    assert found.schedules > 1_000
    print(found)  # noqa: T201 - the counts are the proof's measure


@pytest.mark.parametrize("calls", range(1, 10))
def test_a_flusher_that_dies_after_any_call_leaves_what_others_finish(calls: int) -> None:
    explore(flushed_by_one_who_dies(calls), reduced=True)


def test_a_batch_is_added_once_also_where_it_takes_several_commits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flushing, "MOST_AT_ONCE", 2)

    found = explore(flushed_twice(TODAY), reduced=True)

    assert found.schedules > 1_000
    print(found)  # noqa: T201 - as above


def _forgetful(figures: Traffic, number: int, counts: Mapping[str, int]) -> Traffic:
    sums = {name: getattr(figures, name) + count for name, count in counts.items()}
    return figures.but(batch=number, **sums)


def test_figures_that_do_not_look_at_the_number_are_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Traffic, "with_batch", _forgetful)

    with pytest.raises(Violation, match=r"counters.settle counters/"):
        explore(flushed_twice(TODAY), reduced=True)
