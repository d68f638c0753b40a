"""The embedded issuer without a network: the shop reaches its pages by a call, tests sign in and mint tokens."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from adapters.embedded.ids import SystemIds
from adapters.embedded.issuer import EmbeddedIssuer
from adapters.embedded.issuer_keys import SigningKeys
from adapters.embedded.personas import PERSONAS
from adapters.embedded.tenant import ISSUER, registration
from adapters.embedded.world import MemoryVault
from domain.access import Trace, system
from domain.user import user_id_of
from local.issuer import IssuerPages
from local.pages import Answer
from tests.adapters.embedded.fixtures import finish
from usecases.ports.clock import Clock
from usecases.ports.identity import IssuerAway
from usecases.shop import Shop
from usecases.users import entered

BASE = "http://localhost:7071"


class PresentClock:
    """The machine's clock, so far back or ahead."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Return at once."""


class PageWeb:
    """The network, to the issuer's pages only; ``away`` while it does not answer."""

    def __init__(self, issuer: EmbeddedIssuer) -> None:
        self.pages = IssuerPages(issuer, BASE)
        self.away = False
        self.asked: list[str] = []

    async def get(self, url: str) -> Mapping[str, Any]:
        status, found = await self._ask(url, b"")
        if status != 200:
            raise IssuerAway(url)
        return found

    async def post(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        return await self._ask(url, urlencode(form).encode())

    async def _ask(self, url: str, body: bytes) -> tuple[int, Mapping[str, Any]]:
        self.asked.append(url)
        if self.away:
            raise IssuerAway("away")
        status, _, text = await self.pages(urlsplit(url).path, {}, body)
        return status, json.loads(text)


@cache
def _vault() -> MemoryVault:
    """One set of keys for a whole run: making them takes longer than most tests."""
    vault = MemoryVault()
    finish(SigningKeys(vault, PresentClock()).published())
    return vault


def issuer(secret: bytes, clock: Clock | None = None) -> EmbeddedIssuer:
    """An issuer with the run's keys, and records of its own only as far as names go."""
    shop = registration(secret, BASE, (f"{BASE}/",))
    return EmbeddedIssuer(_vault(), clock or PresentClock(), SystemIds(), shop)


def access_token(
    secret: bytes, persona: str, age: timedelta = timedelta(), scope: str = "access_as_user"
) -> str:
    """An access token of the persona that was given out so long ago."""
    desk = issuer(secret, PresentClock(-age))
    return finish(desk.access_token(PERSONAS[persona], scope))


def id_of(persona: str) -> str:
    """The persona's id in the shop."""
    return user_id_of(ISSUER, PERSONAS[persona].subject)


async def chosen(pages: IssuerPages, address: str, persona: str) -> Answer:
    """What the issuer answers to a person who follows ``address`` and chooses a persona."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | {"persona": persona}
    return await pages(parts.path, query, b"")


async def welcome(shop: Shop, *personas: str) -> None:
    """Let these have been here before: their accounts exist."""
    for key in personas:
        who = await shop.identity.verify(access_token(shop.secret, key))
        assert who is not None
        trace = Trace(correlation_id="welcome", causation_id="welcome")
        await entered(shop, system("welcome", trace), who)
