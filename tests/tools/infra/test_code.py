"""Where templates and code say different things, the fault is named."""

from pathlib import Path

from tools.infra import code
from tools.infra.tree import read_tree

LISTS = Path(__file__).parent / "lists"
KEYS = {"HPH_SECRET_KEY", "HPH_SIGNING_SECRET"}


def test_a_container_that_the_code_names_otherwise_is_reported() -> None:
    tree = read_tree(LISTS / "infra")

    found = list(code.code_names(tree, {"hubs": []}))

    assert [f.message for f in found] == [
        "hubs differ from the code: run python -m tools.infra.names"
    ]


def test_a_setting_of_a_trigger_that_nobody_sets_is_reported() -> None:
    tree = read_tree(LISTS / "infra")

    found = list(
        code.code_settings(tree, code.KnownSettings(KEYS, {"COSMOS_DATABASE", "RELAY_SCHEDULE"}))
    )

    assert [f.message for f in found] == ["a trigger names RELAY_SCHEDULE, which is not set"]


def test_a_setting_that_the_shop_does_not_know_is_reported(tmp_path: Path) -> None:
    names = '{"settings": ["HPH_COLOUR", "HPH_CURRENCY", "REDIS_HOST"]}'
    (tmp_path / "names.json").write_text(names)

    found = list(code.code_settings(read_tree(tmp_path), code.KnownSettings({"HPH_CURRENCY"})))

    assert [f.message for f in found] == ["HPH_COLOUR is no setting of the shop"]


def test_a_setting_that_sign_in_needs_and_nobody_sets_is_reported() -> None:
    known = code.KnownSettings(KEYS, needed={"COSMOS_DATABASE", "HPH_BASE_URL"})

    found = list(code.code_settings(read_tree(LISTS / "infra"), known))

    assert [f.message for f in found] == ["the shop needs HPH_BASE_URL, which is not set"]


def test_a_scope_that_only_one_side_knows_is_reported(tmp_path: Path) -> None:
    (tmp_path / "entra-app.bicep").write_text("var scopes = [{ value: 'read' }, { value: 'shop' }]")

    found = list(code.code_registration(read_tree(tmp_path), {"read", "write"}))

    assert [f.message for f in found] == [
        "scope shop is in one of registration and shop only",
        "scope write is in one of registration and shop only",
    ]
