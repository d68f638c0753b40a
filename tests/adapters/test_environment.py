"""The settings as the environment gives them."""

from pathlib import Path

import pytest

from adapters import environment
from adapters.environment import BadSettings, is_on, settings_from

KEY = {"HPH_SECRET_KEY": "k" * 32}


def test_a_key_is_all_that_must_be_there() -> None:
    settings = settings_from(KEY)

    assert settings.secret_key.get_secret_value() == b"k" * 32
    assert (settings.currency, settings.local) == ("USD", False)


def test_texts_become_numbers_and_switches() -> None:
    settings = settings_from(
        KEY
        | {
            "HPH_LOCAL": "true",
            "HPH_HTTPS": "0",
            "HPH_CURRENCY": "JPY",
            "HPH_PAYMENT_DECLINES": "5",
            "HPH_PLACING_SECONDS": "1.5",
        }
    )

    assert (settings.local, settings.https, settings.currency) == (True, False, "JPY")
    assert (settings.payment_declines, settings.placing_seconds) == (5, 1.5)


def test_what_is_not_ours_is_left_alone() -> None:
    assert (
        settings_from(KEY | {"PATH": "/bin", "HPH_STORE_FILE": "x", "LOCAL": "true"}).local is False
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "  HPH_SECRET_KEY: Field required"),
        ({"HPH_SECRET_KEY": "short"}, "  HPH_SECRET_KEY: Value error, secret_key must have"),
        (KEY | {"HPH_LOCAL": "perhaps"}, "  HPH_LOCAL: Input should be a valid boolean"),
        (KEY | {"HPH_SAGA_NUDGES": "99"}, "  HPH_SAGA_NUDGES: Input should be less than"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(environment: dict[str, str], told: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        settings_from(environment)

    first, line = str(refusal.value).split("\n")
    assert first == "the settings are not good:"
    assert line.startswith(told)


def test_every_wrong_value_is_named_and_no_secret_is_told() -> None:
    with pytest.raises(BadSettings) as refusal:
        settings_from({"HPH_SECRET_KEY": "hush", "HPH_LOCAL": "hush", "HPH_CURRENCY": "hush"})

    assert "HPH_LOCAL" in str(refusal.value)
    assert "HPH_CURRENCY" in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_package_names_its_release_unless_the_environment_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "RELEASE_FILE", tmp_path / "RELEASE")
    assert settings_from(KEY).release == "dev"

    (tmp_path / "RELEASE").write_text("3d3c42e\n", encoding="utf-8")

    assert settings_from(KEY).release == "3d3c42e"
    assert settings_from(KEY | {"HPH_RELEASE": "mine"}).release == "mine"


def test_a_switch_is_true_or_false_and_nothing_else() -> None:
    assert [is_on({"S": text}, "S", usually=False) for text in ("true", "True", "1")] == [True] * 3
    assert [is_on({"S": text}, "S", usually=True) for text in ("false", "0")] == [False] * 2
    assert is_on({}, "S", usually=True)
    assert not is_on({"S": ""}, "S", usually=False)
    with pytest.raises(BadSettings, match="S is true or false, not 'no'"):
        is_on({"S": "no"}, "S", usually=True)
