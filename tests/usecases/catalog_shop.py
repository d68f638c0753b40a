"""What the tests of the catalogue share: a shop in memory, agents that say what a test says, rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from adapters.counting import CountingStore
from adapters.embedded.cache import EmbeddedCache
from adapters.memory import MemoryStore
from domain.access import Caller, Role, Trace
from domain.category import Category
from domain.companions import Outbox, beside
from domain.events import Event
from domain.facets import FacetSummary
from domain.listing import ListingCard
from domain.product import Product, ProductPointer
from domain.search import Lexicon, Posting
from domain.stock import Stock
from tests.adapters.embedded.fixtures import StillClock
from usecases.importing import import_catalogue
from usecases.ports.store import Scan
from usecases.served import Served
from usecases.settings import Settings
from usecases.shop import Shop

KINDS = (Product, ProductPointer, ListingCard, FacetSummary, Category, Posting, Lexicon, Stock)
NOBODY: Any = cast("Any", None)
STAFF = Caller(
    user_id="staff-1", role=Role.STAFF, trace=Trace(correlation_id="c-1", causation_id="r-1")
)
VISITOR = Caller(
    user_id="", role=Role.ANONYMOUS, trace=Trace(correlation_id="c-2", causation_id="r-2")
)
GUEST = replace(VISITOR, user_id="guest:g-1", role=Role.GUEST)


@dataclass
class ToldAgents:
    """Agents that answer what a test told them to, by service, and remember what they were asked."""

    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=list)

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        self.asked.append((service, intent, payload, correlation_id))
        return self.answers.get(service)


def open_shop(*, agents: ToldAgents | None = None, **settings: Any) -> Shop:
    """A shop whose store and cache are empty."""
    clock = StillClock()
    return Shop(
        store=CountingStore(MemoryStore(clock)),
        events=NOBODY,
        cache=EmbeddedCache(clock),
        payments=NOBODY,
        carriers=NOBODY,
        agents=agents or ToldAgents(),
        identity=NOBODY,
        clock=clock,
        ids=NOBODY,
        settings=Settings(secret_key=b"k" * 32, **settings),
    )


def row(slug: str, **fields: Any) -> str:
    """A catalogue's row of one variant, unless told otherwise."""
    variant = {"sku": f"{slug}-sku", "prices": {"USD": "10.00"}, "stock": 5}
    whole = {
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "category": ["Home", "Kitchen"],
        "variants": [variant],
    }
    return json.dumps(whole | fields)


async def filled(*rows: str, agents: ToldAgents | None = None, **settings: Any) -> Shop:
    """A shop that has imported these rows."""
    shop = open_shop(agents=agents, **settings)
    report = await import_catalogue(shop, STAFF, rows)
    assert report.refused == []
    return shop


async def everything(shop: Shop, container: str) -> list[dict[str, Any]]:
    """All documents of a container that are no companions, in order of partition and id."""
    kinds = [kind for kind in KINDS if kind.container == container]
    found = [one for kind in kinds for one in (await shop.store.find(kind, Scan())).items]
    return [one.document() for one in sorted(found, key=lambda one: (one.partition, one.id))]


async def events(shop: Shop, container: str) -> list[Event]:
    """The events that wait in a container's outbox, in order of subject and sequence."""
    page = await shop.store.find(beside(Outbox, container), Scan())
    found = [event for outbox in page.items for event in outbox.events]
    return sorted(found, key=lambda event: (event.subject, event.sequence))


def slugs(served: Served) -> list[str]:
    """The slugs of a served listing."""
    return [item["slug"] for item in json.loads(served.body)["items"]]
