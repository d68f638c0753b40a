"""Everybody who may knock: people with tokens and sessions, and those whose tokens are not good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from adapters.embedded.ids import SystemIds
from adapters.embedded.issuer import EmbeddedIssuer
from adapters.embedded.personas import PERSONAS
from adapters.embedded.tenant import registration
from adapters.embedded.world import SqliteVault
from adapters.sqlite.file import SqliteFile
from domain.access import Role
from tools.instance import Instance

RANKS: Final = {
    "no token": Role.ANONYMOUS,
    "guest": Role.GUEST,
    "customer": Role.CUSTOMER,
    "other customer": Role.CUSTOMER,
    "staff": Role.STAFF,
    "admin": Role.ADMIN,
}
"""Who is let in as what; ``disabled``, ``expired`` and ``forged`` are let in nowhere."""

SECRET: Final = "the secret of a shop that lives for a minute, no longer"  # noqa: S105 - made up


@dataclass(frozen=True, slots=True)
class Past:
    """A clock that is late."""

    by: timedelta

    def now(self) -> datetime:
        """That long ago."""
        return datetime.now(UTC) - self.by

    async def sleep(self, seconds: float) -> None:
        """Nobody sleeps by it."""


@dataclass(slots=True)
class Browser:
    """Cookies by name, as a browser keeps them for one host."""

    client: httpx.AsyncClient
    cookies: dict[str, str]
    csrf_token: str = ""

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send with the cookies; keep what is set."""
        line = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": line, "X-CSRF-Token": self.csrf_token} | more.pop("headers", {})
        answer = await self.client.request(method, path, headers=headers, **more)
        for text in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if "1970" in morsel["expires"]:
                    del self.cookies[name]
        return answer

    async def sign_in(self, persona: str, **query: str) -> httpx.Response:
        """The whole way: off to the issuer, choose the persona, back to the callback."""
        answer = await self.send("GET", await self.code_for(persona, **query))
        me = await self.send("GET", "/api/auth/me")
        self.csrf_token = me.json().get("csrf_token", "") if me.status_code == 200 else ""
        return answer

    async def code_for(self, persona: str, **query: str) -> str:
        """Where the issuer sends the browser back to, with a code; not gone to yet."""
        off = await self.send("GET", "/api/auth/login", params=query)
        parts = urlsplit(off.headers["location"])
        chosen = dict(parse_qsl(parts.query)) | {"persona": persona}
        back = await self.client.get(parts.path, params=chosen)
        return str(back.headers["location"])


@dataclass(slots=True)
class People:
    """The callers of the matrix, by name, each with the headers that it sends."""

    headers: dict[str, Mapping[str, str]]

    @classmethod
    async def gather(cls, instance: Instance, client: httpx.AsyncClient) -> "People":
        """Let everybody come by once, so that their accounts exist; one is then deactivated."""
        names = {"customer": "customer", "other customer": "customer2", "disabled": "customer3"}
        names |= {"staff": "staff", "admin": "admin"}
        found: dict[str, Mapping[str, str]] = {"no token": {}, "guest": await _guest(client)}
        for name, persona in names.items():
            found[name] = bearer(await token(client, persona))
            (await client.get("/api/auth/me", headers=found[name])).raise_for_status()
        me = (await client.get("/api/users/me", headers=found["disabled"])).json()
        path = f"/api/admin/users/{me['user_id']}"
        (await client.delete(path, headers=found["admin"])).raise_for_status()
        found["expired"] = bearer(await _old_token(instance))
        good = found["admin"]["Authorization"]
        found["forged"] = {"Authorization": good[:-20] + good[-20:][::-1]}
        return cls(found)


def bearer(text: str) -> Mapping[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {text}"}


async def token(client: httpx.AsyncClient, persona: str) -> str:
    """An access token of the persona."""
    answer = await client.get("/_local/token", params={"role": persona})
    return str(answer.json()["token"])


async def _guest(client: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await client.post("/api/auth/guest")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf_token"]}


async def _old_token(instance: Instance) -> str:
    """A token of the issuer's own key that was good two hours ago."""
    file = SqliteFile(instance.folder / "shop.db")
    try:
        shop = registration(SECRET.encode(), instance.base, ())
        issuer = EmbeddedIssuer(SqliteVault(file), Past(timedelta(hours=2)), SystemIds(), shop)
        return await issuer.access_token(PERSONAS["admin"])
    finally:
        file.close()
