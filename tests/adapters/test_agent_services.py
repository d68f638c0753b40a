import pytest

from adapters.agent_services import ADVICE_IN, AGENTS, LIMITS, advice, full_name


def test_there_are_21_agents_and_every_rule_is_about_one_of_them() -> None:
    assert len(set(AGENTS)) == 21
    assert set(ADVICE_IN) | set(LIMITS) <= set(AGENTS)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("ecommerce-catalog-search", "ecommerce-catalog-search"),
        ("catalog-search", "ecommerce-catalog-search"),
        ("eta", "logistics-eta-computation"),
        ("segmentation", "crm-segmentation-personalization"),
        ("acp-transformation", "product-management-acp-transformation"),
        ("c", None),
        ("", None),
        ("unknown", None),
        ("logistics-", None),
    ],
)
def test_a_short_name_means_one_agent_or_none(name: str, full: str | None) -> None:
    assert full_name(name) == full


def test_every_short_name_means_its_agent() -> None:
    for agent in AGENTS:
        short = agent.removeprefix("product-management-")
        assert full_name(short if short != agent else agent.partition("-")[2]) == agent


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "free text",
        ["results"],
        {},
        {"response": "free text"},
        {"results": "none"},
        {"results": [], "error": "no model"},
    ],
)
def test_what_is_not_structured_is_no_advice(answer: object) -> None:
    assert advice("ecommerce-catalog-search", answer) is None


def test_structured_advice_is_given_on_as_it_is() -> None:
    answer: dict[str, object] = {"results": [], "error": None, "more": 1}

    assert advice("ecommerce-catalog-search", answer) is answer
    assert advice("crm-profile-aggregation", {"anything": 1}) == {"anything": 1}
