"""The functions as registered: each is answered by its area, loaded by its first call."""

import logging
import sys

import pytest

from blueprints._area import Area
from blueprints._functions import Functions
from blueprints._triggers import OnRequest, OnTime
from tests.blueprints.harness import Web
from usecases.shop import Shop


async def nowhere() -> Shop:
    """No shop: what is called here ends before it would be opened."""
    raise AssertionError("nobody asks for a shop")


async def test_an_area_that_cannot_be_loaded_fails_its_own_calls_and_says_why(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "blueprints.cart", None)  # as if a library of its were missing

    answers = [
        await web.get("/api/cart"),
        await web.get("/api/cart"),
        await web.get("/health/live"),
    ]

    assert [one.status_code for one in answers] == [500, 500, 200]
    told = [vars(one) for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one["function"] for one in told] == ["cart_get_cart"] * 2
    assert all("blueprints.cart" in one["error"] for one in told)


async def test_an_area_is_loaded_again_when_it_can_be(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(sys.modules, "blueprints.cart", None)
        assert (await web.get("/api/cart")).status_code == 500

    assert (await web.get("/api/cart")).status_code == 401


async def test_what_no_area_declares_is_an_error_of_its_call() -> None:
    functions = Functions(nowhere)

    with pytest.raises(ModuleNotFoundError, match=r"blueprints\.attic"):
        await functions.call(OnTime("attic", "sweep_attic", "0 0 0 * * *"))
    with pytest.raises(KeyError, match="health_dead"):
        await functions.call(OnRequest("health", "health_dead", "GET", "health/dead"))


def test_a_function_is_declared_once() -> None:
    async def serve(*given: object) -> None:
        """Nothing."""

    area, trigger = Area("odd"), OnTime("odd", "sweep", "0 0 0 * * *")
    area.add(trigger, serve)

    with pytest.raises(ValueError, match="sweep is declared twice"):
        area.add(trigger, serve)
    assert area.functions == {trigger: serve}
