"""Agreement with the code: what it names, sets and offers is what the templates name, set and offer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.infra.agreement import read, words_of
from tools.infra.finding import Finding
from tools.infra.tree import Tree


def code_names(tree: Tree, listed: dict[str, Any]) -> Iterator[Finding]:
    """Rows of names.json that the code would write otherwise. ``listed``: what the code says."""
    written = read(tree, "names.json")
    for key, rows in listed.items():
        if written.get(key) != rows:
            where = str(tree.root / "names.json")
            yield Finding(
                where,
                0,
                "code-names",
                f"{key} differ from the code: run python -m tools.infra.names",
            )


@dataclass(frozen=True)
class KnownSettings:
    """What the code says of its variables: all of the shop's own, those that triggers name, those without a default."""

    fields: set[str]
    referenced: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)


def code_settings(tree: Tree, known: KnownSettings) -> Iterator[Finding]:
    """Settings that the code would not read, and settings of triggers and of sign-in that nobody sets."""
    where, listed = str(tree.root / "names.json"), set(read(tree, "names.json")["settings"])
    for name in sorted(one for one in listed - known.fields if one.startswith("HPH_")):
        yield Finding(where, 0, "code-names", f"{name} is no setting of the shop")
    for name in sorted(known.referenced - listed):
        yield Finding(where, 0, "code-names", f"a trigger names {name}, which is not set")
    for name in sorted(known.needed - listed):
        yield Finding(where, 0, "code-names", f"the shop needs {name}, which is not set")


def code_registration(tree: Tree, scopes: set[str]) -> Iterator[Finding]:
    """Scopes that the registration offers and the shop does not take, or the reverse."""
    for document in tree.templates:
        if document.path.name == "entra-app.bicep":
            offered = words_of(document, "scopes", "value")
            for name in sorted(offered ^ scopes):
                yield document.finding(
                    None, "code-names", f"scope {name} is in one of registration and shop only"
                )
