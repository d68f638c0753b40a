from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from adapters.embedded.ids import SystemIds, _text


def test_the_example_of_rfc_9562_comes_out() -> None:
    tail = 0xCC3 << 62 | 0x18C4DC0C0C07398F

    assert _text(0x017F22E279B0, tail) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_an_id_is_a_version_7_uuid_of_now() -> None:
    made = UUID(SystemIds().new())

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 > 1_700_000_000_000


def test_ids_of_one_millisecond_rise() -> None:
    ids = SystemIds(now_ms=lambda: 1_000)

    made = [ids.new() for _ in range(1_000)]

    assert made == sorted(set(made))
    assert {UUID(each).int >> 80 for each in made} == {1_000}


def test_a_full_millisecond_runs_over_into_the_next() -> None:
    ids = SystemIds(now_ms=lambda: 1_000, below=lambda limit: limit - 1)

    first, second = UUID(ids.new()), UUID(ids.new())

    assert (first.int >> 80, second.int >> 80) == (1_000, 1_001)
    assert second.version == 7


@given(st.lists(st.integers(0, 2**48 - 2), min_size=2, max_size=30))
def test_ids_rise_whatever_the_clock_does(times: list[int]) -> None:
    """No course of the clock, not even backwards, yields an id that sorts before an earlier one."""
    course = iter(times)
    ids = SystemIds(now_ms=lambda: next(course))

    made = [ids.new() for _ in times]

    assert made == sorted(set(made))


def test_secrets_have_their_size_and_differ() -> None:
    ids = SystemIds()

    assert len(ids.secret(32)) == 32
    assert ids.secret(32) != ids.secret(32)
