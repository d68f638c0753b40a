"""All files of the infrastructure, parsed once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tree_sitter import Node

from tools.infra.syntax import (
    Declaration,
    Document,
    body,
    children,
    literal,
    parse,
    text_of,
    value_at,
)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a file: its type and version, and whether it is only looked up."""

    document: Document
    declaration: Declaration
    type: str
    version: str
    is_existing: bool
    body: Node | None

    @property
    def remarks(self) -> str:
        """The comment lines right above the resource, where a rule may be waived with its reason."""
        above = self.document.text.splitlines()[: self.declaration.line - 1]
        lines = takewhile(lambda line: line.startswith("//"), reversed(above))
        return "\n".join(lines)

    def at(self, path: str) -> Node | None:
        """The value under a dotted path of its body."""
        return value_at(self.body, path)


@dataclass(frozen=True, slots=True)
class Tree:
    """The folder ``infra/`` of a repository, and its documents by path."""

    root: Path
    documents: dict[Path, Document]

    @property
    def templates(self) -> list[Document]:
        return [d for p, d in self.documents.items() if p.suffix == ".bicep"]

    @property
    def parameters(self) -> list[Document]:
        return [d for p, d in self.documents.items() if p.suffix == ".bicepparam"]

    def resources(self) -> Iterator[Resource]:
        """Every resource that is created, in every template."""
        for document in self.templates:
            yield from (r for r in resources_of(document) if not r.is_existing)

    def target(self, document: Document, written: str) -> Document | None:
        """The document that a module or import names, relative to its own."""
        return self.documents.get((document.path.parent / written).resolve())


def read_tree(root: Path) -> Tree:
    """Parse all templates and parameter files under a folder."""
    paths = sorted(
        p for p in root.resolve().rglob("*.bicep*") if p.suffix in {".bicep", ".bicepparam"}
    )
    # azd's copy of the chosen parameters is nobody's source.
    return Tree(root.resolve(), {p: parse(p) for p in paths if p.name != "main.bicepparam"})


def resources_of(document: Document) -> list[Resource]:
    """The resources that a file declares at its top, those that are only looked up included."""
    found = []
    for declaration in document.of("resource"):
        written = next((literal(c) for c in children(declaration.node) if c.type == "string"), None)
        kind, _, version = (written or "").partition("@")
        existing = any(child.type == "existing" for child in declaration.node.children)
        found.append(
            Resource(document, declaration, kind, version, existing, body(declaration.node))
        )
    return found


def module_path(declaration: Declaration) -> str | None:
    """The path that a module declaration names."""
    return next((literal(c) for c in children(declaration.node) if c.type == "string"), None)


def module_parameters(declaration: Declaration) -> Node | None:
    """The object of parameters that a module declaration passes."""
    return value_at(body(declaration.node), "params")


def loop_source(declaration: Declaration) -> str:
    """What a declaration loops over, as written; empty for none."""
    for child in children(declaration.node):
        if child.type == "for_statement":
            parts = [c for c in children(child) if c.type not in {"for_loop_parameters"}]
            first = parts[0] if len(parts) < 3 else parts[1]
            return text_of(first)
    return ""
