"""A real browser signs in on the local page: headless Chromium, by the W3C WebDriver protocol."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tools.access.matrix import Open
from tools.instance import free_port

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
DRIVER: Final = "chromedriver"
START_SECONDS: Final = 15.0
MOST_LOOKS: Final = 600
LOOK_SECONDS: Final = 0.1
ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""How the protocol names a reference to an element (WebDriver, 12.1)."""

FETCH: Final = """
const [path, method, token, done] = arguments;
fetch(path, {method, headers: {'X-CSRF-Token': token}})
  .then(async answer => done([answer.status, await answer.json()]), fault => done([0, String(fault)]));
"""


def missing() -> str:
    """What is not installed here; empty when a browser can be driven."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), "")
    needed = {"chromium": browser, DRIVER: shutil.which(DRIVER)}
    return " and ".join(name for name, found in needed.items() if not found)


async def sign_in_and_out(base: str) -> int:
    """Sign in, look, renew, sign out; how many steps held. Raises ``Open``."""
    async with _driven() as page:
        await page.go(f"{base}/_local/issuer")
        await page.click("a[href='/api/auth/login']")
        await page.click("#customer")
        await page.arrives(f"{base}/_local/issuer")
        cookie = (await page.cookies()).get("hph_session", {})
        flags = (cookie.get("httpOnly"), cookie.get("sameSite"), cookie.get("path"))
        _expect(flags == (True, "Strict", "/"), f"the session's cookie has the flags {flags}")
        await page.go(f"{base}/api/docs")
        _expect("hph_" not in await page.run("return document.cookie"), "a script sees the cookie")
        status, me = await page.fetch("/api/auth/me")
        _expect((status, me.get("email")) == (200, "customer@example.com"), f"me: {status}")
        status, stay = await page.fetch("/api/auth/refresh", "POST", me["csrf_token"])
        _expect(status == 200, f"a renewal: {status}")
        renewed = (await page.cookies())["hph_session"]["value"]
        _expect(renewed != cookie["value"], "the renewal kept the cookie")
        status, _ = await page.fetch("/api/auth/logout", "POST", stay["csrf_token"])
        _expect(status == 200, f"a sign-out: {status}")
        status, _ = await page.fetch("/api/auth/me")
        _expect((status, "hph_session" in await page.cookies()) == (401, False), "still signed in")
    return 7


@dataclass(frozen=True, slots=True)
class Page:
    """The browser's one page; ``session`` is the driver's address for it."""

    driver: httpx.AsyncClient
    session: str

    async def go(self, url: str) -> None:
        """Follow the address, redirects included."""
        await self._ask("POST", "/url", {"url": url})

    async def address(self) -> str:
        """Where the browser is now."""
        return str(await self._ask("GET", "/url"))

    async def arrives(self, url: str) -> None:
        """Wait until the browser has come there, redirects included. Raises ``Open``."""
        for _ in range(MOST_LOOKS):
            if await self.address() == url:
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise Open(f"the way back ends at {await self.address()}")

    async def click(self, selector: str) -> None:
        """Click what the CSS selector finds."""
        body = {"using": "css selector", "value": selector}
        found = await self._ask("POST", "/element", body)  # waits until it is there
        await self._ask("POST", f"/element/{found[ELEMENT]}/click", {})

    async def cookies(self) -> dict[str, Any]:
        """What the browser keeps, by name."""
        return {one["name"]: one for one in await self._ask("GET", "/cookie")}

    async def run(self, script: str) -> Any:
        """What the script returns."""
        return await self._ask("POST", "/execute/sync", {"script": script, "args": []})

    async def fetch(self, path: str, method: str = "GET", token: str = "") -> tuple[int, Any]:
        """Ask as the page would: status and JSON."""
        body = {"script": FETCH, "args": [path, method, token]}
        status, told = await self._ask("POST", "/execute/async", body)
        return status, told

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = await self.driver.request(method, f"{self.session}{path}", json=body)
        _expect(answer.status_code == 200, f"the browser said {answer.text[:300]}")
        return answer.json()["value"]


@asynccontextmanager
async def _driven() -> AsyncIterator[Page]:
    port = free_port()
    driver = shutil.which(DRIVER)
    assert driver is not None, "see missing()"
    process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=30) as client:
            await _ready(client)
            yield Page(client, await _opened(client))
    finally:
        process.terminate()
        process.wait()


async def _ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                await client.get("/status")
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
            else:
                return


async def _opened(client: httpx.AsyncClient) -> str:
    options = {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"]}
    body = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
    answer = await client.post("/session", content=json.dumps(body))
    _expect(answer.status_code == 200, f"no browser: {answer.text[:300]}")
    session = f"/session/{answer.json()['value']['sessionId']}"
    waits = {"implicit": int(START_SECONDS * 1000)}
    await client.post(f"{session}/timeouts", content=json.dumps(waits))
    return session


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise Open(what)
