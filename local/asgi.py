"""The host's front: what happens to an HTTP request before and after the worker, as raw ASGI."""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

from local.cookies import set_cookie
from local.cors import Cors
from local.protos import RpcHttp, TypedData
from local.routing import Router, decoded
from local.worker import Function, FunctionFailed, Worker

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

_log = logging.getLogger(__name__)
_NO_BODY = TypedData()
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_JSON = (b"content-type", b"application/json")
_GUARDED = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
"""What the host's own answers carry; those of the app bring theirs."""


class Background(Protocol):
    """What runs beside the requests: event and timer triggers."""

    async def start(self) -> None:
        """Begin; called before the first request."""

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand or leave it for the next host."""

    def run_now(self, function: Function, body: bytes) -> None:
        """Run a function that is no HTTP function, by hand. Raises ``ValueError`` for bad input."""


class Disconnected(Exception):
    """The client went away while it was sending."""


class HostApp:
    """The app in front of the web server.

    ``mounts`` are ASGI apps of the local host itself by the first segment of their paths; they go
    before the app's routes.
    """

    def __init__(
        self,
        worker: Worker,
        router: Router,
        *,
        cors: Cors,
        most_body_bytes: int,
        background: Background | None = None,
        mounts: Mapping[str, App] | None = None,
    ) -> None:
        self._worker, self._router, self._cors = worker, router, cors
        self._functions = {function.name: function for function in worker.functions}
        self._most_body_bytes = most_body_bytes
        self._background = background
        self._mounts = {"admin": self._admin, **(mounts or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if self._cors.origins:
                if await self._cors.answers(scope, send):
                    return
                send = self._cors.marked(scope, send)
            with suppress(Disconnected):
                await self._route(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = decoded(scope["raw_path"]), scope["method"]
        mount = self._mounts.get(path.split("/", 2)[1]) if len(path) > 1 else None
        if mount is not None:
            return await mount(scope, receive, send)
        hit = self._router.match(path, method)
        if hit is None:
            return await answer_empty(send, 404)
        headers = _joined(scope["headers"])
        if refusal := self._wrong_length(headers):
            return await _refuse(send, headers, *refusal)
        body = await read_body(receive) if headers.get("content-length", "0") != "0" else b""
        route, parameters = hit
        _note_address(scope, headers)
        request = _request(scope, headers, body, parameters)
        return await self._run(self._functions[route.name], request, send)

    async def _run(self, function: Function, request: RpcHttp, send: Send) -> None:
        trace_parent = request.headers.get("traceparent", "")
        try:
            returned = await self._worker.invoke(
                function, TypedData(http=request), {}, trace_parent=trace_parent
            )
        except FunctionFailed as failure:
            _log.error("function failed", extra={"function": function.name, "error": str(failure)})
            _log.debug("%s", failure.stack_trace)
            return await answer_empty(send, 500)
        return await _send_returned(send, returned, with_body=request.method != "HEAD")

    def _wrong_length(self, headers: Mapping[str, str]) -> tuple[int, str, str] | None:
        if "transfer-encoding" in headers:
            return 411, "LENGTH_REQUIRED", "Send the body with its Content-Length."
        if int(headers.get("content-length", "0")) > self._most_body_bytes:
            most = self._most_body_bytes
            return 413, "PAYLOAD_TOO_LARGE", f"The body may have at most {most} bytes."
        return None

    async def _admin(self, scope: Scope, receive: Receive, send: Send) -> None:
        """``POST /admin/functions/{name}`` runs a function by hand, as the real host does."""
        words = decoded(scope["raw_path"]).strip("/").split("/")
        function = self._functions.get(words[-1])
        known = len(words) == 3 and words[1] == "functions" and scope["method"] == "POST"
        if not known or function is None or function.kind == "httptrigger" or not self._background:
            return await answer_empty(send, 404)
        if _joined(scope["headers"]).get("content-type", "").split(";")[0] != "application/json":
            return await answer_empty(
                send, 415
            )  # also keeps foreign pages out: it takes a preflight
        try:
            self._background.run_now(function, await read_body(receive))
        except ValueError:
            return await answer_empty(send, 400)
        return await answer_empty(send, 202)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._background:
            await self._background.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._background:
            await self._background.stop()
        self._worker.close()
        await send({"type": "lifespan.shutdown.complete"})


async def answer(
    send: Send, status: int, headers: Headers | None = None, body: bytes = b""
) -> None:
    """Send a whole answer."""
    length = (b"content-length", b"%d" % len(body))
    await send(
        {"type": "http.response.start", "status": status, "headers": [*(headers or []), length]}
    )
    await send({"type": "http.response.body", "body": body})


async def answer_empty(send: Send, status: int) -> None:
    """Send an empty answer of the host's own."""
    await answer(send, status, _GUARDED)


async def read_body(receive: Receive) -> bytes:
    """The whole body. Raises ``Disconnected``."""
    parts, is_more = [], True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts.append(message.get("body", b""))
        is_more = message.get("more_body", False)
    return b"".join(parts)


def _joined(pairs: Headers) -> dict[str, str]:
    """Headers by lower-case name; repeats are joined by a comma, as a Python worker gets them."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _note_address(scope: Scope, headers: dict[str, str]) -> None:
    """Who is at the other end, as the cloud's front tells it: after whatever the caller claims."""
    address = (scope.get("client") or ("", 0))[0]
    claimed = headers.get("x-forwarded-for", "")
    headers["x-forwarded-for"] = f"{claimed},{address}" if claimed else address


def _request(
    scope: Scope, headers: dict[str, str], body: bytes, parameters: dict[str, str]
) -> RpcHttp:
    text = scope["query_string"].decode("latin-1")
    query: dict[str, str] = {}
    for name, value in parse_qsl(text) if text else ():  # empty values never reach a Python worker
        query[name] = f"{query[name]},{value}" if name in query else value
    path = scope["raw_path"].decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', 'localhost')}{path}"
    return RpcHttp(
        method=scope["method"],
        url=f"{url}?{text}" if text else url,
        headers=headers,
        params=parameters,
        query=query,
        body=TypedData(bytes=body) if body else _NO_BODY,
    )


async def _send_returned(send: Send, returned: TypedData | None, *, with_body: bool) -> None:
    if returned is None or returned.kind != "http":
        text = returned.string.encode() if returned and returned.kind == "string" else b""
        return await answer(send, 200, [_TEXT], text)
    http = returned.http
    headers = [
        (_name(name), value.encode("latin-1"))
        for name, value in http.headers.items()
        if _name(name) != b"content-length"
    ]
    headers += [(b"set-cookie", set_cookie(cookie)) for cookie in http.cookies or ()]
    body: bytes = http.body.bytes
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": int(http.status_code), "headers": headers})
    return await send({"type": "http.response.body", "body": body if with_body else b""})


@lru_cache(maxsize=256)  # an app has a few dozen names, and most answers carry ten of them
def _name(name: str) -> bytes:
    return name.lower().encode("latin-1")


async def _refuse(
    send: Send, headers: Mapping[str, str], status: int, code: str, message: str
) -> None:
    """The API's error envelope, for what never reaches the app."""
    error = {
        "code": code,
        "message": message,
        "details": {},
        "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "request_id": headers.get("x-request-id") or str(uuid.uuid4()),
    }
    await answer(send, status, [_JSON, *_GUARDED], json.dumps({"error": error}).encode())
