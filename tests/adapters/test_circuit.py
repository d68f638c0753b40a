from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.circuit import CLOSED, Circuit, Circuits, Limits
from tests.adapters.embedded.fixtures import NOON, StillClock

LIMITS = Limits(timeout_seconds=2, failures_to_open=3, rest_seconds=30)


def failing(circuits: Circuits, times: int, service: str = "agent") -> None:
    for _ in range(times):
        assert circuits.admits(service)
        circuits.record(service, answered=False)


def table(clock: StillClock) -> Circuits:
    return Circuits(clock, {"agent": LIMITS})


def test_a_few_failures_in_a_row_leave_the_circuit_closed() -> None:
    circuits = table(StillClock())

    failing(circuits, 2)

    assert circuits.admits("agent")


def test_an_answer_forgets_the_failures() -> None:
    circuits = table(StillClock())
    failing(circuits, 2)

    circuits.record("agent", answered=True)
    failing(circuits, 2)

    assert circuits.admits("agent")


def test_too_many_failures_open_it_for_a_while() -> None:
    clock = StillClock()
    circuits = table(clock)

    failing(circuits, 3)

    assert not circuits.admits("agent")
    clock.move(29.9)
    assert not circuits.admits("agent")
    clock.move(0.1)
    assert circuits.admits("agent")


def test_a_resting_service_gets_one_probe_at_a_time() -> None:
    clock = StillClock()
    circuits = table(clock)
    failing(circuits, 3)
    clock.move(30)

    assert [circuits.admits("agent") for _ in range(3)] == [True, False, False]
    clock.move(2)
    assert circuits.admits("agent")


def test_a_good_probe_closes_it_and_a_bad_one_opens_it_again() -> None:
    clock = StillClock()
    circuits = table(clock)
    failing(circuits, 3)
    clock.move(30)

    failing(circuits, 1)
    assert not circuits.admits("agent")
    clock.move(30)
    assert circuits.admits("agent")
    circuits.record("agent", answered=True)

    assert [circuits.admits("agent") for _ in range(3)] == [True, True, True]


def test_services_do_not_share_a_circuit_and_the_usual_limits_are_five() -> None:
    circuits = table(StillClock())

    failing(circuits, 3)
    failing(circuits, 5, "other")

    assert not circuits.admits("agent")
    assert not circuits.admits("other")
    assert circuits.admits("third")
    assert circuits.limits_of("other") == Limits(1.0, 5, 30.0)


@given(st.lists(st.booleans(), max_size=40))
def test_a_circuit_is_open_exactly_after_too_many_failures_in_a_row(answers: list[bool]) -> None:
    """Whatever came before, only the failures since the last answer count."""
    circuit = CLOSED
    for answered in answers:
        circuit = CLOSED if answered else circuit.failed(NOON, LIMITS)

    in_a_row = len(answers) - max((i + 1 for i, a in enumerate(answers) if a), default=0)
    assert circuit.admits(NOON) == (in_a_row < 3)
    assert circuit.admits(NOON + timedelta(seconds=30))


def test_a_closed_circuit_is_not_changed_by_a_call() -> None:
    assert Circuit(2).probing(NOON, LIMITS) == Circuit(2)
