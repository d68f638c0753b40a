"""Loading apps through the official worker library, and every way in which one can be wrong."""

import re
from pathlib import Path

import pytest

from local.protos import RpcHttp, TypedData
from local.worker import AppRefused, FunctionFailed, Retry, load
from tests.local.conftest import LoadApp

SOUND = """
@app.route("hello/{name}", methods=["GET"])
async def greet(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"Hello {req.route_params['name']}")
"""


def request(**parameters: str) -> TypedData:
    """A GET request."""
    http = RpcHttp(
        method="GET", url="http://x/", headers={}, params=parameters, query={}, body=TypedData()
    )
    return TypedData(http=http)


async def test_an_app_is_loaded_with_its_triggers_retries_and_places(
    load_app: LoadApp, tmp_path: Path
) -> None:
    worker = await load_app(
        SOUND
        + """
@app.timer_trigger("timer", schedule="0 */5 * * * *")
@app.retry("exponential_backoff", "4", minimum_interval="00:00:02", maximum_interval="00:01:00")
async def sweep(timer: func.TimerRequest) -> None: ...

@app.timer_trigger("timer", schedule="0 */5 * * * *")
@app.retry("fixed_delay", "-1", delay_interval="00:00:03")
async def knock(timer: func.TimerRequest) -> None: ...
"""
    )

    functions = {function.name: function for function in worker.functions}

    assert {name: function.kind for name, function in functions.items()} == {
        "greet": "httptrigger",
        "sweep": "timertrigger",
        "knock": "timertrigger",
    }
    assert functions["greet"].trigger["methods"] == ["GET"]
    assert functions["greet"].retry is None
    assert functions["sweep"].retry == Retry(4, 2.0, 60.0, is_exponential=True)
    assert functions["knock"].retry == Retry(-1, 3.0, 3.0)
    assert functions["greet"].place == f"{tmp_path / 'function_app.py'}:5"
    assert [function.name for function in worker.of("timertrigger")] == ["sweep", "knock"]


async def test_a_function_is_run_and_its_answer_comes_back(load_app: LoadApp) -> None:
    worker = await load_app(SOUND)

    returned = await worker.invoke(worker.functions[0], request(name="Somebody"), {})

    assert returned is not None
    assert returned.http.body.bytes == b"Hello Somebody"


async def test_a_function_that_raises_fails_with_its_stack(load_app: LoadApp) -> None:
    worker = await load_app(SOUND)

    with pytest.raises(FunctionFailed, match="KeyError: 'name'") as failed:
        await worker.invoke(worker.functions[0], request(), {})

    assert "in greet" in failed.value.stack_trace


async def test_a_wrapped_function_is_placed_where_its_handler_stands(
    load_app: LoadApp, tmp_path: Path
) -> None:
    worker = await load_app(
        """
        from wrapping import wrapped

        @app.route("hello")
        @wrapped
        async def greet(req: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse("Hello")
        """,
        wrapping="""
        import azure.functions as func

        def wrapped(handler):
            async def run(req: func.HttpRequest) -> func.HttpResponse:
                return await handler(req)
            run.__name__, run.__module__ = handler.__name__, handler.__module__
            return run
        """,
    )

    assert worker.functions[0].place == f"{tmp_path / 'function_app.py'}:9"


@pytest.mark.parametrize(
    ("function_app", "line", "reason"),
    [
        ("x = (", 4, "SyntaxError: '(' was never closed"),
        ("import absent_module", 4, "ModuleNotFoundError: No module named 'absent_module'"),
        ("def f():\n    return 1 / 0\n\nf()", 5, "ZeroDivisionError"),
        ("", 1, "the app has no functions"),
        ("other = func.FunctionApp()", 1, "More than one"),
        ("del app", 1, "Could not find top level function app"),
        (
            "@app.route('a')\nasync def a(req: func.HttpRequest, more: int) -> func.HttpResponse: ...",
            4,
            "declared in Python but not in the function definition",
        ),
        (
            "@app.route('a')\nasync def a(req: func.TimerRequest) -> func.HttpResponse: ...",
            4,
            "do not match the corresponding function parameter's Python type annotation TimerRequest",
        ),
        (
            "@app.event_hub_message_trigger('e', event_hub_name='h', connection='c')\n"
            "async def a(e: list[func.EventHubEvent]) -> None: ...",
            4,
            "invalid non-type annotation",
        ),
        ("@app.function_name('lost')\nasync def a() -> None: ...", 4, "does not have a trigger"),
    ],
)
async def test_a_faulty_app_is_refused_with_file_and_line(
    load_app: LoadApp, tmp_path: Path, function_app: str, line: int, reason: str
) -> None:
    with pytest.raises(AppRefused, match=re.escape(reason)) as refused:
        await load_app(function_app)

    assert str(refused.value).startswith(f"{tmp_path / 'function_app.py'}:{line}: ")


async def test_a_fault_in_a_module_of_the_app_is_placed_there(
    load_app: LoadApp, tmp_path: Path
) -> None:
    with pytest.raises(AppRefused) as refused:
        await load_app("import broken", broken="x = 1\ny = x +\n")

    assert str(refused.value).startswith(f"{tmp_path / 'broken.py'}:2: SyntaxError")


async def test_a_name_used_twice_is_refused_with_both_places(
    load_app: LoadApp, tmp_path: Path
) -> None:
    twice = """
    @app.route("a")
    async def a(req: func.HttpRequest) -> func.HttpResponse: ...

    @app.function_name("a")
    @app.route("b")
    async def b(req: func.HttpRequest) -> func.HttpResponse: ...
    """

    with pytest.raises(AppRefused) as refused:
        await load_app(twice)

    home = tmp_path / "function_app.py"
    assert str(refused.value).startswith(f"{home}:5 and {home}:8: ValueError: Function a does not")


async def test_a_folder_without_an_app_is_refused(tmp_path: Path, fresh_library: None) -> None:
    with pytest.raises(AppRefused, match=r"function_app\.py:1: the app has no functions"):
        await load(tmp_path)
