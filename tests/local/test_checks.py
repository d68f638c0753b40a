"""Apps that would start and be wrong."""

from pathlib import Path

import pytest

from local.checks import check
from local.settings import Settings
from local.worker import AppRefused
from tests.local.conftest import LoadApp

SOUND = """
@app.route("sound")
async def sound(req: func.HttpRequest) -> func.HttpResponse: ...
"""


def settings(folder: Path) -> Settings:
    """Settings of an app in that folder, without a route prefix."""
    return Settings(directory=folder, data=folder, store_file=folder / "shop.db", route_prefix="")


async def refusal(load_app: LoadApp, folder: Path, function_app: str, **modules: str) -> str:
    """Why an app is refused."""
    worker = await load_app(function_app, **modules)
    with pytest.raises(AppRefused) as refused:
        check(worker, settings(folder), {"EVERY_DAY": "0 0 3 * * *"})
    return str(refused.value)


async def test_a_sound_app_gives_its_routes_in_the_order_of_names(
    load_app: LoadApp, tmp_path: Path
) -> None:
    worker = await load_app(
        """
        @app.route("api/p/{id:guid}", methods=["GET", "HEAD"])
        async def zebra(req: func.HttpRequest) -> func.HttpResponse: ...

        @app.route()
        async def Ant(req: func.HttpRequest) -> func.HttpResponse: ...

        @app.timer_trigger("timer", schedule="%EVERY_DAY%")
        async def sweep(timer: func.TimerRequest) -> None: ...
        """
    )

    router = check(worker, settings(tmp_path), {"EVERY_DAY": "0 0 3 * * *"})

    assert [(route.name, route.template) for route in router.routes] == [
        ("Ant", "Ant"),
        ("zebra", "api/p/{id:guid}"),
    ]
    assert router.routes[1].methods == {"GET", "HEAD"}


async def test_a_route_prefix_stands_before_every_route(load_app: LoadApp, tmp_path: Path) -> None:
    worker = await load_app(SOUND)

    router = check(worker, Settings(tmp_path, tmp_path, tmp_path / "shop.db"), {})

    assert router.routes[0].template == "api/sound"


async def test_a_blueprint_that_is_not_registered_is_refused(
    load_app: LoadApp, tmp_path: Path
) -> None:
    text = await refusal(
        load_app,
        tmp_path,
        SOUND + "import forgotten, registered\napp.register_blueprint(registered.bp)",
        forgotten="""
        import azure.functions as func
        orders = func.Blueprint()

        @orders.route("orders")
        async def list_orders(req: func.HttpRequest) -> func.HttpResponse: ...
        """,
        registered="""
        import azure.functions as func
        bp = func.Blueprint()

        @bp.route("carts")
        async def list_carts(req: func.HttpRequest) -> func.HttpResponse: ...
        """,
    )

    assert (
        text == f"{tmp_path / 'forgotten.py'}:5: the app does not register the blueprint 'orders'"
    )


async def test_every_fault_is_told_at_once(load_app: LoadApp, tmp_path: Path) -> None:
    text = await refusal(
        load_app,
        tmp_path,
        """
        @app.route("p/{id}", methods=["GET"])
        async def get(req: func.HttpRequest) -> func.HttpResponse: ...

        @app.route("p/featured", methods=["GET"])
        async def list_featured(req: func.HttpRequest) -> func.HttpResponse: ...

        @app.route("admin/x")
        async def reserved(req: func.HttpRequest) -> func.HttpResponse: ...

        @app.timer_trigger("timer", schedule="every day")
        async def unclear(timer: func.TimerRequest) -> None: ...

        @app.timer_trigger("timer", schedule="%NOT_THERE%")
        async def unset(timer: func.TimerRequest) -> None: ...

        @app.queue_trigger("message", queue_name="q", connection="c")
        async def queued(message: func.QueueMessage) -> None: ...
        """,
    )

    home = tmp_path / "function_app.py"
    assert text.splitlines() == [
        f"{home}:14: 'every day' is no NCRONTAB expression of six fields",
        f"{home}:17: '%NOT_THERE%' names the setting NOT_THERE, which is not there",
        f"{home}:20: this host has no queueTrigger",
        f"{home}:11: admin/x: the host keeps admin and runtime for itself",
        f"{home}:8: GET /p/featured (list_featured) is never reached: /p/{{id}} (get, {home}:5)"
        " stands before it",
    ]
