"""Settings and flags: what is a value of them, and what holds when nothing is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.usecases.shop_fixtures import open_bench
from usecases import flags
from usecases.flags import AGENTS, CART_GUEST_DAYS, CART_MAX_ITEMS, FLAGS, AnyFlag, Flag
from usecases.ports.configuration import ConfigurationAway
from usecases.settings import Settings
from usecases.shop import Shop

RATE: Flag[float] = Flag("x.rate", float, "…", default=0.5, least=0, most=1)
NOTE: Flag[str] = Flag("x.note", str, "…", default="")


@dataclass
class Kept:
    """What somebody has set."""

    values: Mapping[str, str]
    is_away: bool = False

    async def read(self) -> Mapping[str, str]:
        if self.is_away:
            raise ConfigurationAway("away")
        return self.values

    async def put(self, by: Any, key: str, value: str) -> None:
        raise NotImplementedError


def shop_with(*, is_away: bool = False, **values: str) -> Shop:
    """A shop in which that was set, dots written as double underscores."""
    kept = {key.replace("__", "."): value for key, value in values.items()}
    return replace(open_bench(cart_guest_days=3).shop, configuration=Kept(kept, is_away))


def test_the_table_is_sound() -> None:
    """Every default is a good value of its setting, and comes back as it was written."""
    settings = Settings(secret_key=b"k" * 32)
    for key, flag in FLAGS.items():
        default = flag.default_in(settings)
        assert (flag.key, flag.fault_of(default)) == (key, "")
        assert flag.value_of(flag.text_of(default)) == default
        assert flag.meaning.endswith(".")


@pytest.mark.parametrize(
    ("flag", "value", "fault"),
    [
        (CART_MAX_ITEMS, 1, ""),
        (CART_MAX_ITEMS, 100, ""),
        (CART_MAX_ITEMS, 0, "is less than 1"),
        (CART_MAX_ITEMS, 101, "is more than 100"),
        (CART_MAX_ITEMS, 5.0, "is no integer"),
        (CART_MAX_ITEMS, "5", "is no integer"),
        (CART_MAX_ITEMS, True, "is no integer"),
        (AGENTS, False, ""),
        (AGENTS, 1, "is no boolean"),
        (AGENTS, "true", "is no boolean"),
        (RATE, 1, ""),
        (RATE, 0.25, ""),
        (RATE, 1.01, "is more than 1"),
        (RATE, float("nan"), "is no number"),
        (RATE, False, "is no number"),
        (NOTE, "", ""),
        (NOTE, "x" * 1000, ""),
        (NOTE, "x" * 1001, "has over 1000 letters"),
        (NOTE, 3, "is no text"),
    ],
)
def test_a_value_has_the_type_and_the_bounds_of_its_setting(
    flag: AnyFlag, value: object, fault: str
) -> None:
    assert flag.fault_of(value) == fault


@pytest.mark.parametrize(
    ("flag", "text", "value"),
    [
        (AGENTS, "true", True),
        (AGENTS, " False ", False),
        (AGENTS, "1", None),
        (CART_MAX_ITEMS, "7", 7),
        (CART_MAX_ITEMS, "seven", None),
        (CART_MAX_ITEMS, "700", None),
        (RATE, "1e400", None),
        (RATE, "0.25", 0.25),
        (NOTE, "7", "7"),
    ],
)
def test_what_is_kept_is_read_or_passed_over(flag: AnyFlag, text: str, value: object) -> None:
    assert flag.value_of(text) == value


async def test_a_value_is_what_was_set_else_the_default_of_the_table_or_the_environment() -> None:
    shop = shop_with(cart__max_items="7")

    assert await flags.value(shop, CART_MAX_ITEMS) == 7
    assert await flags.value(shop, CART_GUEST_DAYS) == 3
    assert await flags.value(shop_with(cart__guest_days="5"), CART_GUEST_DAYS) == 5
    assert await flags.value(open_bench().shop, CART_MAX_ITEMS) == 100


async def test_a_wrong_value_or_no_answer_leaves_the_default() -> None:
    assert await flags.value(shop_with(cart__max_items="many"), CART_MAX_ITEMS) == 100
    assert await flags.value(shop_with(is_away=True, cart__max_items="7"), CART_MAX_ITEMS) == 100
