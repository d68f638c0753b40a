"""Stand-ins for the agents that answer as the published ones do, or are slow, wrong or absent when told to be."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast, get_args
from zlib import crc32

from adapters.agent_services import LIMITS, advice, full_name
from adapters.circuit import Circuits
from adapters.embedded import logistics_agents, shop_agents
from adapters.embedded.agent_sight import Answer, Payload, Sight
from usecases.ports.carriers import CarrierBusy
from usecases.ports.clock import Clock
from usecases.ports.store import StoreBusy

ANSWERS: Final[Mapping[str, Callable[[Payload, Sight, datetime], Awaitable[Answer]]]] = {
    "ecommerce-catalog-search": shop_agents.catalog_search,
    "ecommerce-product-detail-enrichment": shop_agents.product_detail,
    "ecommerce-cart-intelligence": shop_agents.cart_intelligence,
    "ecommerce-order-status": logistics_agents.order_status,
    "inventory-reservation-validation": shop_agents.reservation_validation,
    "logistics-carrier-selection": logistics_agents.carrier_selection,
    "logistics-eta-computation": logistics_agents.eta_computation,
    "logistics-returns-support": logistics_agents.returns_support,
    "logistics-route-issue-detection": logistics_agents.route_issues,
    "crm-segmentation-personalization": shop_agents.segmentation,
    "crm-support-assistance": shop_agents.support_assistance,
}
"""Service to how it answers; the other ten have no stand-in and are absent."""

type Mood = Literal["slow", "wrong", "absent"]

MOODS: Final = get_args(Mood.__value__)

JUNK: Final[tuple[object, ...]] = (
    {"response": "I would be happy to help you with that!"},
    {"error": "internal"},
    "The customer is always right.",
    ["results"],
    {"results": "none", "eta": 3, "issues": None, "sku": 7},
    None,
)
"""What an agent that is wrong answers: free text, other shapes, errors."""


UNANSWERED: Final = object()


def moods(text: str) -> dict[str, Mood]:
    """Service to mood, of a text like ``catalog-search=absent,eta=slow`` (``HPH_AGENTS``).

    Raises ``ValueError`` that names the part which is wrong.
    """
    found: dict[str, Mood] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, mood = part.partition("=")
        service = full_name(name)
        if service is None or mood not in MOODS:
            raise ValueError(f"HPH_AGENTS: {part!r} is not <agent>=slow|wrong|absent")
        found[service] = cast("Mood", mood)
    return found


class EmbeddedAgents:
    """The agents in process. A slow one costs its time-out, until its circuit opens."""

    def __init__(
        self, clock: Clock, sight: Sight | None = None, moods: Mapping[str, Mood] | None = None
    ) -> None:
        self._clock, self._sight, self._moods = clock, sight or Sight(), moods or {}
        self._circuits = Circuits(clock, LIMITS)

    async def ask(
        self,
        service: str,
        intent: str,
        payload: Mapping[str, Any],
        *,
        correlation_id: str,
        traceparent: str = "",
    ) -> Mapping[str, Any] | None:
        """The agent's structured answer, or ``None``."""
        if service not in ANSWERS or not self._circuits.admits(service):
            return None
        answer = await self.invoked(service, payload, correlation_id)
        self._circuits.record(service, answered=answer is not UNANSWERED)
        return advice(service, answer)

    async def invoked(
        self, service: str, payload: Mapping[str, Any], correlation_id: str
    ) -> object:
        """What the agent says, be it advice or not; ``UNANSWERED`` where it says nothing in time."""
        mood = self._moods.get(service)
        if mood == "slow":
            await self._clock.sleep(self._circuits.limits_of(service).timeout_seconds)
        if mood in ("slow", "absent") or service not in ANSWERS:
            return UNANSWERED
        if mood == "wrong":
            return JUNK[crc32(correlation_id.encode()) % len(JUNK)]
        try:
            answer = await ANSWERS[service](payload, self._sight, self._clock.now())
        except (StoreBusy, CarrierBusy):
            return UNANSWERED
        return {"service": service, **answer}
