"""The query language: what is read, what it comes to, what is refused."""

from typing import Any

import pytest

from tools.cosmos_emulator.refusal import Refusal
from tools.cosmos_emulator.sql.evaluator import UNDEFINED, Row, compared, is_true, value
from tools.cosmos_emulator.sql.parser import parse, parse_condition
from tools.cosmos_emulator.sql.tree import Literal, Order, Path, Select, conjuncts, paths

DOCUMENT = {
    "n": 2,
    "f": 1.5,
    "s": "b",
    "t": True,
    "nil": None,
    "tags": ["x", 1, True, None],
    "deep": {"er": "x", "order": 1},
    "it's": "quoted",
}


def condition(text: str, **parameters: Any) -> Any:
    named = {f"@{name}": given for name, given in parameters.items()}
    return value(parse_condition(f"FROM c WHERE {text}"), Row(DOCUMENT, named))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c.n = 2", True),
        ("c.n = 2.0", True),
        ("c.n != 3", True),
        ("c.n <> 3", True),
        ("c.n >= 2 AND c.n < 3", True),
        ("c.f > -1.5e0", True),
        ("c.s = 'b'", True),
        ('c["s"] = "b"', True),
        ('c["it\'s"] = "quoted"', True),
        (r"c['it\'s'] = 'quo\u0074ed'", True),
        (r"'a\nb' = 'a\nb'", True),
        ("c.deep.er = 'x'", True),
        ("c.deep.order = 1", True),
        ("c.t = true AND NOT c.t = false", True),
        ("c.nil = null", True),
        ("NOT (c.n = 1 OR c.n = 3)", True),
        ("c.n IN (1, 2)", True),
        ("c.n IN ('2')", False),
        ("c.none IN (1)", UNDEFINED),
        ("c.n = '2'", UNDEFINED),
        ("c.t = 1", UNDEFINED),
        ("c.none = 1", UNDEFINED),
        ("c.none != 1", UNDEFINED),
        ("c.nil != 1", UNDEFINED),
        ("c.nil < null", UNDEFINED),
        ("c.tags = c.tags", True),
        ("c.tags < c.tags", UNDEFINED),
        ("NOT c.none = 1", UNDEFINED),
        ("c.none = 1 OR c.n = 2", True),
        ("c.none = 1 AND c.n = 2", UNDEFINED),
        ("c.none = 1 AND c.n = 3", False),
        ("c.none = 1 OR c.n = 3", UNDEFINED),
        ("false OR false", False),
        ("ARRAY_CONTAINS(c.tags, 'x')", True),
        ("array_contains(c.tags, 1)", True),
        ("ARRAY_CONTAINS(c.tags, '1')", False),
        ("ARRAY_CONTAINS(c.s, 'b')", UNDEFINED),
        ("ARRAY_CONTAINS(c.tags, c.none)", UNDEFINED),
        ("STARTSWITH(c.s, '')", True),
        ("STARTSWITH(c.n, '2')", UNDEFINED),
        ("IS_DEFINED(c.nil)", True),
        ("IS_DEFINED(c.none)", False),
        ("IS_NULL(c.nil)", True),
        ("IS_BOOL(c.t) AND NOT IS_NUMBER(c.t)", True),
        ("IS_NUMBER(c.f) AND IS_STRING(c.s) AND IS_ARRAY(c.tags) AND IS_OBJECT(c.deep)", True),
        ("IS_STRING(c.tags.x)", False),
    ],
)
def test_a_condition_comes_to(text: str, expected: object) -> None:
    assert condition(text) is expected


def test_parameters_are_given_beside_the_text() -> None:
    assert condition("c.n = @n", n=2) is True
    with pytest.raises(Refusal, match="@n is not supplied"):
        condition("c.n = @n")


def test_only_true_lets_a_document_through() -> None:
    assert not is_true(parse_condition("FROM c WHERE c.none"), Row({}, {}))
    assert not is_true(parse_condition("FROM c WHERE c.n"), Row({"n": 1}, {}))


def test_a_boolean_is_no_number() -> None:
    assert compared("=", True, 1) is UNDEFINED
    assert repr(UNDEFINED) == "undefined"


def test_a_whole_query_is_read() -> None:
    text = (
        "select top 5 * from Root as c where c.a = 1 and c.b = 2 order by c.a, c.b.d DESC, c.e ASC"
    )

    query = parse(text)

    assert query.top == Literal(5)
    assert len(list(conjuncts(query.where))) == 2
    assert query.order == (
        Order(Path(("a",)), descending=False),
        Order(Path(("b", "d")), descending=True),
        Order(Path(("e",)), descending=False),
    )
    assert parse("SELECT VALUE COUNT(1) FROM c") == Select(counts=True)


def test_the_paths_of_a_condition_are_known() -> None:
    parsed = parse_condition(
        "FROM c WHERE NOT (c.a = 1 AND IS_DEFINED(c.b) OR c.d IN (c.e, @x)) AND c.a.f = 1"
    )

    assert [path.indexed_as for path in paths(parsed)] == ["/a", "/b", "/d", "/e", "/a/f"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * FROM c WHERE c.a ~ 1", "invalid token at '~ 1'"),
        ("SELECT * FROM c WHERE", "incorrect syntax near 'end of query'"),
        ("SELECT * FROM c WHERE c.a = 1 2", "near '2'"),
        ("SELECT * FROM c WHERE d.a = 1", "Identifier 'd' could not be resolved"),
        ("SELECT c.a FROM c", "near 'c'"),
        ("SELECT VALUE c FROM c", "near 'c'"),
        ("SELECT VALUE COUNT(c) FROM c", "Only COUNT\\(1\\)"),
        ("SELECT * FROM c ORDER BY 1", "ORDER BY item"),
        ("SELECT * FROM c ORDER BY c", "ORDER BY item"),
        ("SELECT DISTINCT * FROM c", "DISTINCT is not understood"),
        ("SELECT * FROM c GROUP BY c.a", "GROUP is not understood"),
        ("SELECT * FROM c JOIN t IN c.tags", "JOIN is not understood"),
        ("SELECT * FROM c WHERE c.a LIKE 'b'", "LIKE is not understood"),
        ("SELECT * FROM c WHERE c[1] = 1", "near '1'"),
        ("SELECT * FROM c WHERE c.1 = 1", "near '1'"),
        ("SELECT * FROM c WHERE c.a = -'b'", "near ''b''"),
        ("SELECT * FROM 1", "near '1'"),
        ("FROM c", "near 'FROM'"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(Refusal, match=told) as refused:
        parse(text)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("UPPER(c.s) = 'B'", "'UPPER' is not a recognized"),
        ("IS_NULL(c.s, c.s)", "requires 1 argument"),
        ("IS_NULL()", "requires 1 argument"),
    ],
)
def test_functions_that_are_unknown_or_called_wrong_are_refused(text: str, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        condition(text)
