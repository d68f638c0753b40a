"""A gateway policy file, read, with what a rule wants to ask of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lxml import etree

from tools.delivery.finding import Finding

type Scope = Literal["global", "product", "api", "fragment"]
SECTIONS = ("inbound", "backend", "outbound", "on-error")
_NAMED_VALUE = re.compile(r"\{\{([\w-]+)\}\}")


@dataclass(frozen=True)
class Contract:
    """What the policies must agree with: `products.json`, which Bicep reads as well."""

    products: tuple["ProductRow", ...]
    fragments: frozenset[str]
    named_values: frozenset[str]
    backends: frozenset[str]


@dataclass(frozen=True)
class ProductRow:
    """One product: its limit in calls a minute (None is none), whose calls are counted, what a token must say.

    `session_calls_per_minute` is the limit, by address, for those who bring a session's cookie and no token.
    """

    name: str
    policy: str
    calls_per_minute: int | None
    session_calls_per_minute: int | None
    counted_by: str | None
    token: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """One policy file; `name` is relative to the folder of policies."""

    name: str
    root: etree._Element = field(repr=False)

    @property
    def scope(self) -> Scope:
        """Where the policy is hung in."""
        if self.name == "global.xml":
            return "global"
        if self.name.startswith("fragments/"):
            return "fragment"
        return "product" if self.name.startswith("product-") else "api"

    def section(self, name: str) -> list[etree._Element]:
        """The policies of a section, in order, without comments; empty where there is no section."""
        found = self.root.find(name)
        return [] if found is None else [child for child in found if isinstance(child.tag, str)]

    def every(self, *tags: str) -> list[etree._Element]:
        """Every element of these names, or every element, in document order."""
        return [
            node
            for node in self.root.iter()
            if isinstance(node.tag, str) and (not tags or node.tag in tags)
        ]

    def conditions_around(self, node: etree._Element) -> str:
        """The conditions that must hold for an element to run, joined."""
        return " && ".join(str(above.get("condition")) for above in node.iterancestors("when"))

    def strings(self) -> Iterator[tuple[etree._Element, str]]:
        """Every attribute value and text with its element."""
        for node in self.every():
            yield from ((node, str(value)) for value in node.attrib.values())
            if node.text and node.text.strip():
                yield node, node.text.strip()

    def named_values(self) -> Iterator[tuple[etree._Element, str]]:
        """Every `{{name}}` with its element."""
        for node, text in self.strings():
            yield from ((node, name) for name in _NAMED_VALUE.findall(text))

    def fault(self, node: etree._Element | None, rule: str, message: str) -> Finding:
        """A finding at an element, or about the whole file."""
        line = None if node is None else node.sourceline
        return Finding(f"policies/{self.name}", line if isinstance(line, int) else 0, rule, message)


def read_policy(folder: Path, path: Path) -> Policy | Finding:
    """The policy of a file, or the finding that it is no XML (the gateway is given `format: 'xml'`)."""
    name = path.relative_to(folder).as_posix()
    try:
        return Policy(name, etree.fromstring(path.read_bytes()))
    except etree.XMLSyntaxError as error:
        return Finding(
            f"policies/{name}",
            error.lineno if isinstance(error.lineno, int) else 0,
            "well-formed",
            str(error.msg),
        )
