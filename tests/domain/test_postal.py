"""Addresses as their countries write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.postal import PostalFormat, State, WrittenAddress, checked, country_of

US = PostalFormat(
    country="US",
    needs=frozenset({"line1", "city", "state", "postal_code"}),
    states=(
        State("CA", ("California", "CA"), "9[0-5]|96[01]"),
        State("TN", ("Tennessee",), "37|38"),
        State("PW", ("Palau",), ""),
    ),
    code_pattern=r"(\d{5})(?:[ \-](\d{4}))?",
    code_examples=("95014", "22162-1010"),
)
BRITAIN = PostalFormat(
    country="GB",
    needs=frozenset({"line1", "city", "postal_code"}),
    code_pattern=r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    code_examples=("EC1Y 8SY", "M2 5BQ"),
)
LATVIA = PostalFormat(country="LV", code_pattern=r"LV-\d{4}", code_examples=("LV-1073",))
SWEDEN = PostalFormat(country="SE", code_pattern=r"\d{3} ?\d{2}", code_examples=("114 55",))
JAPAN = PostalFormat(
    country="JP",
    states=(State("東京都", ("Tokyo", "13"), "1"),),
    code_pattern=r"\d{3}-?\d{4}",
    code_examples=("154-0023",),
)
NOWHERE = PostalFormat(country="AQ")
GOOD = {
    "name": "A Shopper",
    "line1": "1 Main Street",
    "city": "Memphis",
    "state": "TN",
    "postal_code": "38103",
    "country": "US",
}


def written(**parts: str) -> WrittenAddress:
    return WrittenAddress(**GOOD | parts)


def problems(address: WrittenAddress, rules: PostalFormat | None) -> dict[str, str]:
    return {one.field: one.code for one in checked(address, rules).problems}


def code(text: str, rules: PostalFormat) -> str:
    address = written(postal_code=text, country=rules.country, state="")
    return checked(address, rules).address.postal_code


def test_an_address_that_is_right_stays_as_it_is() -> None:
    check = checked(written(), US)

    assert check.valid
    assert check.address == written()
    assert check.problems == ()
    assert check.deliverability == "unknown"


def test_blanks_lines_and_what_cannot_be_seen_go() -> None:
    check = checked(
        written(name=" A\u00a0 \tShopper\u200b ", line1="1\nMain  Street", country=" us "), US
    )

    assert (check.valid, check.address) == (True, written())


@pytest.mark.parametrize(
    ("text", "state"),
    [("tn", "TN"), ("Tennessee", "TN"), ("t.n.", "TN"), ("CALIFORNIA", "CA"), ("Tn", "TN")],
)
def test_a_state_is_known_by_any_of_its_names(text: str, state: str) -> None:
    postal_code = {"TN": "38103", "CA": "94103"}[state]

    check = checked(written(state=text, postal_code=postal_code), US)

    assert (check.valid, check.address.state) == (True, state)


@pytest.mark.parametrize(
    ("text", "state"),
    [("Tokyo", "Tokyo"), ("東京都", "東京都"), ("tōkyō", "Tokyo"), ("TOKYO", "Tokyo")],
)
def test_a_state_stays_in_the_script_in_which_it_was_written(text: str, state: str) -> None:
    assert checked(written(state=text, postal_code="1540023"), JAPAN).address.state == state


@pytest.mark.parametrize(
    ("text", "rules", "canonical"),
    [
        ("38103", US, "38103"),
        ("381031234", US, "38103-1234"),
        ("38103 1234", US, "38103-1234"),
        ("sw1a1aa", BRITAIN, "SW1A 1AA"),
        ("SW1A-1AA", BRITAIN, "SW1A 1AA"),
        ("m25bq", BRITAIN, "M2 5BQ"),
        ("1073", LATVIA, "LV-1073"),
        ("lv1073", LATVIA, "LV-1073"),
        ("SE-11455", SWEDEN, "114 55"),
        ("1540023", JAPAN, "154-0023"),
        ("none here", NOWHERE, "none here"),
    ],
)
def test_a_postal_code_gets_the_spaces_and_hyphens_of_its_country(
    text: str, rules: PostalFormat, canonical: str
) -> None:
    assert code(text, rules) == canonical


def test_a_code_is_right_as_it_is_where_no_example_shows_its_shape() -> None:
    rules = PostalFormat(country="XY", code_pattern="A-B-C")

    assert code("a-b-c", rules) == "A-B-C"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"postal_code": "3810"}, {"postal_code": "invalid"}),
        ({"postal_code": "SW1A 1AA"}, {"postal_code": "invalid"}),
        ({"postal_code": "94103"}, {"postal_code": "mismatch"}),
        ({"state": "Bavaria"}, {"state": "unknown"}),
        ({"state": ""}, {"state": "required"}),
        ({"line1": " ", "city": "\u200b"}, {"line1": "required", "city": "required"}),
        ({"name": "", "postal_code": ""}, {"name": "required", "postal_code": "required"}),
        ({"phone": "call me"}, {"phone": "invalid"}),
        ({"state": "PW"}, {}),
    ],
)
def test_each_field_says_what_is_wrong_with_it(
    parts: dict[str, str], found: dict[str, str]
) -> None:
    check = checked(written(**parts), US)

    assert {one.field: one.code for one in check.problems} == found
    assert check.valid is not bool(found)
    assert all(one.message for one in check.problems)


def test_what_is_wrong_stays_as_it_was_written() -> None:
    check = checked(written(state="Bavaria", postal_code="x-1"), US)

    assert (check.address.state, check.address.postal_code) == ("Bavaria", "x-1")


def test_a_state_is_no_matter_where_there_are_none() -> None:
    assert problems(written(state="Kent", postal_code="SW1A 1AA", country="GB"), BRITAIN) == {}


def test_a_country_must_be_one() -> None:
    assert problems(written(country="XX"), None) == {"country": "unknown"}
    assert problems(written(country=" "), None) == {"country": "required"}
    assert country_of(written(country=" us ")) == "US"


PARTS = st.fixed_dictionaries(
    {
        name: st.text(max_size=30)
        | st.sampled_from(["TN", "Tokyo", "38103", "38 103-1234", "1073"])
        for name in ("name", "line1", "city", "state", "postal_code", "phone")
    }
)
RULES = st.sampled_from([US, BRITAIN, LATVIA, SWEDEN, JAPAN, NOWHERE])


@given(PARTS, RULES)
def test_an_address_that_was_put_right_stays_as_it_is(
    parts: dict[str, str], rules: PostalFormat
) -> None:
    once = checked(WrittenAddress(**parts, country=rules.country), rules)
    twice = checked(once.address, rules)

    assert twice == once


@given(PARTS, RULES)
def test_every_problem_is_of_one_field_and_none_means_valid(
    parts: dict[str, str], rules: PostalFormat
) -> None:
    check = checked(WrittenAddress(**parts, country=rules.country), rules)

    fields = [one.field for one in check.problems]
    assert len(fields) == len(set(fields))
    assert check.valid is (fields == [])
    if check.valid:
        assert check.address.name
        assert check.address.postal_code
