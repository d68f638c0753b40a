"""Rules of the runbooks: somebody who was woken may rely on what they say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.delivery.finding import Finding
from tools.documents.page import Page

PARTS = ("When", "Impact", "Before", "Decide", "Steps", "Verify", "Undo", "Tell", "Record")
_WITH_COMMANDS = ("Steps", "Verify")
_VARIABLE = re.compile(r"\$\{?!?([A-Z][A-Z_]+)\b")
_ASSIGNED = re.compile(r"\b(?:read -r|for) ([A-Z_]+)\b|^([A-Z_]+)=", re.MULTILINE)
_ASK = re.compile(r"^ask (\S+)", re.MULTILINE)
_ADMIN = re.compile(r"\badmin ([A-Z]+) \"?(/[^\s\"?]+)")
_FLAG = re.compile(r"/api/admin/config/([^\s\"?]+)")
_MODULE = re.compile(r"python -m ([\w.]+)")


@dataclass(frozen=True)
class Known:
    """What commands may name: shell variables, queries, operations as (method, path), flags, and modules."""

    variables: frozenset[str]
    queries: frozenset[str]
    operations: frozenset[tuple[str, str]]
    flags: frozenset[str]
    modules: frozenset[str]


def parts(page: Page, _: Known) -> Iterator[Finding]:
    """Every page has the same parts in the same order, none empty, and commands where something is done."""
    if tuple(page.headings) != PARTS:
        yield page.fault("parts", f"the parts are not {', '.join(PARTS)}")
    for heading in PARTS:
        if not page.part(heading).strip():
            yield page.fault("parts", f"{heading} says nothing")
    for heading in _WITH_COMMANDS:
        if "```bash" not in page.part(heading):
            yield page.fault("parts", f"{heading} has no command")


def decisions(page: Page, _: Known) -> Iterator[Finding]:
    """There are at least two things that it could be."""
    rows = [line for line in page.part("Decide").splitlines() if line.startswith("| ")]
    if len(rows) < len(("heading", "one", "other")):
        yield page.fault("decisions", "nothing is decided")


def variables(page: Page, known: Known) -> Iterator[Finding]:
    """Every variable is set by commands.sh, by the step itself, or told of in the README."""
    here = {name for pair in _ASSIGNED.findall(page.commands) for name in pair if name}
    for name in sorted(set(_VARIABLE.findall(page.commands)) - here - known.variables):
        yield page.fault("variables", f"nobody sets ${name}")


def queries(page: Page, known: Known) -> Iterator[Finding]:
    """Every query that is asked is there."""
    for name in sorted(set(_ASK.findall(page.commands)) - known.queries):
        yield page.fault("queries", f"there is no query {name}")


def endpoints(page: Page, known: Known) -> Iterator[Finding]:
    """Every endpoint that is called is one of the shop's."""
    for method, path in _ADMIN.findall(page.commands):
        if not any(
            method == known_method and _fits(path, template)
            for known_method, template in known.operations
        ):
            yield page.fault("endpoints", f"the shop has no {method} {path}")


def flags(page: Page, known: Known) -> Iterator[Finding]:
    """Every flag that is changed is one of the shop's."""
    for name in sorted(set(_FLAG.findall(page.commands)) - known.flags):
        yield page.fault("flags", f"there is no flag {name}")


def _fits(path: str, template: str) -> bool:
    given, wanted = path.split("/"), template.split("/")
    return len(given) == len(wanted) and all(
        one == other or other.startswith("{") for one, other in zip(given, wanted, strict=True)
    )


def modules(page: Page, known: Known) -> Iterator[Finding]:
    """Every program of ours that is run is there."""
    for name in sorted(set(_MODULE.findall(page.commands)) - known.modules):
        yield page.fault("modules", f"there is no {name}")


RULES = (parts, decisions, variables, queries, endpoints, flags, modules)
