"""The benchmark's figures beside their goals, as a table for people and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tools.bench.ruler import Compared


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and its goal: at most that much, or at least where ``is_floor``."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    is_floor: bool = False
    note: str = ""

    @classmethod
    def of(cls, name: str, cost: Compared, goal: float | None) -> "Figure":
        """What a request costs in hellos, with how long the client waited for it."""
        note = f"{cost.cpu_ms:.2f} ms CPU, p50 {cost.p50_ms:.1f} ms, p95 {cost.p95_ms:.1f} ms"
        if cost.operations:
            note += f", {cost.operations:.1f} store operations"
        return cls(name, round(cost.multiple, 2), "hellos", goal, note=note)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached; true where there is none."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.is_floor else self.value <= self.goal

    @property
    def goal_text(self) -> str:
        """The goal in words."""
        if self.goal is None:
            return ""
        return f"{'≥' if self.is_floor else '≤'} {self.goal:,g}{'' if self.is_met else ' (missed)'}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [
        f"| {one.name} | {one.value:,g} {one.unit} | {one.goal_text} | {one.note} |"
        for one in figures
    ]
    return "\n".join(["| what | figure | goal | beside it |", "|---|---|---|---|", *rows])


def last_line(figures: Sequence[Figure], seconds: float) -> str:
    """``bench:`` and the figures as JSON: value, goal and whether it is met, by name."""
    told = {
        one.name: {"value": one.value, "unit": one.unit, "goal": one.goal, "met": one.is_met}
        for one in figures
    }
    return f"bench: {json.dumps(told | {'seconds': round(seconds)}, ensure_ascii=False)}"
