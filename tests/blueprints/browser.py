"""A browser before the app: cookies, the way to the issuer and back, and what a page sends along."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx

from local.issuer import IssuerPages
from tests.blueprints.harness import SECRET, Web
from tests.issuer_desk import BASE, chosen, issuer


@dataclass
class Browser:
    """One browser; ``set`` are the Set-Cookie lines that it was told, in order."""

    web: Web
    cookies: dict[str, str] = field(default_factory=dict)
    csrf_token: str = ""
    set: list[str] = field(default_factory=list)

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send with the cookies; keep what is set."""
        line = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        mine = {"Cookie": line, "X-CSRF-Token": self.csrf_token, **headers}
        answer = await self.web.send(method, path, body, **mine)
        for text in answer.headers.get_list("set-cookie"):
            self.set.append(text)
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if "1970" in morsel["expires"]:
                    del self.cookies[name]
        return answer

    async def way_back(self, persona: str, path: str = "/api/auth/login") -> str:
        """Go to the issuer and choose the persona: the path back, with the code."""
        off = await self.send("GET", path)
        assert off.status_code == 302, off.text
        pages = IssuerPages(issuer(SECRET.encode()), BASE)
        status, headers, _ = await chosen(pages, off.headers["location"], persona)
        assert status == 302
        return headers["location"].removeprefix(BASE)

    async def sign_in(self, persona: str, path: str = "/api/auth/login") -> httpx.Response:
        """The whole way."""
        answer = await self.send("GET", await self.way_back(persona, path))
        await self.look()
        return answer

    async def look(self) -> Any:
        """Who am I? Keeps the csrf_token."""
        answer = await self.send("GET", "/api/auth/me")
        told = answer.json()
        self.csrf_token = told.get("csrf_token") or ""
        return told
