"""The composition root: the one place that knows which end of each port is used."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from adapters.counting import CountingStore
from adapters.embedded.agents import EmbeddedAgents
from adapters.embedded.cache import EmbeddedCache
from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.clock import SystemClock
from adapters.embedded.ids import SystemIds
from adapters.embedded.world import SqliteVault
from adapters.environment import BadSettings, settings_from
from adapters.local_identity import LocalIdentity
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from domain.keys import derived
from usecases.settings import Settings
from usecases.shop import Shop

STORE_FILE: Final = "HPH_STORE_FILE"
SYNCHRONOUS: Final = "HPH_STORE_SYNCHRONOUS"
CARRIER_STEP: Final = "HPH_CARRIER_STEP_SECONDS"
BASE_URL: Final = "HPH_BASE_URL"


class Opening:
    """Opens the shop on the first call and gives the same one ever after."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._shop: Shop | None = None
        self._lock = asyncio.Lock()

    async def __call__(self) -> Shop:
        """The shop of this process. Raises ``BadSettings``."""
        if self._shop is None:
            async with self._lock:
                self._shop = self._shop or embedded_shop(self._environment)
        return self._shop


def embedded_shop(environment: Mapping[str, str]) -> Shop:
    """A shop with every embedded end, over the file that ``HPH_STORE_FILE`` names.

    Raises ``BadSettings``: also anywhere but on a developer's machine, where embedded ends would take
    orders that nobody delivers.
    """
    settings = settings_from(environment)
    if not settings.local:
        raise BadSettings("HPH_LOCAL is not set, and no cloud end is configured")
    clock, ids = SystemClock(), SystemIds()
    file = SqliteFile(
        Path(environment.get(STORE_FILE, ".local/shop.db")),
        synchronous=environment.get(SYNCHRONOUS, "FULL"),
    )
    secret = settings.secret_key.get_secret_value()
    vault = SqliteVault(file)
    store = SqliteStore(file, clock, audit_key=derived(secret, "audit"))
    return Shop(
        store=CountingStore(store),
        events=EventLog(file, clock),
        cache=EmbeddedCache(clock),
        payments=EmbeddedPayments(vault, clock, card_settings(settings, environment)),
        carriers=EmbeddedCarriers(vault, clock, carrier_settings(environment)),
        agents=EmbeddedAgents(),
        identity=LocalIdentity(secret, clock),
        clock=clock,
        ids=ids,
        settings=settings,
    )


def card_settings(settings: Settings, environment: Mapping[str, str]) -> CardSettings:
    """How the embedded card network signs its webhooks and where its pages are."""
    secret = settings.secret_key.get_secret_value()
    base_url = environment.get(BASE_URL, "http://localhost:7071")
    return CardSettings(
        webhook_secret=derived(secret, "card-network").hex(), page_url=f"{base_url}/_local/cards"
    )


def carrier_settings(environment: Mapping[str, str]) -> CarrierSettings:
    """How fast parcels move."""
    return CarrierSettings(step_seconds=float(environment.get(CARRIER_STEP, "3")))
