"""What a check of the infrastructure says: what is wrong, where, or why it could not look."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One fault. ``where`` is a file; ``line`` counts from 1, 0 means the whole file; ``rule`` names the check."""

    where: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found; ``skipped`` says why it could not look at all."""

    name: str
    findings: tuple[Finding, ...] = ()
    skipped: str = ""
