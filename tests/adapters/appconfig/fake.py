"""An App Configuration store. Source: "Azure App Configuration REST API", Key-values, version 2023-11-01."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.adapters.https import Service

TYPE = "application/vnd.microsoft.appconfig.kv+json"


@dataclass
class FakeStore(Service):
    """Values by key, all without a label; every write gives a new ETag, also to the page that shows the value."""

    values: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    page_size: int = 100
    elsewhere: str = ""
    """Where the next page is said to be, if not here."""
    writes: int = 0
    unchanged: int = 0
    before_write: asyncio.Event | None = None
    writing: asyncio.Event = field(default_factory=asyncio.Event)

    def set(self, key: str, value: str) -> None:
        """Somebody changes a value in the portal."""
        self.writes += 1
        self.values[key], self.etags[key] = value, f"etag-{self.writes}"

    async def answer(self, request: web.BaseRequest) -> web.Response:
        assert request.query["api-version"] == "2023-11-01"
        assert request.query["label"] == "\0"
        key = request.path.removeprefix("/kv").removeprefix("/")
        if request.method == "PUT":
            return await self._written(request, key)
        return self._one(key) if key else self._page(request)

    def _one(self, key: str) -> web.Response:
        if key not in self.values:
            return web.Response(status=404)
        headers = {"ETag": f'"{self.etags[key]}"'}
        return web.json_response(self._item(key), headers=headers, content_type=TYPE)

    def _page(self, request: web.BaseRequest) -> web.Response:
        keys = sorted(key for key in self.values if key > request.query.get("after", ""))
        shown, more = keys[: self.page_size], len(keys) > self.page_size
        body: dict[str, Any] = {"items": [self._item(key) for key in shown]}
        if more:
            path = f"/kv?key=*&label=%00&api-version=2023-11-01&after={shown[-1]}"
            body["@nextLink"] = self.elsewhere + path
        etag = f'"{hashlib.sha256(json.dumps(body["items"]).encode()).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == etag:
            self.unchanged += 1
            return web.Response(status=304, headers={"ETag": etag})
        return web.json_response(body, headers={"ETag": etag})

    async def _written(self, request: web.BaseRequest, key: str) -> web.Response:
        assert request.headers["Content-Type"] == TYPE
        if self.before_write is not None:
            self.writing.set()
            await self.before_write.wait()
        if key in self.locked:
            return web.json_response({"status": 409}, status=409)
        there = f'"{self.etags[key]}"' if key in self.etags else None
        wanted = request.headers.get("If-Match")
        is_new = request.headers.get("If-None-Match") == "*"
        if wanted != there or is_new != (there is None):
            return web.Response(status=412)
        self.set(key, (await request.json())["value"])
        return self._one(key)

    def _item(self, key: str) -> dict[str, Any]:
        return {"key": key, "label": None, "value": self.values[key], "etag": self.etags[key]}
