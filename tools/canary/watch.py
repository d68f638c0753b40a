"""Look at a canary until its verdict is clear, and not for ever."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.canary.answer import UnreadableAnswer, read_windows
from tools.canary.gate import Decision, Terms, Verdict, judge

LOOKS = 5
FIRST_PAUSE_SECONDS = 12 * 60
PAUSE_SECONDS = 5 * 60


class Unanswered(RuntimeError):
    """The question did not come through."""


@dataclass(frozen=True)
class Apps:
    """The role names under which the two apps report."""

    stable: str
    canary: str


def watch(
    ask: Callable[[], str],
    pause: Callable[[float], None],
    apps: Apps,
    terms: Terms,
    say: Callable[[str], None],
) -> Decision:
    """Wait until the window holds only this weight's traffic, then look, at most `LOOKS` times.

    `ask` returns the query's answer as text or raises `Unanswered`; `pause` takes seconds. A canary about which nothing
    clear was learnt goes back: silence is no approval.
    """
    pause(FIRST_PAUSE_SECONDS)
    for look in range(1, LOOKS + 1):
        decision = _look(ask, apps, terms)
        say(f"look {look} of {LOOKS}: {decision.verdict}: {decision.reason}")
        if decision.verdict is not Verdict.WAIT:
            return decision
        if look < LOOKS:
            pause(PAUSE_SECONDS)
    return Decision(Verdict.RETREAT, f"nothing clear after {LOOKS} looks")


def _look(ask: Callable[[], str], apps: Apps, terms: Terms) -> Decision:
    try:
        windows = read_windows(ask())
    except (Unanswered, UnreadableAnswer) as error:
        return Decision(Verdict.WAIT, str(error))
    return judge(windows.get(apps.canary), windows.get(apps.stable), terms)
