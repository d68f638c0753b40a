"""Contracts between files: what is passed is declared, what is needed is passed, what is read is there."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from tools.infra.finding import Finding
from tools.infra.syntax import (
    Declaration,
    Document,
    body,
    children,
    entries,
    literal,
    text_of,
    walk,
)
from tools.infra.tree import Tree, module_parameters, module_path

_LOADERS = frozenset({"loadTextContent", "loadJsonContent", "loadYamlContent", "loadFileAsBase64"})
_MODULE_KEYS = frozenset({"name", "params", "scope", "dependsOn"})
_LITERALS = {
    "string": {"number", "boolean", "object", "array"},
    "int": {"string", "boolean", "object", "array"},
    "bool": {"string", "number", "object", "array"},
    "object": {"string", "number", "boolean", "array"},
    "array": {"string", "number", "boolean", "object"},
}
_USING = re.compile(r"^using '([^']+)'\s*$", re.MULTILINE)


def contract_faults(tree: Tree) -> Iterator[Finding]:
    """Every broken promise between the files of a tree."""
    for document in tree.documents.values():
        yield from _missing_files(document)
        for module in document.of("module"):
            yield from _module(tree, document, module)
        yield from _outputs(tree, document)
    for document in tree.parameters:
        yield from _parameter_file(tree, document)


def _missing_files(document: Document) -> Iterator[Finding]:
    for node in walk(document.root):
        if (
            node.type == "call_expression"
            and (path := _loaded(node))
            and not _is_there(document, path)
        ):
            yield document.finding(node, "missing-file", f"{path} is not there")
        if node.type == "import_functionality":
            path = literal(children(node)[-1]) or ""
            if not _is_there(document, path):
                yield document.finding(node, "missing-file", f"{path} is not there")


def _is_there(document: Document, path: str) -> bool:
    return (document.path.parent / path).is_file()


def _loaded(call: Node) -> str | None:
    function, arguments = call.child_by_field_name("function"), children(call)[-1]
    if text_of(function) not in _LOADERS or not children(arguments):
        return None
    return literal(children(arguments)[0])


def _module(tree: Tree, document: Document, module: Declaration) -> Iterator[Finding]:
    path = module_path(module) or ""
    target = tree.target(document, path)
    if target is None:
        yield document.finding(module.node, "missing-file", f"module {path} is not there")
        return
    for key, value in entries(body(module.node)).items():
        if key not in _MODULE_KEYS:
            yield document.finding(value, "module-key", f"a module has no {key}")
    yield from _passed(document, module.node, target, entries(module_parameters(module)))


def _passed(
    document: Document, at: Node, target: Document, given: dict[str, Node]
) -> Iterator[Finding]:
    declared = {p.name: p for p in target.of("parameter")}
    name = target.path.name
    for key, value in given.items():
        if key not in declared:
            yield document.finding(value, "unknown-parameter", f"{name} has no parameter {key}")
        elif fault := _value_fault(declared[key], value):
            yield document.finding(value, "wrong-value", f"{key} of {name}: {fault}")
    for parameter in declared.values():
        if parameter.name not in given and not is_optional(parameter):
            yield document.finding(at, "missing-parameter", f"{name} needs {parameter.name}")


def is_optional(parameter: Declaration) -> bool:
    """True where a parameter has a default or may be null."""
    parts = children(parameter.node)
    written = next((c for c in parts if c.type in {"type", "union_type"}), None)
    return len(parts) > 2 or text_of(written).endswith("?")


def _value_fault(parameter: Declaration, value: Node) -> str:
    parts = children(parameter.node)
    wanted = text_of(parts[1]).rstrip("?") if len(parts) > 1 else ""
    if value.type in _LITERALS.get(wanted, ()):
        return f"wants {wanted}, gets {value.type}"
    allowed = next((d for d in parameter.decorators if "allowed(" in d), "")
    word = literal(value)
    if (
        allowed
        and word is not None
        and f"'{word}'" not in allowed
        and word not in re.findall(r"\d+", allowed)
    ):
        return f"{word!r} is not allowed"
    return ""


def _outputs(tree: Tree, document: Document) -> Iterator[Finding]:
    for node in walk(document.root):
        if node.type != "member_expression" or (name := _module_of_output(node)) is None:
            continue
        module = document.named("module", name)
        target = tree.target(document, module_path(module) or "") if module else None
        wanted = text_of(children(node)[-1])
        if target is not None and target.named("output", wanted) is None:
            yield document.finding(
                node, "unknown-output", f"{target.path.name} has no output {wanted}"
            )


def _module_of_output(node: Node) -> str | None:
    """The module of ``module.outputs.x`` and ``modules[i].outputs.x``."""
    inner = children(node)[0]
    if inner.type != "member_expression" or text_of(children(inner)[-1]) != "outputs":
        return None
    owner = children(inner)[0]
    return text_of(children(owner)[0] if owner.type == "subscript_expression" else owner).rstrip(
        "!"
    )


def _parameter_file(tree: Tree, document: Document) -> Iterator[Finding]:
    using = _USING.search(document.text)
    target = tree.target(document, using.group(1)) if using else None
    if target is None:
        yield document.finding(None, "using", "names no template that is there")
        return
    given = {d.name: children(d.node)[-1] for d in document.of("variable")}
    yield from _passed(document, document.root, target, given)
    for name, value in given.items():
        yield from _shape(tree, document, target.named("parameter", name), value)


def _shape(
    tree: Tree, document: Document, parameter: Declaration | None, value: Node
) -> Iterator[Finding]:
    """An object given for a declared type has each of its keys and no other."""
    written = text_of(children(parameter.node)[1]) if parameter else ""
    declared = next((t for d in tree.templates for t in d.of("type") if t.name == written), None)
    if declared is None or value.type != "object":
        return
    wanted, given = set(entries(children(declared.node)[-1])), set(entries(value))
    for key in sorted(given - wanted):
        yield document.finding(value, "unknown-key", f"{written} has no {key}")
    for key in sorted(wanted - given):
        yield document.finding(value, "missing-key", f"{written} needs {key}")
