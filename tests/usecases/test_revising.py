"""Which id a request makes, and which version it means."""

import pytest

from domain.errors import PreconditionFailed
from tests.usecases.shop_fixtures import STAFF, open_bench
from usecases.revising import check_meant, id_of


def test_a_repeat_under_a_key_makes_the_same_id_and_nobody_elses() -> None:
    shop = open_bench().shop

    assert id_of(shop, STAFF, "c") == id_of(shop, STAFF, "c")
    assert len({id_of(shop, STAFF, "c"), id_of(shop, STAFF, "d"), id_of(shop, STAFF, "")}) == 3
    assert id_of(shop, STAFF, "") != id_of(shop, STAFF, "")


@pytest.mark.parametrize(
    ("expected", "is_done", "is_meant"),
    [
        (None, False, True),
        ({2}, False, True),
        ({1, 2}, False, True),
        ({1}, False, False),
        ({1}, True, True),
        ({3}, True, False),
        ((), True, False),
        ((), False, False),
    ],
)
def test_a_change_means_the_version_that_was_read(
    expected: set[int] | None, is_done: bool, is_meant: bool
) -> None:
    versions = None if expected is None else frozenset(expected)

    if is_meant:
        check_meant(2, versions, is_done=is_done)
        return
    with pytest.raises(PreconditionFailed):
        check_meant(2, versions, is_done=is_done)
