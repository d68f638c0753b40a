"""What a check says: that something is wrong and where, or that it could not look."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of one file.

    `where` is the file, relative to the repository; `line` counts from one, zero means the whole file;
    `rule` is the short name under which the fixture of the same fault lies in the tests.
    """

    where: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Outcome:
    """The result of one check: how much it looked at, what it found, and why it did not look."""

    name: str
    looked_at: str
    findings: tuple[Finding, ...] = ()
    skipped_because: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found; a skip is clean, and visible."""
        return not self.findings


def outcome(name: str, looked_at: str, findings: Iterable[Finding]) -> Outcome:
    """An outcome with its findings in the order of files and lines."""
    return Outcome(name, looked_at, tuple(sorted(findings)))


def skipped(name: str, because: str) -> Outcome:
    """An outcome that says why nothing was looked at."""
    return Outcome(name, "nothing", skipped_because=because)


def relative(path: Path, root: Path) -> str:
    """The path as the findings name it; one from outside stays whole."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
