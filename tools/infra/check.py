"""``python -m tools.infra.check [root]``: every check of the infrastructure that needs no Azure and no compiler."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tools.infra import agreement, code, rules, words
from tools.infra.contracts import contract_faults
from tools.infra.finding import Finding, Outcome
from tools.infra.names import (
    homely_settings,
    names_of_code,
    referenced_settings,
    trigger_sources,
    wired_settings,
)
from tools.infra.symbols import symbol_faults
from tools.infra.syntax import syntax_errors
from tools.infra.tree import Tree, read_tree
from tools.infra.types import type_outcome

type Check = Callable[[Tree], Iterator[Finding]]


def syntax(tree: Tree) -> Iterator[Finding]:
    """All files parse."""
    for document in tree.documents.values():
        yield from syntax_errors(document)


def symbols(tree: Tree) -> Iterator[Finding]:
    """All names are declared and used; of a file that does not parse nothing can be said."""
    for document in tree.documents.values():
        if not document.root.has_error:
            yield from symbol_faults(document)


CHECKS: dict[str, tuple[Check, ...]] = {
    "syntax": (syntax,),
    "names": (symbols,),
    "contracts": (contract_faults,),
    "access": (
        rules.required_values,
        rules.open_inbound,
        rules.any_origin,
        rules.basic_publishing,
        rules.blocking_rule_set,
    ),
    "order": (
        rules.unlogged,
        rules.untagged,
        rules.fixed_place,
        rules.flex_settings,
        rules.preview_versions,
        words.undescribed,
        words.unconstrained,
        words.doubled_deployments,
        words.linter_settings,
        words.extensions,
    ),
    "roles and secrets": (
        words.role_ids,
        words.role_names,
        words.role_definitions,
        words.secret_outputs,
        words.insecure_parameters,
    ),
    "agreement": (
        agreement.loops_over_lists,
        agreement.hub_limits,
        agreement.agent_rows,
        agreement.settings,
        agreement.vault_secrets,
        agreement.regions,
        agreement.gateway,
        agreement.alerts,
        agreement.recovery,
        agreement.wiring,
    ),
}
"""What is checked, by the line under which it is reported."""


_KEYS = {"HPH_SECRET_KEY", "HPH_SIGNING_SECRET"}
"""Without the first nothing starts, without the second what signs guests in can never be rotated."""

_SIGN_IN = {"ENTRA_AUTHORITY", "ENTRA_CLIENT_ID", "ENTRA_ISSUER", "HPH_BASE_URL"}
"""Without these nobody can sign in, or comes back to a developer's machine."""


def outcomes(root: Path) -> Iterator[Outcome]:
    """Run everything on a repository."""
    tree = read_tree(root / "infra")
    for name, checks in CHECKS.items():
        yield Outcome(name, tuple(finding for check in checks for finding in check(tree)))
    yield _code(tree, root)
    yield type_outcome(tree, root)


def _code(tree: Tree, root: Path) -> Outcome:
    if not (root / "adapters" / "names.py").is_file():
        return Outcome("code", skipped="adapters/names.py is not here")
    from adapters.environment import PREFIX  # noqa: PLC0415  # the other checks do without the app
    from domain.access import READ_SCOPES  # noqa: PLC0415
    from usecases.settings import Settings  # noqa: PLC0415

    defaults = {f"{PREFIX}{n.upper()}": f.default for n, f in Settings.model_fields.items()}
    wired = wired_settings((root / "adapters" / "wiring.py").read_text(encoding="utf-8"))
    needed = homely_settings(defaults) | _SIGN_IN | _KEYS
    known = code.KnownSettings(
        fields=set(defaults) | wired,
        referenced=referenced_settings(trigger_sources(root)),
        needed=needed,
    )
    faults = (
        *code.code_names(tree, names_of_code(root)),
        *code.code_settings(tree, known),
        *code.code_registration(tree, set(READ_SCOPES)),
    )
    return Outcome("code", faults)


def report(found: Iterable[Outcome], root: Path) -> int:
    """Print one line for each check and its findings; 1 when there is a finding, else 0."""
    faults = 0
    for outcome in found:
        print(_line(outcome))
        for finding in sorted(outcome.findings):
            print("  " + str(finding).replace(f"{root.resolve()}/", ""))
        faults += len(outcome.findings)
    return 1 if faults else 0


def _line(outcome: Outcome) -> str:
    if outcome.skipped:
        return f"SKIP  {outcome.name}: {outcome.skipped}"
    return f"{'ok   ' if not outcome.findings else f'{len(outcome.findings):<5}'} {outcome.name}"


def main(root: Path) -> int:
    """Check a repository and say how long it took."""
    started = time.monotonic()
    status = report(outcomes(root.resolve()), root)
    print(f"{'green' if status == 0 else 'RED'} in {time.monotonic() - started:.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
