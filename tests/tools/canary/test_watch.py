"""The watch over a canary ends, and ends with a retreat unless something clear was seen."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.canary.__main__ import ask
from tools.canary.answer import UnreadableAnswer, read_windows
from tools.canary.gate import Decision, Terms, Verdict, Window
from tools.canary.smoke import PROBES, Answer, answers, faults, get_over_https
from tools.canary.watch import FIRST_PAUSE_SECONDS, LOOKS, PAUSE_SECONDS, Apps, Unanswered, watch

APPS = Apps("shop", "shop-canary")
GOOD = {"Requests": "300", "Failed": "0", "P95Ms": "120.5", "TableName": "PrimaryResult"}


def answer(**canary: str) -> str:
    return json.dumps([{"Role": "shop", **GOOD}, {"Role": "shop-canary", **GOOD, **canary}])


class Night:
    """A night on watch: answers in order, and how long one waited."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers: Iterator[str | Exception] = iter(answers)
        self.pauses: list[float] = []
        self.said: list[str] = []

    def ask(self) -> str:
        given = next(self.answers)
        if isinstance(given, Exception):
            raise given
        return given

    def watch(self) -> Decision:
        return watch(self.ask, self.pauses.append, APPS, Terms(), self.said.append)


def test_a_good_canary_is_promoted_at_the_first_look() -> None:
    night = Night(answer())

    assert night.watch().verdict is Verdict.PROMOTE
    assert night.pauses == [FIRST_PAUSE_SECONDS]


def test_a_bad_canary_goes_back_at_once() -> None:
    night = Night(answer(Failed="30"))

    assert night.watch().verdict is Verdict.RETREAT
    assert night.pauses == [FIRST_PAUSE_SECONDS]


def test_a_quiet_canary_is_looked_at_again() -> None:
    night = Night(answer(Requests="10"), answer(Requests="250"))

    assert night.watch().verdict is Verdict.PROMOTE
    assert night.pauses == [FIRST_PAUSE_SECONDS, PAUSE_SECONDS]


def test_a_canary_that_stays_quiet_goes_back() -> None:
    night = Night(*[answer(Requests="10")] * LOOKS)

    assert night.watch() == Decision(Verdict.RETREAT, f"nothing clear after {LOOKS} looks")
    assert night.pauses == [FIRST_PAUSE_SECONDS, *[PAUSE_SECONDS] * (LOOKS - 1)]
    assert len(night.said) == LOOKS


@pytest.mark.parametrize(
    "silence", [Unanswered("no"), "", "[]", "{}", "null", '[{"Role": "shop"}]', "not json"]
)
def test_silence_is_no_approval(silence: str | Exception) -> None:
    assert Night(*[silence] * LOOKS).watch().verdict is Verdict.RETREAT


def test_one_missed_answer_is_not_the_end() -> None:
    assert Night(Unanswered("no"), answer()).watch().verdict is Verdict.PROMOTE


def test_an_answer_is_read_by_role() -> None:
    assert read_windows(answer(Failed="3", P95Ms="")) == {
        "shop": Window(300, 0, 120.5),
        "shop-canary": Window(300, 3, None),
    }


@pytest.mark.parametrize(
    "row",
    [
        {"Requests": "-1"},
        {"Failed": "301"},
        {"Failed": "-1"},
        {"Requests": "many"},
        {"P95Ms": "inf"},
        {"P95Ms": "-3"},
        {"Role": "shop"},
    ],
)
def test_a_table_that_cannot_be_is_unreadable(row: dict[str, str]) -> None:
    with pytest.raises(UnreadableAnswer):
        read_windows(answer(**row))


def test_a_command_that_is_not_there_is_unanswered() -> None:
    with pytest.raises(Unanswered, match="FileNotFoundError"):
        ask("workspace", program="/no/such/program")


def test_a_command_that_fails_is_unanswered(tmp_path: Path) -> None:
    program = tmp_path / "az"
    program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)

    with pytest.raises(Unanswered, match="CalledProcessError"):
        ask("workspace", program=str(program))


def healthy(path: str) -> Answer:
    probe = next(probe for probe in PROBES if probe.path == path)
    return Answer(probe.status, {probe.holds: []})


def test_a_healthy_shop_has_no_faults() -> None:
    assert list(faults(healthy)) == []


def test_a_shop_that_lets_anybody_in_is_faulty() -> None:
    found = list(faults(lambda path: Answer(200, {}) if path == "/api/users/me" else healthy(path)))

    assert found == ["/api/users/me: 200 instead of 401"]


def test_a_page_in_the_place_of_an_answer_is_a_fault() -> None:
    found = list(
        faults(lambda path: Answer(200, None) if path == "/health/ready" else healthy(path))
    )

    assert found == ["/health/ready: no status in the answer"]


def test_a_shop_is_never_asked_in_the_open() -> None:
    with pytest.raises(ValueError, match="https only"):
        get_over_https("http://shop.example", "/health/live")


def health(*versions: str) -> Callable[[str], Answer]:
    """A shop whose releases answer in turn."""
    answers = iter(versions)

    def get(path: str) -> Answer:
        assert path == "/health"
        return Answer(200, {"status": "ok", "version": next(answers), "checks": {}})

    return get


def test_the_release_that_was_deployed_is_waited_for() -> None:
    pauses: list[float] = []

    assert answers(health("old", "old", "new"), "new", pauses.append)
    assert pauses == [5.0, 5.0]


def test_a_release_that_never_answers_is_a_fault() -> None:
    pauses: list[float] = []

    assert not answers(health(*["old"] * 13), "new", pauses.append)
    assert sum(pauses) == 60.0


def test_an_answer_that_is_no_health_names_no_release() -> None:
    assert not answers(lambda _: Answer(502, None), "new", lambda _: None)
