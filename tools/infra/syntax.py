"""A Bicep file as a tree: its declarations, and the few questions that the checks ask of nodes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

from tools.infra.finding import Finding

_COMMENTS = frozenset({"comment", "diagnostic_comment"})
_NAMES = frozenset({"identifier", "compatible_identifier", "property_identifier"})
# The grammar knows neither line. Blanks of the same length keep every position true.
_UNKNOWN_LINES = re.compile(r"^(?:extension|using) [^\n]*", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^param(?= \w+ =)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A named thing of a file: its node, the texts of its decorators, and the name."""

    name: str
    node: Node
    decorators: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        return line_of(self.node)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. ``text`` is as written; the tree is of the text without what the grammar lacks."""

    path: Path
    text: str
    root: Node
    declarations: tuple[Declaration, ...] = field(default=())

    def of(self, kind: str) -> tuple[Declaration, ...]:
        """The declarations of a kind: parameter, variable, resource, module, output, type."""
        return tuple(d for d in self.declarations if d.node.type == f"{kind}_declaration")

    def named(self, kind: str, name: str) -> Declaration | None:
        return next((d for d in self.of(kind) if d.name == name), None)

    def finding(self, node: Node | None, rule: str, message: str) -> Finding:
        """A fault at a node, or of the whole file."""
        return Finding(str(self.path), line_of(node) if node else 0, rule, message)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bicep.language()))


def parse(path: Path) -> Document:
    """Read a .bicep or .bicepparam file; what cannot be parsed stays in the tree as errors."""
    text = path.read_text(encoding="utf-8")
    known = _UNKNOWN_LINES.sub(lambda found: " " * len(found.group().encode()), text)
    if path.suffix == ".bicepparam":
        known = _ASSIGNMENT.sub("var  ", known)
    root = _parser().parse(known.encode()).root_node
    return Document(path, text, root, tuple(_declarations(root)))


def syntax_errors(document: Document) -> Iterator[Finding]:
    """Every place that does not parse."""
    for node in walk(document.root):
        if node.type == "ERROR" or node.is_missing:
            yield document.finding(node, "syntax", f"cannot parse near {text_of(node)[:40]!r}")


def _declarations(root: Node) -> Iterator[Declaration]:
    decorators: tuple[str, ...] = ()
    for node in children(root):
        if node.type == "decorators":
            decorators = tuple(text_of(one) for one in children(node))
            continue
        if node.type == "import_functionality":
            yield from (Declaration(text_of(n), node) for n in children(node) if n.type in _NAMES)
        elif name := next((child for child in children(node) if child.type in _NAMES), None):
            yield Declaration(text_of(name), node, decorators)
        decorators = ()


def children(node: Node) -> list[Node]:
    """The named children that mean something."""
    return [child for child in node.children if child.is_named and child.type not in _COMMENTS]


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, top-down."""
    yield node
    for child in node.children:
        yield from walk(child)


def text_of(node: Node | None) -> str:
    return node.text.decode() if node is not None and node.text is not None else ""


def line_of(node: Node) -> int:
    return node.start_point[0] + 1


def literal(node: Node | None) -> str | None:
    """The value of a string without interpolation, of a number or a truth word; ``None`` for anything else."""
    if node is None:
        return None
    if node.type in {"number", "boolean"}:
        return text_of(node)
    if node.type != "string" or any(child.type == "interpolation" for child in node.children):
        return None
    return text_of(node)[1:-1].replace("\\'", "'")


def key_of(entry: Node) -> str | None:
    """The key of an object's entry; ``None`` where it is computed."""
    first = children(entry)[0] if children(entry) else None
    if first is not None and first.type in _NAMES:
        return text_of(first)
    return literal(first)


def entries(node: Node | None) -> dict[str, Node]:
    """An object's keys with their value nodes."""
    if node is None or node.type != "object":
        return {}
    found = [e for e in children(node) if e.type == "object_property" and len(children(e)) > 1]
    return {key: children(e)[-1] for e in found if (key := key_of(e)) is not None}


def objects(node: Node | None) -> Iterator[Node]:
    """Every object in a node, itself included."""
    if node is not None:
        yield from (inner for inner in walk(node) if inner.type == "object")


def body(node: Node) -> Node | None:
    """The object of a declaration, behind its loop or condition."""
    for child in reversed(children(node)):
        if child.type == "object":
            return child
        if child.type in {"for_statement", "if_statement"} and (found := body(child)) is not None:
            return found
    return None


def value_at(node: Node | None, path: str) -> Node | None:
    """The node under a dotted path of object keys."""
    for key in path.split("."):
        node = entries(node).get(key)
    return node
