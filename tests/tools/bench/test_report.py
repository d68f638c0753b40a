"""How figures are told."""

from tools.bench.load import Cost
from tools.bench.report import Figure, last_line, table
from tools.bench.ruler import Compared, compared, middle

MISSED = Figure("hello", 1.5, "hellos", 1.3)
MET = Figure("commits", 5_424, "/s", 2_000, is_floor=True, note="16 at once")


def test_a_cost_is_a_multiple_of_the_hellos_around_it() -> None:
    cost = Cost(cpu_ms=0.5, p50_ms=4, p95_ms=9, operations=2)

    assert compared(cost, (0.125, 0.375)) == Compared(2.0, 0.5, 4, 9, 2)


def test_of_several_rounds_the_middle_counts() -> None:
    rounds = [Compared(5, 1, 2, 9, 3), Compared(50, 2, 1, 8, 3), Compared(4, 3, 3, 7, 3)]

    assert middle(rounds) == Compared(5, 2, 2, 8, 3)


def test_a_request_s_figure_tells_its_times_and_operations() -> None:
    figure = Figure.of("detail", Compared(4.126, 0.2, 3, 8, 2), 3)

    assert (figure.value, figure.is_met) == (4.13, False)
    assert figure.note == "0.20 ms CPU, p50 3.0 ms, p95 8.0 ms, 2.0 store operations"


def test_the_table_says_what_was_missed() -> None:
    assert table([MISSED, MET]) == (
        "| what | figure | goal | beside it |\n"
        "|---|---|---|---|\n"
        "| hello | 1.5 hellos | ≤ 1.3 (missed) |  |\n"
        "| commits | 5,424 /s | ≥ 2,000 | 16 at once |"
    )


def test_the_last_line_is_json() -> None:
    assert last_line([MISSED], 12.4) == (
        'bench: {"hello": {"value": 1.5, "unit": "hellos", "goal": 1.3, "met": false}, "seconds": 12}'
    )


def test_without_a_goal_nothing_is_missed() -> None:
    assert Figure("whole checkout", 80, "hellos").is_met
