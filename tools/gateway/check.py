"""All checks of the gateway: the policies' shape and meaning, Microsoft's schema, the list of APIs, Bicep's names."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.delivery.finding import Finding, Outcome, outcome, skipped
from tools.gateway.__main__ import APIS, read_source, render
from tools.gateway.endpoint import Endpoint, read_openapi
from tools.gateway.policy import Contract, Policy, ProductRow, read_policy
from tools.gateway.product import product_of
from tools.gateway.safety_rules import RULES as SAFETY_RULES
from tools.gateway.session_rules import RULES as SESSION_RULES
from tools.gateway.shape_rules import RULES as SHAPE_RULES

POLICIES = Path("infra/modules/api/policies")
CONTRACT = Path("infra/modules/api/products.json")
_TABLE = Path("../shared/spec/endpoints.tsv")
_SCHEMA_LINT = Path("../shared/iac/apimlint.py")


def read_contract(path: Path) -> Contract:
    """The table of products and the names that policies may use."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    rows = tuple(
        ProductRow(
            one["name"],
            one["policy"],
            one["callsPerMinute"],
            one["sessionCallsPerMinute"],
            one["countedBy"],
            one["token"],
            tuple(one["roles"]),
        )
        for one in raw["products"]
    )
    return Contract(
        rows, frozenset(raw["fragments"]), frozenset(raw["namedValues"]), frozenset(raw["backends"])
    )


def lint(folder: Path, contract: Contract) -> Iterator[Finding]:
    """Every fault of every policy below a folder, and files that the table names but nobody wrote."""
    for path in sorted(folder.rglob("*.xml")):
        policy = read_policy(folder, path)
        if isinstance(policy, Finding):
            yield policy
        else:
            yield from lint_policy(policy, contract)
    wanted = {row.policy for row in contract.products} | {
        f"fragments/{name}.xml" for name in contract.fragments
    }
    for name in sorted(wanted | {"global.xml", "api.xml"}):
        if not (folder / name).exists():
            yield Finding(f"policies/{name}", 0, "missing", "the file is not there")


def lint_policy(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Every fault of one policy."""
    for rule in (*SHAPE_RULES, *SAFETY_RULES, *SESSION_RULES):
        yield from rule(policy, contract)


def policies(root: Path) -> Outcome:
    """The semantic lint."""
    files = len(list((root / POLICIES).rglob("*.xml")))
    return outcome(
        "gateway policies", f"{files} files", lint(root / POLICIES, read_contract(root / CONTRACT))
    )


def schema(root: Path) -> Outcome:
    """Microsoft's schema, where it lies beside the repository."""
    tool = root / _SCHEMA_LINT
    if not tool.exists():
        return skipped("gateway schema", "the policy schema is not beside the repository")
    paths = sorted((root / POLICIES).rglob("*.xml"))
    ran = subprocess.run(
        [sys.executable, str(tool), *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    faults = [] if ran.returncode == 0 else (ran.stdout + ran.stderr).splitlines()
    return outcome(
        "gateway schema",
        f"{len(paths)} files",
        (Finding(POLICIES.as_posix(), 0, "schema", line) for line in faults),
    )


def apis(root: Path) -> Outcome:
    """The committed list of APIs is the one that the table of endpoints gives, where it lies beside the repository."""
    table = root / _TABLE
    if not table.exists():
        return skipped("gateway apis", "the table of endpoints is not beside the repository")
    stale = render(read_source(table)) != (root / APIS).read_text(encoding="utf-8")
    message = f"stale: run python -m tools.gateway {_TABLE}"
    return outcome(
        "gateway apis", table.name, [Finding(APIS.as_posix(), 0, "apis", message)] if stale else []
    )


def declared(root: Path) -> Outcome:
    """Whatever the shop declares, the gateway lets in, by the right product."""
    try:
        from blueprints._areas import AREAS  # noqa: PLC0415 - the shop's libraries may be absent
        from blueprints._openapi import document  # noqa: PLC0415
    except ModuleNotFoundError as error:
        return skipped("gateway and shop", f"{error.name} is not installed")
    endpoints = read_openapi(document(AREAS, "dev"))
    return outcome(
        "gateway and shop", f"{len(endpoints)} endpoints", missing(root / APIS, endpoints)
    )


def missing(path: Path, endpoints: Iterable[Endpoint]) -> Iterator[Finding]:
    """Each endpoint that the list of APIs lacks, or has in another product."""
    listed = committed(path)
    for endpoint in endpoints:
        if listed.get((endpoint.method, endpoint.path)) != product_of(endpoint):
            yield Finding(
                APIS.as_posix(), 0, "declared", f"{endpoint.method} {endpoint.path} has no way in"
            )


def committed(path: Path) -> dict[tuple[str, str], str]:
    """The product of each operation of the list of APIs, by method and whole path."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    paths = {api["name"]: api["path"] for api in raw["apis"]}
    return {
        (one["method"], f"/{paths[one['api']]}{one['urlTemplate']}".removesuffix("/")): one[
            "product"
        ]
        for one in raw["operations"]
    }


def names(root: Path) -> Outcome:
    """Named values, backends and fragments are all made by the gateway's Bicep modules."""
    modules = sorted((root / POLICIES).parent.glob("*.bicep"))
    if not modules:
        return skipped("gateway names", "the Bicep modules of the gateway are not there")
    contract = read_contract(root / CONTRACT)
    text = "\n".join(module.read_text(encoding="utf-8") for module in modules)
    wanted = sorted(contract.named_values | contract.backends | contract.fragments)
    missing = [name for name in wanted if f"'{name}'" not in text and f"/{name}.xml" not in text]
    return outcome(
        "gateway names",
        f"{len(modules)} modules",
        (
            Finding(POLICIES.parent.as_posix(), 0, "names", f"no module makes {name}")
            for name in missing
        ),
    )


CHECKS = (policies, schema, apis, declared, names)
