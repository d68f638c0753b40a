"""Explore every interleaving of the saga, with its outcomes and faults.

``python -m tests.domain.saga.checker quick|full``. A run is one case with one set of faults, with
or without a customer's wish to cancel at any moment. It visits every world that can be reached from
the placed order, checks the laws in each, and compares the ends with those that the outcomes allow.
"""

import sys
import time
from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from domain.saga import Signal
from tests.domain.saga.laws import End, check_always, check_end, check_ends
from tests.domain.saga.multiverse import Multiverse
from tests.domain.saga.scenario import Case, Faults, Functions
from tests.domain.saga.world import Broken, World

MOST_WORLDS: Final = 6_000_000

CASES: Final = (
    Case("all well"),
    Case("a hold is missing", inventory=False),
    Case("the capture fails", payment=False),
    Case("three declines, then authorised", network="DDDA"),
    Case("never authorised", network=""),
    Case("no label", logistics=False),
    Case("lost in transit", fate="lost"),
    Case("authorised at the deadline", late=True),
    Case("taken unasked", scanned=True),
)

MORE_CASES: Final = (
    Case("two declines, then authorised", network="DDA"),
    Case("authorised twice", network="AA"),
    Case("the capture fails, but was taken", payment=False, network="AS"),
    Case("lost, then delivered", fate="found"),
    Case("two declines, at the deadline", network="DDA", late=True),
    Case("taken unasked, lost", scanned=True, fate="lost"),
    Case("taken unasked, then silence", scanned=True, fate="silence"),
    Case("the capture's answer is lost", network="AS", unanswered=True),
)

EXPIRED: Final = Signal("InventoryReleased", "", reason="reservation_expired")
BY_HAND: Final = Signal("RefundProcessed", "")
AT_NETWORK: Final = Signal("Refunded", "")

# Nobody asks again for a word that nobody had asked for: here none is lost for good.
ODD_CASES: Final = (
    Case("an agent says that the hold expired", aside=EXPIRED),
    Case("refunded by hand", aside=BY_HAND),
    Case("refunded by hand, then lost", aside=BY_HAND, fate="lost"),
    Case("refunded at the network", aside=AT_NETWORK),
    Case("refunded at the network, then lost", aside=AT_NETWORK, fate="lost"),
)

NO_FAULTS: Final = Faults()
ONE_REDELIVERY: Final = Faults(redeliveries=1)
ONE_LOST: Final = Faults(losses=1)
ONE_REPLAYED: Final = Faults(losses=1, replayed=True)
TWO_REDELIVERIES: Final = Faults(redeliveries=2)
ONE_OF_EACH: Final = Faults(redeliveries=1, losses=1)
HASTY: Final = Faults(hasty=True)


SOUND: Final = Functions()


class Run(NamedTuple):
    """One exploration."""

    budget: str
    case: Case
    faults: Faults
    cancel: bool


class Report(NamedTuple):
    """What a run has seen: how many worlds, how they ended, and what the participants were told in
    which phase.
    """

    worlds: int
    ends: set[End]
    reached: set[tuple[str, str, str]]


def explore(run: Run, functions: Functions = SOUND) -> Report:
    """Visit every world of a run; ``Broken`` names the first law that does not hold."""
    multiverse = Multiverse(functions, run.case, run.faults, cancel=run.cancel)
    first = multiverse.start()
    seen: set[World] = {first}
    todo = [first]
    ends: set[End] = set()
    while todo:
        world = todo.pop()
        check_always(multiverse, world)
        following = multiverse.must_follow(world)
        if not following:
            ends.add(check_end(multiverse, world))
        for after in chain(following, multiverse.may_follow(world)):
            if after not in seen:
                seen.add(after)
                todo.append(after)
        if len(seen) > MOST_WORLDS:
            raise Broken("too many worlds: the saga does not come to rest")
    check_ends(run.case, run.faults, ends, cancel=run.cancel)
    return Report(len(seen), ends, multiverse.decisions.reached)


def runs_of(
    budget: str, faults: Faults, cases: tuple[Case, ...], *, also_cancelled: bool = True
) -> Iterator[Run]:
    """The runs of one row of a plan: first without a wish to cancel, then with it."""
    for cancel in (False, True) if also_cancelled else (False,):
        for case in cases:
            yield Run(budget, case, faults, cancel)


def quick_plan() -> list[Run]:
    """The first outcomes under the three simple budgets: half a minute."""
    return [
        *runs_of("no faults", NO_FAULTS, CASES),
        *runs_of("1 redelivery", ONE_REDELIVERY, CASES),
        *runs_of("1 lost", ONE_LOST, CASES),
    ]


def full_plan() -> list[Run]:
    """Every outcome under every budget: some minutes."""
    every_case = CASES + MORE_CASES
    hasty_cases = CASES[:3] + CASES[4:6]
    return [
        *runs_of("no faults", NO_FAULTS, every_case + ODD_CASES),
        *runs_of("1 redelivery", ONE_REDELIVERY, every_case + ODD_CASES),
        *runs_of("1 lost", ONE_LOST, every_case),
        *runs_of("1 parked, replayed any time", ONE_REPLAYED, every_case + ODD_CASES),
        *runs_of("2 redeliveries", TWO_REDELIVERIES, CASES, also_cancelled=False),
        *runs_of("1 lost, 1 redelivery", ONE_OF_EACH, CASES, also_cancelled=False),
        *runs_of("deadlines at any time", HASTY, hasty_cases, also_cancelled=False),
    ]


PLANS: Final = {"quick": quick_plan, "full": full_plan}


def main(arguments: list[str]) -> int:
    """Run a plan, one line a run; 1 when a law was broken."""
    began = time.monotonic()
    plan = PLANS[arguments[0] if arguments else "quick"]()
    reports = [report for report in map(report_run, plan) if report]
    worlds = sum(report.worlds for report in reports)
    broken = len(plan) - len(reports)
    seconds = time.monotonic() - began
    say(f"{len(plan)} runs, {worlds} states, {broken} broken, {seconds:.0f} s")
    print_reached(reports)
    return int(broken > 0)


def report_run(run: Run) -> Report | None:
    """Explore one run and print its line."""
    title = f"{run.budget:28}{run.case.name:34}{'cancel' if run.cancel else '':8}"
    try:
        report = explore(run)
    except Broken as broken:
        say(f"{title} BROKEN {broken}")
        return None
    ends = ", ".join(sorted("/".join(filter(None, end)) for end in report.ends))
    say(f"{title}{report.worlds:9} states: {ends}")
    return report


def print_reached(reports: list[Report]) -> None:
    """What was tried of each participant: every phase with every kind of signal that met it."""
    reached = set[tuple[str, str, str]]().union(*(report.reached for report in reports))
    for name in ("inventory", "payment", "logistics"):
        met = sorted(f"{phase or '-'}+{kind}" for who, phase, kind in reached if who == name)
        say(f"{name} reached: {', '.join(met)}")


def say(line: str) -> None:
    """Write a line at once, so that a long plan can be watched."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
