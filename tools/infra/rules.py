"""The house's own rules on resources: nothing public, nothing unlogged, nothing unowned, no key that opens a door."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.infra.finding import Finding
from tools.infra.syntax import children, entries, key_of, literal, objects, text_of, walk
from tools.infra.tree import Resource, Tree, resources_of

_UNTAGGABLE = frozenset({"Microsoft.AppConfiguration/configurationStores/replicas"})
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
_ANYWHERE = frozenset({"*", "Internet", "0.0.0.0/0", "Any"})
_FLEX_FORBIDS = re.compile(
    r"FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT\w+"
    r"|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD|linuxFxVersion|AzureWebJobsStorage"
)


@cache
def required() -> tuple[tuple[str, str, str, str], ...]:
    """Rows of required.tsv: rule, resource type, path and the literal value that must stand there.

    Rows of the rule ``unlogged`` have neither path nor value: such a type needs diagnostic settings.
    """
    lines = Path(__file__).with_name("required.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((r, k, p, v) for r, k, p, v in (line.split("\t") for line in lines))


def required_values(tree: Tree) -> Iterator[Finding]:
    """Resources that lack a value of the table, or say something else than it."""
    for resource in tree.resources():
        for rule, kind, path, wanted in required():
            if kind != resource.type or not path or literal(resource.at(path)) == wanted:
                continue
            if f"// waives {rule} {path}: " not in resource.remarks:
                yield _about(resource, rule, f"{kind}: {path} must be {wanted}")


def unlogged(tree: Tree) -> Iterator[Finding]:
    """Resources that could say what happens to them and send it nowhere."""
    logged = {kind for rule, kind, _, _ in required() if rule == "unlogged"}
    for document in tree.templates:
        found = resources_of(document)
        watched = {text_of(r.at("scope")).split("[")[0] for r in found if r.type == _DIAGNOSTICS}
        for resource in (r for r in found if r.type in logged and not r.is_existing):
            if resource.declaration.name not in watched:
                yield _about(resource, "unlogged", f"{resource.type} has no diagnostic settings")


def untagged(tree: Tree) -> Iterator[Finding]:
    """Resources with a place but no tags: nobody would know whose they are."""
    for resource in tree.resources():
        needs = resource.at("location") is not None and resource.type not in _UNTAGGABLE
        if needs and "tags" not in text_of(resource.at("tags")):
            yield _about(resource, "untagged", f"{resource.type} has no tags")


def fixed_place(tree: Tree) -> Iterator[Finding]:
    """A region written into a template instead of a parameter file."""
    for resource in tree.resources():
        if (place := literal(resource.at("location"))) not in {None, "global"}:
            yield _about(resource, "fixed-place", f"{place} belongs in a parameter")


def open_inbound(tree: Tree) -> Iterator[Finding]:
    """Network rules that let anybody in."""
    for document in tree.templates:
        for node in objects(document.root):
            given = {key: literal(value) for key, value in entries(node).items()}
            inbound = given.get("direction") == "Inbound" and given.get("access") == "Allow"
            if inbound and given.get("sourceAddressPrefix") in _ANYWHERE:
                yield document.finding(node, "open-inbound", "an inbound rule must name its source")


def any_origin(tree: Tree) -> Iterator[Finding]:
    """Cross-origin rules that name everybody."""
    for document in tree.templates:
        for node in walk(document.root):
            key = key_of(node) if node.type == "object_property" else None
            if key and key.lower().endswith("origins") and "'*'" in text_of(node):
                yield document.finding(node, "any-origin", f"{key} must name origins")


def flex_settings(tree: Tree) -> Iterator[Finding]:
    """App settings that Flex Consumption refuses or ignores, or that would be a storage key."""
    for document in tree.templates:
        for node in walk(document.root):
            if node.type == "object_property" and _FLEX_FORBIDS.fullmatch(key_of(node) or ""):
                yield document.finding(
                    node, "flex-setting", f"{key_of(node)} has no place on Flex Consumption"
                )


def basic_publishing(tree: Tree) -> Iterator[Finding]:
    """Function apps to which a password can still deploy."""
    for document in tree.templates:
        found = resources_of(document)
        policies = [r for r in found if r.type.endswith("/basicPublishingCredentialsPolicies")]
        closed = {literal(r.at("name")) for r in policies}
        for site in (r for r in found if r.type == "Microsoft.Web/sites" and not r.is_existing):
            for door in sorted({"ftp", "scm"} - closed):
                yield _about(site, "basic-publishing", f"{door} publishing by password is open")


def blocking_rule_set(tree: Tree) -> Iterator[Finding]:
    """Managed rule sets of version 2 that only count: without an action they do."""
    for document in tree.templates:
        for node in objects(document.root):
            given = {key: literal(value) for key, value in entries(node).items()}
            is_default = given.get("ruleSetType") == "Microsoft_DefaultRuleSet"
            if is_default and given.get("ruleSetAction") != "Block":
                yield document.finding(node, "firewall", "the default rule set must block")


def preview_versions(tree: Tree) -> Iterator[Finding]:
    """Preview API versions; diagnostic settings have no other."""
    for resource in tree.resources():
        if resource.version.endswith("preview") and resource.type != _DIAGNOSTICS:
            yield _about(resource, "preview", f"{resource.type}@{resource.version}")


def _about(resource: Resource, rule: str, message: str) -> Finding:
    return resource.document.finding(children(resource.declaration.node)[0], rule, message)
