"""The house's rules on what is written: no role id, no secret, no twin name where none may be."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tree_sitter import Node

from tools.infra.finding import Finding
from tools.infra.syntax import Document, body, children, entries, key_of, literal, text_of, walk
from tools.infra.tree import Tree

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Cosmos DB's own two data roles: not ARM roles, the same in every account.
_COSMOS_ROLES = frozenset(
    {"00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"}
)
_SECRET_CALL = re.compile(r"\blist[A-Z]\w*\(|\bgetSecret\(")
_SECRET_MEMBER = re.compile(
    r"\.(?:\w*password\w*|\w*secretValue\w*|(?:primary|secondary)\w*(?:Key|ConnectionString)|sasToken)\b",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"(?:password|secret|apiKey|accessKey|token|connectionString)$", re.IGNORECASE
)
# Names that end like a secret and are none, each with what it is.
_NO_SECRETS = frozenset({"token"})  # the short hash that makes names unique


def role_ids(tree: Tree) -> Iterator[Finding]:
    """Role ids outside roles.json: a reader could not tell what they grant."""
    for document in tree.templates:
        for node in walk(document.root):
            word = literal(node) if node.type == "string" else None
            if word and _GUID.fullmatch(word) and word not in _COSMOS_ROLES:
                yield document.finding(node, "role-id", f"{word} belongs in roles.json")


def role_names(tree: Tree) -> Iterator[Finding]:
    """Roles that are granted by a name which roles.json does not know, and roles that nobody is granted."""
    roles = _json(tree.root / "roles.json", {})
    for document in tree.templates:
        for node in walk(document.root):
            name = _granted(node)
            if name is not None and name not in roles:
                yield document.finding(node, "role-name", f"{name!r} is not in roles.json")
    written = "".join(document.text for document in tree.templates)
    for name in (one for one in roles if f"'{one}'" not in written):
        yield Finding(
            str(tree.root / "roles.json"), 0, "role-name", f"{name!r} is granted to nobody"
        )


def _granted(node: Node) -> str | None:
    if node.type == "object_property" and key_of(node) == "role":
        return literal(children(node)[-1])
    if node.type == "subscript_expression" and text_of(children(node)[0]) == "roles":
        return literal(children(node)[-1])
    return None


def role_definitions(tree: Tree) -> Iterator[Finding]:
    """Role assignments whose role does not come from roles.json or from the Cosmos DB account."""
    for resource in tree.resources():
        written = text_of(resource.at("properties.roleDefinitionId"))
        if written and "roles[" not in written and "sqlRoleDefinitions" not in written:
            yield resource.document.finding(
                resource.declaration.node, "role-id", "the role must come from roles.json"
            )


def secret_outputs(tree: Tree) -> Iterator[Finding]:
    """Outputs that would leave a key in the deployment's history."""
    for document in tree.templates:
        secure = [
            p.name for p in document.of("parameter") if any("secure(" in d for d in p.decorators)
        ]
        for output in document.of("output"):
            written = text_of(output.node)
            shown = any(re.search(rf"\b{name}\b", written) for name in secure)
            if shown or _SECRET_CALL.search(written) or _SECRET_MEMBER.search(written):
                yield document.finding(
                    output.node, "secret-output", f"{output.name} shows a secret"
                )


def insecure_parameters(tree: Tree) -> Iterator[Finding]:
    """Parameters that sound like a secret and are not secure."""
    for document in tree.templates:
        for parameter in document.of("parameter"):
            named = _SECRET_NAME.search(parameter.name) and parameter.name not in _NO_SECRETS
            if named and not any("secure(" in d for d in parameter.decorators):
                yield document.finding(
                    parameter.node, "insecure-parameter", f"{parameter.name} is not secure"
                )


def unconstrained(tree: Tree) -> Iterator[Finding]:
    """Values that main.bicep demands and takes as they come: a wrong one would fail an hour later."""
    for document in (d for d in tree.templates if d.path == tree.root / "main.bicep"):
        if "targetScope = 'subscription'" not in document.text:
            continue
        for parameter in document.of("parameter"):
            loose = text_of(children(parameter.node)[-1]) == "string"
            if loose and not any(
                d.startswith(("@allowed(", "@minLength(")) for d in parameter.decorators
            ):
                yield document.finding(
                    parameter.node, "unconstrained", f"{parameter.name} takes any string"
                )


def undescribed(tree: Tree) -> Iterator[Finding]:
    """Templates that do not say what they are for."""
    for document in tree.templates:
        metadata = [children(d.node) for d in document.of("metadata")]
        if not any(text_of(parts[0]) == "description" and literal(parts[-1]) for parts in metadata):
            yield document.finding(None, "undescribed", "needs metadata description")


def doubled_deployments(tree: Tree) -> Iterator[Finding]:
    """Module names used twice: two deployments of one name in one group stop each other."""
    named = [(d, m, _deployment_name(m.node)) for d in tree.templates for m in d.of("module")]
    counts = Counter(name for _, _, name in named if name)
    for document, module, name in named:
        if name and counts[name] > 1:
            yield document.finding(
                module.node, "doubled-deployment", f"{name!r} is used {counts[name]} times"
            )


def _deployment_name(node: Node) -> str | None:
    return literal(entries(body(node)).get("name"))


def linter_settings(tree: Tree) -> Iterator[Finding]:
    """Linter files that differ: a nested one replaces the outer one, it does not add to it."""
    outer = _json(tree.root / "bicepconfig.json", {}).get("analyzers")
    for path in sorted(tree.root.glob("*/**/bicepconfig.json")):
        if _json(path, {}).get("analyzers") != outer:
            yield Finding(
                str(path), 0, "linter-settings", "must carry the rules of infra/bicepconfig.json"
            )


def extensions(tree: Tree) -> Iterator[Finding]:
    """Extensions outside the one folder that is configured for them."""
    for document in tree.templates:
        for found in re.finditer(r"^extension (\w+)", document.text, re.MULTILINE):
            known = _json(document.path.parent / "bicepconfig.json", {}).get("extensions", {})
            if found.group(1) not in known:
                yield _at_text(
                    document, found.start(), f"{found.group(1)} is not configured beside this file"
                )


def _at_text(document: Document, position: int, message: str) -> Finding:
    line = document.text.count("\n", 0, position) + 1
    return Finding(str(document.path), line, "extension", message)


def _json(path: Path, default: dict[str, Any]) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default
