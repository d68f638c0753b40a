"""The audit loses no record and tells none twice, whoever runs beside and whenever the process dies."""

from tests.proofs.explorer import explore
from tests.proofs.projecting import projected_twice, survived


def test_two_projections_beside_a_change_bring_each_record_once() -> None:
    found = explore(projected_twice(), reduced=True)

    assert found.schedules > 100
    print(found)  # noqa: T201 - the counts are the proof's measure


def test_a_projection_that_is_cut_off_after_any_call_is_finished_by_the_next() -> None:
    assert survived() == 22
