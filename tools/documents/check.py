"""All checks of the documentation: links, runbooks, the claims of the recovery guide, decisions."""

import re
from collections.abc import Iterator
from pathlib import Path

from blueprints._index import INDEX
from blueprints._triggers import OnRequest
from tools.delivery.finding import Finding, Outcome, outcome, skipped
from tools.documents.page import Page, read_pages
from tools.documents.runbook_rules import RULES, Known
from tools.queries.catalogue import alerts
from usecases.flags import FLAGS

RUNBOOKS = "docs/runbooks"
COMMANDS = Path("docs/runbooks/commands.sh")
RECOVERY = Path("docs/guides/disaster-recovery.md")
_OUTPUTS = Path("infra/main.bicep")
_REGION = Path("infra/modules/environment.bicep")
_TOLD = re.compile(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", re.MULTILINE)
_SET = re.compile(r"^ *([A-Z_]+)=", re.MULTILINE)
_CLAIM = re.compile(r"^\| (.+?) \| (infra/\S+) \| `(.+)` \|$", re.MULTILINE)


def links(root: Path) -> Outcome:
    """Every link inside the documentation leads somewhere."""
    pages = read_pages(root, "docs")
    faults = (
        page.fault("links", f"{link} is not there")
        for page in pages
        for link in page.links
        if not ((root / page.name).parent / link).exists()
    )
    return outcome("links", f"{len(pages)} pages", faults)


def programs(root: Path) -> Outcome:
    """Every program of ours that the documentation names is there."""
    pages, known = read_pages(root, "docs"), set(_modules(root))
    faults = (
        page.fault("programs", f"there is no {name}")
        for page in pages
        for name in sorted(set(re.findall(r"python -m (tools[\w.]*)", page.text)) - known)
    )
    return outcome("programs", f"{len(pages)} pages", faults)


def runbooks(root: Path) -> Outcome:
    """The runbooks keep their rules, and the README leads to each of them and from each alert."""
    pages = read_pages(root, RUNBOOKS)
    known = read_known(root)
    faults = [
        fault
        for page in pages
        if not page.name.endswith("README.md")
        for fault in lint(page, known)
    ]
    return outcome("runbooks", f"{len(pages)} pages", [*faults, *_readme_faults(root, pages)])


def read_known(root: Path) -> Known:
    """What commands may name, from the files that make it so."""
    readme = (root / RUNBOOKS / "README.md").read_text(encoding="utf-8")
    told = {name for row in _TOLD.findall(readme) for name in re.findall(r"[A-Z_]+", row)}
    return Known(
        variables=frozenset({*told, *_SET.findall((root / COMMANDS).read_text(encoding="utf-8"))}),
        queries=frozenset(path.stem for path in (root / "infra/queries").glob("*.kql")),
        operations=frozenset(
            (one.method, f"/{one.route}") for one in INDEX if isinstance(one, OnRequest)
        ),
        flags=frozenset(FLAGS),
        modules=frozenset(_modules(root)),
    )


def _modules(root: Path) -> Iterator[str]:
    for path in (root / "tools").rglob("*.py"):
        dotted = ".".join(path.relative_to(root).with_suffix("").parts)
        yield dotted.removesuffix(".__main__")


def lint(page: Page, known: Known) -> Iterator[Finding]:
    """Every fault of one runbook."""
    for rule in RULES:
        yield from rule(page, known)


def _readme_faults(root: Path, pages: list[Page]) -> Iterator[Finding]:
    readme = next(page for page in pages if page.name.endswith("README.md"))
    for page in pages:
        if page is not readme and Path(page.name).name not in readme.links:
            yield readme.fault("readme", f"nothing leads to {page.name}")
    for alert in alerts(root):
        if f"| `{alert.name}` |" not in readme.text:
            yield readme.fault("readme", f"the alert {alert.name} is not listed")


def outputs(root: Path) -> Outcome:
    """What commands.sh reads of a deployment, the deployment gives."""
    if not ((root / _OUTPUTS).exists() and (root / _REGION).exists()):
        return skipped("outputs of Bicep", "the Bicep of the environment is not there")
    text = (root / COMMANDS).read_text(encoding="utf-8")
    main, region = ((root / path).read_text(encoding="utf-8") for path in (_OUTPUTS, _REGION))
    missing = [
        name for name in re.findall(r"\$\(output (\w+)\)", text) if f"output {name} " not in main
    ]
    missing += [
        name for name in re.findall(r"\$\(region (\w+)\)", text) if f"    {name}: " not in region
    ]
    return outcome(
        "outputs of Bicep",
        COMMANDS.as_posix(),
        (
            Finding(COMMANDS.as_posix(), 0, "outputs", f"no deployment gives {name}")
            for name in missing
        ),
    )


def claims(root: Path) -> Outcome:
    """Every claim of the recovery guide has its setting where it says."""
    rows = _CLAIM.findall((root / RECOVERY).read_text(encoding="utf-8"))
    if not (root / _OUTPUTS).exists():
        return skipped("recovery claims", "the Bicep of the environment is not there")
    faults = [
        Finding(RECOVERY.as_posix(), 0, "claims", f"{claim}: {file} does not say {text}")
        for claim, file, text in rows
        if not (root / file).exists() or text not in (root / file).read_text(encoding="utf-8")
    ]
    return outcome("recovery claims", f"{len(rows)} claims", [*faults, *_promise_faults(rows)])


def _promise_faults(rows: list[tuple[str, str, str]]) -> Iterator[Finding]:
    settings = {text for _, _, text in rows}
    for needed in (
        "maxIntervalInSeconds: 300",
        "tier: 'Continuous30Days'",
        "param secondaryLocation = ",
    ):
        if needed not in settings:
            yield Finding(RECOVERY.as_posix(), 0, "claims", f"no claim rests on {needed}")


def decisions(root: Path) -> Outcome:
    """Every decision has a number of its own, says what was decided and what follows."""
    pages = [
        page
        for page in read_pages(root, "docs/decisions")
        if re.match(r"\d{4}-", Path(page.name).name)
    ]
    numbers = [Path(page.name).name[:4] for page in pages]
    faults = [
        page.fault("decisions", "the number is taken")
        for page in pages
        if numbers.count(Path(page.name).name[:4]) > 1
    ]
    for page in pages:
        if int(Path(page.name).name[:4]) > 100:
            faults += [
                page.fault("decisions", f"no {part}")
                for part in ("**Decision.**", "**What follows.**")
                if part not in page.text
            ]
    return outcome("decisions", f"{len(pages)} records", faults)


CHECKS = (links, programs, runbooks, outputs, claims, decisions)
