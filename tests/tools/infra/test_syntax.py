from pathlib import Path

from tools.infra.syntax import (
    body,
    children,
    entries,
    literal,
    parse,
    syntax_errors,
    text_of,
    value_at,
)
from tools.infra.tree import loop_source, resources_of


def written(tmp_path: Path, text: str, name: str = "x.bicep") -> Path:
    (tmp_path / name).write_text(text)
    return tmp_path / name


def test_a_parameter_file_is_read_as_variables_at_the_same_places(tmp_path: Path) -> None:
    document = parse(written(tmp_path, "using 'main.bicep'\n\nparam a = 'x'\n", "x.bicepparam"))

    assert [(d.name, d.line, literal(children(d.node)[-1])) for d in document.of("variable")] == [
        ("a", 3, "x")
    ]
    assert not list(syntax_errors(document))


def test_decorators_belong_to_the_next_declaration(tmp_path: Path) -> None:
    document = parse(written(tmp_path, "@minLength(3)\n// why\nparam a string\nparam b string\n"))

    assert [d.decorators for d in document.of("parameter")] == [("@minLength(3)",), ()]


def test_the_body_lies_behind_loop_and_condition(tmp_path: Path) -> None:
    text = "resource r 'A/b@2025-01-01' = [\n  for (x, i) in names: if (x == 'a') {\n    name: 'n'\n  }\n]\n"
    declaration = parse(written(tmp_path, text)).of("resource")[0]

    assert literal(entries(body(declaration.node))["name"]) == "n"
    assert loop_source(declaration) == "names"


def test_a_value_is_found_by_its_path_and_interpolation_is_no_literal(tmp_path: Path) -> None:
    text = "resource r 'A/b@2025-01-01' = {\n  properties: { 'odata.type': 'x', a: { b: 'c-${d}' } }\n}\n"
    resource = resources_of(parse(written(tmp_path, text)))[0]

    assert text_of(resource.at("properties.a.b")) == "'c-${d}'"
    assert literal(value_at(resource.body, "properties.a.b")) is None
    assert resource.at("properties.a.z") is None
    assert (resource.type, resource.version, resource.is_existing) == ("A/b", "2025-01-01", False)
