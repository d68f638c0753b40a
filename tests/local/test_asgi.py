"""HTTP through the host's front and the real worker library."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.asgi import HostApp, Receive, Scope, Send, answer
from local.checks import check
from local.cors import Cors
from local.settings import Settings
from local.worker import Function, Worker
from tests.local.conftest import LoadApp

APP = """
import json

@app.route("echo/{id}", methods=["GET", "POST", "DELETE", "HEAD"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    told = {
        "method": req.method,
        "url": req.url,
        "params": dict(req.params),
        "route": dict(req.route_params),
        "headers": {name: value for name, value in req.headers.items() if name.startswith("x-")},
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(told), mimetype="application/json")

@app.route("cookies", methods=["GET"])
async def set_cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse(status_code=204)
    response.headers.add("Set-Cookie", "a=1; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict")
    response.headers.add("Set-Cookie", "b=x%2Fy; Max-Age=0; Domain=shop.test; SameSite=Lax")
    response.headers.add("Set-Cookie", "c=3; Expires=Wed, 01 Jan 2031 00:00:00 GMT")
    return response

@app.route("text", methods=["GET"])
async def text(req: func.HttpRequest) -> str:
    return "plain"

@app.route("boom", methods=["GET"])
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("not for the caller")

@app.route("traced", methods=["GET"])
async def traced(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return func.HttpResponse(context.trace_context.trace_parent)

@app.timer_trigger("timer", schedule="0 0 3 * * *")
async def nightly(timer: func.TimerRequest) -> None: ...
"""
BODY = {"content-type": "application/json"}


class Recorder:
    """A background that takes notes."""

    def __init__(self) -> None:
        self.notes: list[object] = []

    async def start(self) -> None:
        """Note it."""
        self.notes.append("start")

    async def stop(self) -> None:
        """Note it."""
        self.notes.append("stop")

    def run_now(self, function: Function, body: bytes) -> None:
        """Note it; refuse what is no JSON object."""
        if not body.startswith(b"{"):
            raise ValueError(body)
        self.notes.append((function.name, body))


@pytest.fixture
async def worker(load_app: LoadApp) -> Worker:
    """The app, loaded."""
    return await load_app(APP)


def front(worker: Worker, folder: Path, **options: Any) -> HostApp:
    """The app behind a front."""
    settings = Settings(folder, folder, folder / "shop.db", route_prefix="")
    known: dict[str, Any] = {"cors": Cors(), "most_body_bytes": 20, **options}
    return HostApp(worker, check(worker, settings, {}), **known)


@pytest.fixture
async def client(worker: Worker, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app."""
    async with calling(front(worker, tmp_path, background=Recorder())) as opened:
        yield opened


def calling(app: HostApp) -> httpx.AsyncClient:
    """A client of that front."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test")


async def test_a_request_reaches_the_function_as_the_cloud_hands_it_on(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post(
        "/ECHO/caf%C3%A9/?q=a&q=b&empty=",
        content=b"body",
        headers=[("X-One", "1"), ("X-Two", "a"), ("X-Two", "b")],
    )

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "method": "POST",
        "url": "http://shop.test/ECHO/caf%C3%A9/?q=a&q=b&empty=",
        "params": {"q": "a,b"},
        "route": {"id": "café"},
        "headers": {"x-one": "1", "x-two": "a,b", "x-forwarded-for": "127.0.0.1"},
        "body": "body",
    }


async def test_the_body_of_a_delete_arrives(client: httpx.AsyncClient) -> None:
    response = await client.request("DELETE", "/echo/1", content=b"why")

    assert response.json()["body"] == "why"


async def test_an_answer_to_head_has_the_length_and_no_body(client: httpx.AsyncClient) -> None:
    response = await client.head("/echo/1")

    assert response.status_code == 200
    assert response.content == b""
    assert int(response.headers["content-length"]) > 100


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/echo/1"), ("OPTIONS", "/echo/1"), ("GET", "/"), ("GET", "/echo"), ("HEAD", "/text")],
)
async def test_no_route_is_an_empty_404(client: httpx.AsyncClient, method: str, path: str) -> None:
    response = await client.request(method, path)

    assert (response.status_code, response.content) == (404, b"")


async def test_several_cookies_come_back_as_asp_net_writes_them(client: httpx.AsyncClient) -> None:
    response = await client.get("/cookies")

    assert response.headers.get_list("set-cookie") == [
        "a=1; max-age=60; path=/; secure; samesite=strict; httponly",
        "b=x%252Fy; max-age=0; domain=shop.test; samesite=lax",
        "c=3; expires=Wed, 01 Jan 2031 00:00:00 GMT",
    ]


async def test_a_function_that_returns_text_answers_it(client: httpx.AsyncClient) -> None:
    response = await client.get("/text")

    assert (response.status_code, response.text) == (200, "plain")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_hosts_own_answers_are_guarded_like_the_apps(client: httpx.AsyncClient) -> None:
    chunked = {"transfer-encoding": "chunked"}
    own = [
        await client.get("/nothing"),
        await client.get("/boom"),
        await client.post("/echo/1", content=b"x" * 21),
        await client.post("/echo/1", content=b"x", headers=chunked),
        await client.post("/admin/functions/nightly", content=b"{}"),
    ]

    assert [one.status_code for one in own] == [404, 500, 413, 411, 415]
    for one in own:
        assert one.headers["cache-control"] == "no-store"
        assert (
            one.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        )
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["x-frame-options"] == "DENY"


async def test_a_function_that_raises_is_an_empty_500(client: httpx.AsyncClient) -> None:
    response = await client.get("/boom")

    assert (response.status_code, response.content) == (500, b"")


async def test_the_trace_parent_reaches_the_context(client: httpx.AsyncClient) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    response = await client.get("/traced", headers={"traceparent": parent})

    assert response.text == parent


async def test_a_body_over_the_limit_is_refused_in_the_api_s_envelope(
    client: httpx.AsyncClient,
) -> None:
    fits = await client.post("/echo/1", content=b"x" * 20)
    response = await client.post("/echo/1", content=b"x" * 21, headers={"X-Request-Id": "mine"})

    assert fits.json()["body"] == "x" * 20
    assert response.status_code == 413
    error = response.json()["error"]
    assert error.pop("timestamp").endswith("Z")
    assert error == {
        "code": "PAYLOAD_TOO_LARGE",
        "message": "The body may have at most 20 bytes.",
        "details": {},
        "request_id": "mine",
    }


async def test_a_body_without_a_length_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"body"

    response = await client.post("/echo/1", content=chunks())

    assert response.status_code == 411
    assert response.json()["error"]["code"] == "LENGTH_REQUIRED"
    assert len(response.json()["error"]["request_id"]) == 36


async def test_a_client_that_goes_away_while_sending_is_not_answered(
    worker: Worker, tmp_path: Path
) -> None:
    sent: list[object] = []
    messages = iter(
        [
            {"type": "http.request", "body": b"ha", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/echo/1",
        "headers": [(b"content-length", b"4")],
    }
    await front(worker, tmp_path)(scope, receive, send)

    assert sent == []


async def test_a_timer_is_run_by_hand(worker: Worker, tmp_path: Path) -> None:
    background = Recorder()
    async with calling(front(worker, tmp_path, background=background)) as client:
        statuses = [
            (await client.post(path, content=body, headers=headers)).status_code
            for path, body, headers in (
                ("/admin/functions/nightly", b'{"input": ""}', BODY),
                ("/admin/functions/nightly", b"[]", BODY),
                ("/admin/functions/nightly", b"{}", {}),
                ("/admin/functions/echo", b"{}", BODY),
                ("/admin/functions/nobody", b"{}", BODY),
                ("/admin/host", b"{}", BODY),
            )
        ]
        wrong_method = await client.get("/admin/functions/nightly")

    assert statuses == [202, 400, 415, 404, 404, 404]
    assert wrong_method.status_code == 404
    assert background.notes == [("nightly", b'{"input": ""}')]


async def test_pages_of_the_host_itself_go_before_the_app_s_routes(
    worker: Worker, tmp_path: Path
) -> None:
    async def console(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, 200, [], b"console")

    app = front(worker, tmp_path, mounts={"echo": console})
    async with calling(app) as client:
        response = await client.get("/echo/1")

    assert response.text == "console"


async def test_the_background_lives_as_long_as_the_server(worker: Worker, tmp_path: Path) -> None:
    background = Recorder()
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> Any:
        background.notes.append("received")
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await front(worker, tmp_path, background=background)({"type": "lifespan"}, receive, send)

    assert background.notes == ["received", "start", "received", "stop"]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_without_a_background_there_is_nothing_to_start(
    worker: Worker, tmp_path: Path
) -> None:
    sent: list[str] = []

    async def receive() -> Any:
        return {}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app = front(worker, tmp_path)
    await app({"type": "lifespan"}, receive, send)
    await app({"type": "websocket"}, receive, send)

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_browser_s_preflight_is_answered_by_the_host(
    worker: Worker, tmp_path: Path
) -> None:
    page = "http://localhost:3000"
    async with calling(front(worker, tmp_path, cors=Cors((page,)))) as client:
        asked = await client.options(
            "/echo/1", headers={"origin": page, "access-control-request-method": "POST"}
        )
        answered = await client.get("/text", headers={"origin": page})

    assert (asked.status_code, answered.status_code) == (204, 200)
    assert answered.headers["access-control-allow-origin"] == page
