"""Agreement: templates, lists and code name the same things, within the limits of the services."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tools.infra.finding import Finding
from tools.infra.syntax import Document, children, entries, key_of, literal, text_of, walk
from tools.infra.tree import Tree, loop_source

MOST_HUBS = 10
MOST_GROUPS = 19  # of Event Hubs' 20 on Standard; $Default is one
LONGEST_BLOB_CONTAINER = 63
LONGEST_GROUP = 50
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_+[A-Za-z0-9]+)+")
_SECRET_USED = re.compile(r"secrets/([a-z0-9-]+)\)'|\bHPH_SIGNING_SECRET: '([^']*)'")
_LOOPED = {
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers": {"names.containers", "agents"},
    "Microsoft.EventHub/namespaces/eventhubs": {"rows"},
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups": {"consumers"},
}


def read(tree: Tree, name: str) -> Any:
    """A JSON file of the tree; ``None`` where it is not there, which another rule reports."""
    path = tree.root / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def loops_over_lists(tree: Tree) -> Iterator[Finding]:
    """Containers, hubs and groups that are not made from the lists."""
    for resource in tree.resources():
        allowed = _LOOPED.get(resource.type)
        if allowed and loop_source(resource.declaration) not in allowed:
            node = resource.declaration.node
            yield resource.document.finding(
                node, "unlisted", f"{resource.type} must loop over the lists"
            )


def hub_limits(tree: Tree) -> Iterator[Finding]:
    """More hubs or groups than a Standard namespace holds, and subscriptions to hubs that are not there."""
    names, agents = read(tree, "names.json"), read(tree, "agents.json")
    hubs = {hub["name"]: list(hub["groups"]) for hub in (*names["hubs"], *names["dialect_hubs"])}
    where = str(tree.root / "agents.json")
    for agent in agents:
        for subscription in agent["subscriptions"]:
            if subscription["hub"] not in hubs:
                yield Finding(
                    where, 0, "unknown-hub", f"{agent['name']} listens to {subscription['hub']}"
                )
            hubs.setdefault(subscription["hub"], []).append(subscription["group"])
        for hub in set(agent["publishes"]) - set(hubs):
            yield Finding(where, 0, "unknown-hub", f"{agent['name']} publishes to {hub}")
    yield from _too_many(where, hubs)


def _too_many(where: str, hubs: dict[str, list[str]]) -> Iterator[Finding]:
    if len(hubs) > MOST_HUBS:
        yield Finding(where, 0, "hub-limit", f"{len(hubs)} hubs; a namespace holds {MOST_HUBS}")
    for hub, groups in hubs.items():
        if len(groups) > MOST_GROUPS:
            yield Finding(
                where, 0, "hub-limit", f"{hub} has {len(groups)} groups; {MOST_GROUPS} fit"
            )
        if len(set(groups)) < len(groups):
            yield Finding(
                where,
                0,
                "hub-limit",
                f"two readers of {hub} share a group, and would split its events",
            )
        for group in groups:
            if len(group) > LONGEST_GROUP:
                yield Finding(where, 0, "hub-limit", f"{group} is longer than {LONGEST_GROUP}")


def agent_rows(tree: Tree) -> Iterator[Finding]:
    """Agents that cannot be given what their row asks for."""
    where, agents = str(tree.root / "agents.json"), read(tree, "agents.json")
    for key in ("name", "warm", "cold"):
        words = [agent[key] for agent in agents]
        for word in sorted({w for w in words if words.count(w) > 1}):
            yield Finding(where, 0, "agent-row", f"{key} {word} is used twice")
    for agent in agents:
        if (
            not re.fullmatch(r"[a-z0-9](?:-?[a-z0-9])+", agent["cold"])
            or len(agent["cold"]) > LONGEST_BLOB_CONTAINER
        ):
            yield Finding(
                where, 0, "agent-row", f"{agent['cold']} cannot be a blob container's name"
            )
    models = {model for agent in agents for model in agent["models"]}
    for document in tree.parameters:
        given = document.named("variable", "modelDeployments")
        missing = models - set(entries(children(given.node)[-1])) if given else set()
        for model in sorted(missing):
            yield document.finding(
                None, "agent-row", f"no deployment for {model}, which agents.json asks for"
            )


def settings(tree: Tree) -> Iterator[Finding]:
    """App settings that are set and not listed, or listed and not set."""
    listed = set(read(tree, "names.json")["settings"])
    found: dict[str, tuple[Document, Any]] = {}
    for document in tree.templates:
        if document.path.name in {"region.bicep", "stamp.bicep"}:
            for node in walk(document.root):
                key = key_of(node) if node.type == "object_property" else None
                if key and _SETTING.fullmatch(key):
                    found[key] = (document, node)
    for key in sorted(set(found) - listed):
        yield found[key][0].finding(found[key][1], "setting", f"{key} is not in names.json")
    for key in sorted(listed - set(found)):
        yield Finding(str(tree.root / "names.json"), 0, "setting", f"{key} is set nowhere")


def vault_secrets(tree: Tree) -> Iterator[Finding]:
    """Secrets of the vault that a template names, by reference or by name, and that nobody is asked to put there."""
    listed = set(read(tree, "names.json")["secrets"])
    for document in tree.templates:
        for by_reference, by_name in _SECRET_USED.findall(document.text):
            secret = by_reference or by_name
            if secret not in listed:
                yield document.finding(None, "secret", f"{secret} is not in names.json")


def regions(tree: Tree) -> Iterator[Finding]:
    """Regions that a parameter allows and regions.json cannot name, or the reverse."""
    main = next(d for d in tree.templates if d.path == tree.root / "main.bicep")
    parameter = main.named("parameter", "location")
    allowed = set(re.findall(r"'(\w+)'", " ".join(parameter.decorators))) if parameter else set()
    codes = read(tree, "regions.json")
    allowed = {word for word in allowed if word.islower()}
    for name in sorted(allowed ^ set(codes)):
        yield main.finding(None, "region", f"{name} is in one of main.bicep and regions.json only")
    if len(set(codes.values())) < len(codes):
        yield Finding(str(tree.root / "regions.json"), 0, "region", "two regions share a code")


def gateway(tree: Tree) -> Iterator[Finding]:
    """Policies, fragments, named values and backends that the gateway's lists and templates do not share."""
    apis, products = read(tree, "modules/api/apis.json"), read(tree, "modules/api/products.json")
    if apis is None or products is None:
        return
    by_name = {d.path.name: d for d in tree.templates}
    rows = (*apis["apis"], *products["products"])
    wanted = {row["policy"] for row in rows}
    yield from _differ(
        by_name["apis.bicep"], "policy", wanted, set(_object(by_name["apis.bicep"], "policies"))
    )
    yield from _differ(
        by_name["apis.bicep"],
        "fragment",
        set(products["fragments"]),
        words_of(by_name["apis.bicep"], "fragments", "name"),
    )
    named = set(_object(by_name["apim.bicep"], "namedValues"))
    yield from _differ(by_name["apim.bicep"], "named value", set(products["namedValues"]), named)
    missing = [b for b in products["backends"] if f"'{b}'" not in by_name["backends.bicep"].text]
    for backend in missing:
        yield by_name["backends.bicep"].finding(None, "gateway", f"backend {backend} is not there")


def words_of(document: Document, variable: str, key: str) -> set[str]:
    """The words under a key in the rows of a template's variable."""
    declared = document.named("variable", variable)
    found = [literal(entries(n).get(key)) for n in walk(declared.node)] if declared else []
    return {word for word in found if word}


def _object(document: Document, variable: str) -> dict[str, Any]:
    declared = document.named("variable", variable)
    return dict(entries(children(declared.node)[-1])) if declared else {}


def _differ(document: Document, what: str, wanted: set[str], found: set[str]) -> Iterator[Finding]:
    for name in sorted(wanted - found):
        yield document.finding(None, "gateway", f"{what} {name} is missing")
    for name in sorted(found - wanted):
        yield document.finding(None, "gateway", f"{what} {name} is used by nobody")


def alerts(tree: Tree) -> Iterator[Finding]:
    """Alert rows without a query, queries without a row, and metric rows of a kind that has no scope."""
    rows = read(tree, "queries/alerts.json")
    document = next((d for d in tree.templates if d.path.name == "alerts.bicep"), None)
    if rows is None or document is None:
        return
    wanted, found = {row["name"] for row in rows["log"]}, set(_object(document, "queries"))
    for name in sorted(wanted ^ found):
        yield document.finding(
            None, "alert", f"{name} is in one of alerts.json and alerts.bicep only"
        )
    for row in rows["metric"]:
        if f"'{row['resourceType']}'" not in document.text:
            yield document.finding(
                None, "alert", f"{row['name']}: no scope for {row['resourceType']}"
            )


def recovery(tree: Tree) -> Iterator[Finding]:
    """Settings on which the recovery promise rests: two regions, at most 300 s of staleness."""
    prod = next((d for d in tree.parameters if d.path.name == "main.prod.bicepparam"), None)
    second = prod.named("variable", "secondaryLocation") if prod else None
    if prod and (second is None or not re.search(r", '\w+'\)$|= '\w+'$", text_of(second.node))):
        yield prod.finding(None, "recovery", "production needs a second region")
    for document in tree.templates:
        for node in walk(document.root):
            if node.type == "object_property" and key_of(node) == "maxIntervalInSeconds":
                seconds = literal(children(node)[-1]) or "0"
                if not 0 < int(seconds) <= 300:
                    yield document.finding(node, "recovery", "more than five minutes could be lost")


def wiring(tree: Tree) -> Iterator[Finding]:
    """azure.yaml's infra path, module and hooks that are not there, and secrets that nobody is told of."""
    root = tree.root.parent
    written = (
        (root / "azure.yaml").read_text(encoding="utf-8") if (root / "azure.yaml").is_file() else ""
    )
    for script in re.findall(r"run: sh (\S+)", written):
        if not (root / script).is_file():
            yield Finding(str(root / "azure.yaml"), 0, "wiring", f"{script} is not there")
    after = tree.root / "hooks" / "after-provision.sh"
    told = after.read_text(encoding="utf-8") if after.is_file() else ""
    for secret in read(tree, "names.json")["secrets"]:
        if secret not in told:
            yield Finding(str(after), 0, "wiring", f"does not name the secret {secret}")
