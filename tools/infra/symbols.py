"""Names: every one that is used exists, none is declared twice, none is declared in vain."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tree_sitter import Node

from tools.infra.finding import Finding
from tools.infra.syntax import Document, children, text_of, walk

_DECLARED = frozenset(
    f"{kind}_declaration"
    for kind in ("parameter", "variable", "resource", "module", "output", "metadata", "type")
)
_LEAVES = frozenset(
    {"property_identifier", "primitive_type", "import_functionality", "nullable_type"}
)


@cache
def words(kind: str) -> frozenset[str]:
    """Bicep's own ``functions``, ``decorators`` or ``types``."""
    path = Path(__file__).with_name("language.json")
    return frozenset(json.loads(path.read_text(encoding="utf-8"))[kind])


def symbol_faults(document: Document) -> Iterator[Finding]:
    """Unknown, doubled and unused names of one file."""
    names = {d.name for d in document.declarations if d.node.type != "output_declaration"}
    used: set[str] = set()
    yield from _doubled(document)
    yield from _unknown(document, document.root, frozenset(names), used)
    for declaration in (*document.of("parameter"), *document.of("variable")):
        if declaration.name not in used and document.path.suffix == ".bicep":
            yield document.finding(declaration.node, "unused", f"{declaration.name} is never used")


def _doubled(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for one in document.declarations:
        if one.node.type in {"output_declaration", "metadata_declaration"}:
            continue
        if one.name in seen:
            yield document.finding(one.node, "doubled", f"{one.name} is declared twice")
        seen.add(one.name)


def _unknown(
    document: Document, node: Node, scope: frozenset[str], used: set[str]
) -> Iterator[Finding]:
    if node.type in _LEAVES or node.type in {"comment", "diagnostic_comment"}:
        return
    if node.type == "type":
        yield from _types(document, node, scope, used)
    elif node.type in {"identifier", "compatible_identifier"}:
        if fault := _name_fault(node, scope, used):
            yield document.finding(node, "unknown-name", fault)
    else:
        inner = scope | _introduced(node)
        for child in _expressions(node):
            yield from _unknown(document, child, inner, used)


def _name_fault(node: Node, scope: frozenset[str], used: set[str]) -> str:
    name = text_of(node)
    if _is_called(node):
        in_decorator = node.parent is not None and _parent_type(node.parent) == "decorator"
        known = words("decorators") if in_decorator else words("functions") | scope
        return "" if name in known else f"there is no function {name}"
    used.add(name)
    return "" if name in scope or name in {"az", "sys"} else f"{name} is not declared"


def _is_called(node: Node) -> bool:
    call = node.parent
    return (
        call is not None
        and call.type == "call_expression"
        and call.child_by_field_name("function") == node
    )


def _parent_type(node: Node) -> str:
    return node.parent.type if node.parent is not None else ""


def _introduced(node: Node) -> frozenset[str]:
    """The names that a node brings into scope for what is below it."""
    if node.type == "for_statement":
        return frozenset(_loop_names(node))
    if node.type == "lambda_expression":
        heads = children(node)[:-1]
        return frozenset(text_of(n) for head in heads for n in walk(head) if n.type == "identifier")
    if node.type == "user_defined_function":
        declared = [p for c in children(node) if c.type == "parameters" for p in children(c)]
        return frozenset(text_of(children(p)[0]) for p in declared)
    if node.type == "object":
        inner = [
            c for e in children(node) for c in (e, *children(e)) if c.type == "resource_declaration"
        ]
        return frozenset(text_of(children(c)[0]) for c in inner)
    return frozenset()


def _loop_names(node: Node) -> list[str]:
    pair = [n for c in children(node) if c.type == "for_loop_parameters" for n in children(c)]
    head = node.child_by_field_name("initializer")
    return [text_of(n) for n in pair] + ([text_of(head)] if head is not None else [])


def _expressions(node: Node) -> list[Node]:
    """The children in which names are used, not made."""
    found = children(node)
    if node.type in _DECLARED or node.type == "user_defined_function":
        return [c for c in found[1:] if c.type != "parameters"]
    if node.type == "object_property":
        return _property_values(found)
    if node.type == "member_expression":
        return found[:1]
    if node.type == "for_statement":
        head = node.child_by_field_name("initializer")
        return [c for c in found if c.type != "for_loop_parameters" and c != head]
    return found[-1:] if node.type == "lambda_expression" else found


def _property_values(found: list[Node]) -> list[Node]:
    computed = found and found[0].type in {"string", "resource_declaration"}
    return found if computed else found[1:]


def _types(
    document: Document, node: Node, scope: frozenset[str], used: set[str]
) -> Iterator[Finding]:
    for inner in walk(node):
        if inner.type == "identifier" and _parent_type(inner) != "object_property":
            used.add(text_of(inner))
            if text_of(inner) not in scope | words("types"):
                yield document.finding(inner, "unknown-name", f"there is no type {text_of(inner)}")
