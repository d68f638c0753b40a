"""What the tests of the use cases share: a whole shop in memory, in which everything is the same in every run.

The hubs record what is published, the clock stands still, ids are counted, and the card network and the
carriers are the embedded ones over a vault in memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from adapters import webhook_signature
from adapters.counting import CountingStore
from adapters.embedded.cache import EmbeddedCache
from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.webhooks import Webhook, Webhooks
from adapters.embedded.world import MemoryVault
from adapters.memory import MemoryStore
from domain.access import Caller, Role, Trace, system
from domain.address import Address
from domain.companions import Outbox, beside
from domain.entity import Entity
from domain.events import GROUPS_BY_HUB, Event
from domain.hold import Hold, hold_id
from domain.money import Money
from domain.order import Order
from domain.product import Price, Product, Variant, pointers
from domain.promotion import PROMOTION_ID, Promotion
from domain.promotion_terms import PromotionTerms
from domain.redemption import PromotionUse
from domain.saga import Signal
from domain.stock import STOCK_ID, Stock
from tests.adapters.embedded.fixtures import NOON, StillClock
from tools.contracts.check import faults as broken_promises
from usecases import webhooks
from usecases.carting import AddItem, CartView, add_item
from usecases.commanding import mark_shipped
from usecases.hearing import INVENTORY, LOGISTICS, PAYMENT, order_hears, participant_hears
from usecases.ordering import PlaceOrder, place_order
from usecases.orders import OrderView
from usecases.paying import ConfirmPayment, CreateIntent, confirm_payment, create_intent
from usecases.ports.events import EventsBusy
from usecases.ports.identity import Identified
from usecases.ports.store import Change
from usecases.promoting import ApplyCode, apply_code
from usecases.promotion_keeping import keep_promotion
from usecases.settings import Settings
from usecases.shop import Shop
from usecases.stepping import Subject

WEBHOOK_SECRET = "whsec_test"
GIFTS = {"percent", "amount_off", "free_shipping"}
MOST_EVENTS = 100


def guest(name: str = "g-1") -> Caller:
    """A guest of that name."""
    trace = Trace(correlation_id=f"c-{name}", causation_id=f"r-{name}")
    return Caller(user_id=f"guest:{name}", role=Role.GUEST, trace=trace)


GUEST = guest()
CLOCKWORK = system("timer", Trace(correlation_id="c-timer", causation_id="r-timer"))
STAFF = Caller(
    user_id="staff-1", role=Role.STAFF, trace=Trace(correlation_id="c-s", causation_id="r-s")
)
NOBODY = Caller(
    user_id="", role=Role.ANONYMOUS, trace=Trace(correlation_id="c-0", causation_id="r-0")
)
ADDRESS = Address(
    name="A Shopper",
    line1="1 Main Street",
    city="Memphis",
    state="TN",
    postal_code="38103",
    country="US",
)


@dataclass
class RecordingHubs:
    """Keeps what is published, in order; the next ``busy`` calls find the hub busy.

    ``heard`` of the events were delivered by ``carry_on``.
    """

    events: list[Event] = field(default_factory=list)
    busy: int = 0
    heard: int = 0

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        await self.check()
        assert all(event.hub == hub for event in events)
        assert [broken for event in events for broken in broken_promises(event)] == []
        self.events.extend(events)

    async def check(self) -> None:
        if self.busy:
            self.busy -= 1
            raise EventsBusy("away")

    def types(self) -> list[str]:
        """The types of everything published, in order."""
        return [event.event_type for event in self.events]


@dataclass
class CountedIds:
    """Ids that count from one."""

    made: int = 0

    def new(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))

    def secret(self, size_bytes: int) -> bytes:
        self.made += 1
        return self.made.to_bytes(size_bytes)


class SilentAgents:
    """Agents that never answer."""

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        return None


class NoIssuer:
    """An issuer that knows nobody."""

    async def verify(self, token: str) -> Identified | None:
        return None


@dataclass(frozen=True)
class Bench:
    """A shop, and the ends of its ports as the tests need them."""

    shop: Shop
    store: MemoryStore
    hubs: RecordingHubs
    clock: StillClock
    vault: MemoryVault
    payments: EmbeddedPayments
    carriers: EmbeddedCarriers

    def state(self) -> tuple[int, object, int]:
        """Stands for everything that is kept or told anywhere: equal when nothing has changed."""
        return self.store.digest(), self.vault.digest(), len(self.hubs.events)

    def documents(self, kind: type[Entity]) -> list[Any]:
        """Every entity of a kind, in order of partition and id."""
        kept = self.store.snapshot().items()
        mine = [(place, one) for place, one in kept if one.kind == kind.kind and one.text]
        return [kind.of_json(one.text, one.version) for _, one in sorted(mine, key=lambda x: x[0])]

    async def order(self, order_id: str, user: Caller = GUEST) -> Order:
        found = await self.store.get(Order, order_id, user.user_id)
        assert found is not None
        return found

    async def stock(self, sku: str) -> tuple[int, int]:
        """How many pieces are on hand, and how many of them are available."""
        found = await self.store.get(Stock, STOCK_ID, sku)
        assert found is not None
        return found.on_hand, found.available

    async def hold(self, order_id: str, sku: str) -> str:
        """The state of the order's hold of that SKU; empty where there is none."""
        found = await self.store.get(Hold, hold_id(order_id), sku)
        return found.state if found else ""

    async def put(self, *entities: Entity) -> list[Any]:
        """Write each on its own, by the staff."""
        change = [Change(by=STAFF, puts=(entity,)) for entity in entities]
        return [(await self.store.commit(one)).entities[0] for one in change]


def open_bench(**settings: Any) -> Bench:
    """A shop with nothing in it."""
    clock, vault, hubs = StillClock(), MemoryVault(), RecordingHubs()
    store = MemoryStore(clock)
    payments = EmbeddedPayments(vault, clock, CardSettings(WEBHOOK_SECRET))
    carriers = EmbeddedCarriers(vault, clock, CarrierSettings(step_seconds=1))
    shop = Shop(
        store=CountingStore(store),
        events=hubs,
        cache=EmbeddedCache(clock),
        payments=payments,
        carriers=carriers,
        agents=SilentAgents(),
        identity=NoIssuer(),
        clock=clock,
        ids=CountedIds(),
        settings=Settings(secret_key=b"k" * 32, **settings),
    )
    return Bench(shop, store, hubs, clock, vault, payments, carriers)


def product(sku: str, price_minor: int = 1000, *, currency: str = "USD", **fields: Any) -> Product:
    """A product of one variant; its id is ``p-<sku>``, its variant's ``v-<sku>``."""
    price = Price(amount=Money(price_minor, currency), currency=currency)
    variant = Variant(
        variant_id=f"v-{sku}", sku=sku, price_adjustment=Money(0, currency), currency=currency
    )
    whole = {
        "id": f"p-{sku}",
        "product_id": f"p-{sku}",
        "category_slug": "kitchen",
        "category_path": ("Kitchen",),
        "sku": sku,
        "name": f"The {sku}",
        "slug": f"the-{sku}".lower(),
        "price": price,
        "variants": (variant,),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Product.model_validate(whole | fields)


def stock_of(sku: str, pieces: int) -> Stock:
    """So many pieces of the only variant of ``product(sku)``."""
    return Stock(
        sku=sku,
        product_id=f"p-{sku}",
        variant_id=f"v-{sku}",
        category_slug="kitchen",
        on_hand=pieces,
        available=pieces,
        updated_at=NOON,
    )


async def sells(bench: Bench, sku: str, pieces: int = 10, price_minor: int = 1000) -> None:
    """Let the shop sell the SKU at that price."""
    sold = product(sku, price_minor, currency=bench.shop.settings.currency)
    await bench.put(sold, *pointers(sold), stock_of(sku, pieces))


async def reprice(bench: Bench, sku: str, **fields: Any) -> None:
    """Change the product of the SKU, also in the cache."""
    found = await bench.store.get(Product, f"p-{sku}", "kitchen")
    assert found is not None
    await bench.put(found.but(**fields))
    await bench.shop.cache.drop(f"product:p-{sku}")


async def promotes(bench: Bench, code: str, **terms: Any) -> None:
    """Let the shop take the code: ten percent off, where the terms say nothing else."""
    whole = {"code": code} | (terms if GIFTS & terms.keys() else {"percent": 10, **terms})
    await keep_promotion(bench.shop, STAFF, PromotionTerms.model_validate(whole))


async def type_code(bench: Bench, code: str, by: Caller = GUEST) -> CartView:
    """Put the code on the caller's cart."""
    return await apply_code(bench.shop, by, ApplyCode(code=code))


async def uses(bench: Bench, code: str) -> tuple[int | None, dict[str, str]]:
    """What is left of the code's limit, and its uses by order."""
    promotion = await bench.store.get(Promotion, PROMOTION_ID, code)
    assert promotion is not None
    mine = [use for use in bench.documents(PromotionUse) if use.code == code]
    return promotion.left, {use.order_id: use.state for use in mine}


def order_command(**fields: Any) -> PlaceOrder:
    """What a guest sends to buy the cart."""
    return PlaceOrder(**{"shipping_address": ADDRESS, "email": "buyer@example.com"} | fields)


async def fill_cart(bench: Bench, by: Caller = GUEST, **quantities: int) -> None:
    """Put so many pieces of each SKU into the caller's cart."""
    for sku, quantity in quantities.items():
        await add_item(bench.shop, by, AddItem(product_id=f"p-{sku}", quantity=quantity))


async def placed(bench: Bench, by: Caller = GUEST, **quantities: int) -> OrderView:
    """The order of a cart with so many pieces of each SKU."""
    await fill_cart(bench, by, **quantities)
    return await place_order(bench.shop, by, order_command())


async def paid(bench: Bench, order: OrderView, by: Caller = GUEST, card: str = "visa") -> str:
    """Authorise the order's payment with a test card, and say which intent that was."""
    intent = await create_intent(bench.shop, by, CreateIntent(order_id=order.order_id))
    command = ConfirmPayment(payment_intent_id=intent.id, payment_method=f"pm_card_{card}")
    await confirm_payment(bench.shop, by, command)
    return intent.id


PARTICIPANTS = {"inventory": INVENTORY, "payment": PAYMENT, "logistics": LOGISTICS}


async def carry_on(bench: Bench) -> None:
    """Deliver every event to every group that reads its hub, until nothing more is said."""
    for _ in range(MOST_EVENTS):
        if bench.hubs.heard == len(bench.hubs.events):
            return
        event = bench.hubs.events[bench.hubs.heard]
        bench.hubs.heard += 1
        for group in GROUPS_BY_HUB[event.hub]:
            await deliver(bench, group, event)
    raise AssertionError("the saga does not end")


async def deliver(bench: Bench, group: str, event: Event) -> None:
    """Let one consumer group hear one event, if it is about an order."""
    data, by = event.data, system(group, trace_of(event))
    if "order_id" not in data:
        return
    subject = Subject(data["user_id"], data["order_id"])
    if group in PARTICIPANTS:
        await participant_hears(bench.shop, by, PARTICIPANTS[group], subject, signal_of(event))
    elif group == "orders":
        await order_hears(bench.shop, by, subject, signal_of(event), data)


def trace_of(event: Event) -> Trace:
    """The trace of what an event causes."""
    return Trace(correlation_id=event.correlation_id, causation_id=event.event_id)


def signal_of(event: Event) -> Signal:
    """The event as the saga hears it."""
    return Signal(
        event.event_type,
        event.event_id,
        reason=event.data.get("reason", ""),
        restock=event.data.get("restock", True),
        status=event.data.get("status", ""),
    )


async def bring_webhooks(bench: Bench) -> list[Webhook]:
    """Bring what the card network reports to the shop, once each; what was brought."""
    waiting = Webhooks(bench.vault)
    due = await waiting.claim(bench.clock.now())
    for webhook in due:
        await webhooks.receive(bench.shop, NOBODY, webhook.payload, signed(bench, webhook.payload))
        await waiting.settle(webhook, bench.clock.now(), accepted=True)
    return due


def signed(bench: Bench, payload: bytes) -> str:
    """The card network's signature."""
    return webhook_signature.sign(payload, WEBHOOK_SECRET, bench.clock.now())


async def shipped(bench: Bench, order: OrderView) -> str:
    """Hand the order's parcel to the carrier, and say under which number."""
    await mark_shipped(bench.shop, STAFF, order.order_id)
    number = (await bench.order(order.order_id)).shipping.tracking_number
    await bench.carriers.hand_over(number)
    return number


def outboxes(bench: Bench, container: str) -> list[Outbox]:
    """What was written to tell from that container, sent and unsent."""
    kind = beside(Outbox, container)
    kept = bench.store.snapshot().items()
    mine = [one for place, one in kept if place[0] == container and one.kind == kind.kind]
    return [kind.of_json(one.text, one.version) for one in mine if one.text]
