"""A whole shop in memory that can be put back to any earlier moment, and the people in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast
from uuid import NAMESPACE_OID, uuid5

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.world import MemoryVault
from adapters.memory import MemoryStore, Snapshot
from domain.access import Caller, Role, Trace, system
from domain.address import Address
from domain.money import Money
from domain.product import Price, Product, Variant, product_id
from domain.promotion_terms import PromotionTerms
from domain.stock import Stock
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.hubs import Log, MemoryHubs
from tests.proofs.steps import (
    ANYWHERE,
    Step,
    Stepped,
    Touch,
    company_touch,
    hub_touch,
    store_touch,
)
from usecases.carting import AddItem, add_item
from usecases.ordering import PlaceOrder
from usecases.ports.cache import Build
from usecases.ports.store import Change
from usecases.promoting import ApplyCode, apply_code
from usecases.promotion_keeping import keep_promotion
from usecases.settings import Settings
from usecases.shop import Shop

NOBODY: Final[Any] = cast("Any", None)
HOME: Final = Address(
    name="A Buyer", line1="1 Main Street", city="Memphis", state="TN", postal_code="38103"
)
BUY: Final = PlaceOrder(shipping_address=HOME, email="buyer@example.org")


class HandClock:
    """Time that moves only when a test moves it; sleeping takes none."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        return None

    async def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class CountedIds:
    """The first, second, … id of somebody: the same ones in every run."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def new(self) -> str:
        self._count += 1
        return str(uuid5(NAMESPACE_OID, f"{self._name}:{self._count}"))

    def secret(self, size_bytes: int) -> bytes:
        return self.new().encode()[:size_bytes].ljust(size_bytes, b"-")


class FullCache:
    """A cache that every process has filled before; nothing is ever added."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: str, value: bytes, ttl_seconds: int) -> None:
        return None

    async def drop(self, *keys: str) -> None:
        return None

    async def fetch(self, key: str, build: Build) -> bytes | None:
        if key in self.kept:
            return self.kept[key]
        made = await build()
        return made and made[0]

    async def check(self) -> None:
        return None


class FickleAgents:
    """Agents that recommend another carrier whenever they are asked; ``answers`` is what they say, in turn."""

    def __init__(self) -> None:
        self.answers: tuple[str, ...] = ("UPS", "FedEx", "nobody", "USPS")
        self.asked = 0

    async def ask(self, service: str, *_: Any, **_named: Any) -> Mapping[str, Any]:
        assert service == "logistics-carrier-selection"
        carrier = self.answers[self.asked % len(self.answers)]
        self.asked += 1
        return {"recommendation": {"recommended_carrier": carrier}}


class RewindableStore(MemoryStore):
    """The store, put back without looking at every document."""

    def whole(self) -> tuple[Snapshot, int]:
        """Everything kept, and its digest."""
        return dict(self._kept), self._digest

    def put_back(self, whole: tuple[Snapshot, int]) -> None:
        """Make what is kept what it was."""
        self._kept, self._digest = dict(whole[0]), whole[1]


class RewindableVault(MemoryVault):
    """The outside world's records, which can be put back."""

    @property
    def texts(self) -> dict[tuple[str, str], str]:
        """The records; a change replaces them as a whole."""
        return self._texts

    def restore(self, texts: dict[tuple[str, str], str]) -> None:
        """Make the records what they were."""
        self._texts = texts


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything outside the use cases, as it was."""

    store: tuple[Snapshot, int]
    texts: dict[tuple[str, str], str]
    log: Log
    time: datetime
    asked: int


class World:
    """Store, hubs, card network, carriers and clock; ``switches`` are those of ``MemoryStore``."""

    def __init__(self, settings: Mapping[str, Any] | None = None, **switches: Any) -> None:
        self.clock = HandClock()
        self.store = RewindableStore(self.clock, **switches)
        self.vault = RewindableVault()
        self.hubs = MemoryHubs()
        self.cache = FullCache()
        self.settings = Settings(secret_key=b"k" * 32, **settings or {})
        self.payments = EmbeddedPayments(self.vault, self.clock, CardSettings("whsec"))
        self.carriers = EmbeddedCarriers(self.vault, self.clock, CarrierSettings())
        self.deaf: frozenset[tuple[str, str]] = frozenset()
        """Groups, each with an event type that never reaches it."""
        self.is_untold = False
        """Whether every webhook of the card network is lost."""
        self.agents = FickleAgents()

    def shop(self, name: str) -> Shop:
        """The shop as a process sees it whose every port call happens at once."""
        return Shop(
            store=self.store,
            events=self.hubs,
            cache=self.cache,
            payments=self.payments,
            carriers=self.carriers,
            agents=self.agents,
            identity=NOBODY,
            clock=self.clock,
            ids=CountedIds(name),
            settings=self.settings,
        )

    def stepped(self, name: str) -> Shop:
        """The shop as a process sees it whose every port call is a step."""
        return Shop(
            store=cast("Any", Stepped("store", self.store, store_touch)),
            events=cast("Any", Stepped("events", self.hubs, hub_touch)),
            cache=self.cache,
            payments=cast("Any", Stepped("cards", self.payments, company_touch)),
            carriers=cast("Any", Stepped("carriers", self.carriers, company_touch)),
            agents=cast("Any", Stepped("agents", self.agents, company_touch)),
            identity=NOBODY,
            clock=self.clock,
            ids=CountedIds(name),
            settings=self.settings,
        )

    def pass_time(self, seconds: float) -> Step:
        """A step that lets time pass; nothing may be swapped with it."""
        everything = Touch(ANYWHERE, ANYWHERE, writes=True)
        return Step("time passes", everything, lambda: self.clock.move(seconds))

    def moment(self) -> Moment:
        """How things are, to come back to."""
        texts, log = self.vault.texts, self.hubs.log
        return Moment(self.store.whole(), texts, log, self.clock.time, self.agents.asked)

    def back_to(self, moment: Moment) -> None:
        """Make things what they were."""
        self.store.put_back(moment.store)
        self.vault.restore(moment.texts)
        self.hubs.log, self.clock.time = moment.log, moment.time
        self.agents.asked = moment.asked

    def digest(self) -> tuple[object, ...]:
        """What tells two moments apart."""
        log = self.hubs.log
        told = tuple((hub, key, event.event_id) for hub, key, event in log.events)
        outside = frozenset(self.vault.texts.items())
        told_and_heard = hash((told, log.read, self.agents.asked))
        return (self.store.digest(), hash(outside), told_and_heard, self.clock.time)

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """All documents of a kind, as stored."""
        kept = self.store.snapshot().values()
        return [_parsed(each.text) for each in kept if each.kind == kind and each.text]

    def rows(self, drawer: str) -> list[tuple[str, dict[str, Any]]]:
        """All records of an outside company's drawer, by key."""
        return [
            (key, _parsed(text)) for (of, key), text in self.vault.texts.items() if of == drawer
        ]

    def records(self, drawer: str) -> list[dict[str, Any]]:
        """All records of an outside company's drawer."""
        return [record for _, record in self.rows(drawer)]

    def forget(self, drawer: str, key: str) -> None:
        """Take a record out of its drawer."""
        kept = {place: text for place, text in self.vault.texts.items() if place != (drawer, key)}
        self.vault.restore(kept)

    def offer(self, sku: str, pieces: int, price: int = 1000) -> None:
        """Put a product of one SKU on sale."""
        product = _product(sku, price)
        finish(self.store.commit(Change(by=CLERK, puts=(product,))))
        stock = Stock(
            sku=sku,
            product_id=product.id,
            variant_id=sku,
            category_slug="home",
            on_hand=pieces,
            available=pieces,
            updated_at=NOON,
        )
        finish(self.store.commit(Change(by=CLERK, puts=(stock,))))
        self.cache.kept[f"product:{product.id}"] = product.model_dump_json().encode()

    def fill_cart(self, caller: Caller, **pieces: int) -> None:
        """Put pieces by SKU into the caller's cart."""
        shop = self.shop(f"cart of {caller.user_id}")
        for sku, quantity in pieces.items():
            command = AddItem(product_id=product_id(sku), quantity=quantity)
            finish(add_item(shop, caller, command))

    def promote(self, code: str, **terms: Any) -> None:
        """Make a promo code of ten percent, and of these terms besides."""
        wanted = PromotionTerms.model_validate({"code": code, "percent": 10, **terms})
        finish(keep_promotion(self.shop("clerk"), CLERK, wanted))

    def type_code(self, caller: Caller, code: str) -> None:
        """Put the code on the caller's cart."""
        finish(apply_code(self.shop("typist"), caller, ApplyCode(code=code)))


def guest(name: str) -> Caller:
    """A shopper."""
    trace = Trace(correlation_id=f"c-{name}", causation_id=f"r-{name}")
    return Caller(user_id=f"guest:{name}", role=Role.GUEST, trace=trace)


def clockwork(name: str) -> Caller:
    """The shop itself."""
    return system(name, Trace(correlation_id=name, causation_id=name))


CLERK: Final = clockwork("clerk")


@lru_cache(50_000)
def _parsed(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    return document


def _product(sku: str, price: int) -> Product:
    id_, zero = product_id(sku), Money(0, "USD")
    return Product(
        id=id_,
        product_id=id_,
        category_slug="home",
        category_path=("Home",),
        sku=sku,
        name=sku.title(),
        slug=sku,
        price=Price(currency="USD", amount=Money(price, "USD")),
        variants=(Variant(currency="USD", variant_id=sku, sku=sku, price_adjustment=zero),),
        created_at=NOON,
        updated_at=NOON,
    )
