"""The 21 agents: their names, how long each is waited for, and what in an answer makes it advice."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.circuit import Limits

AGENTS: Final = (
    "crm-campaign-intelligence",
    "crm-profile-aggregation",
    "crm-segmentation-personalization",
    "crm-support-assistance",
    "ecommerce-cart-intelligence",
    "ecommerce-catalog-search",
    "ecommerce-checkout-support",
    "ecommerce-order-status",
    "ecommerce-product-detail-enrichment",
    "inventory-alerts-triggers",
    "inventory-health-check",
    "inventory-jit-replenishment",
    "inventory-reservation-validation",
    "logistics-carrier-selection",
    "logistics-eta-computation",
    "logistics-returns-support",
    "logistics-route-issue-detection",
    "product-management-acp-transformation",
    "product-management-assortment-optimization",
    "product-management-consistency-validation",
    "product-management-normalization-classification",
)
"""Every agent's full name."""

LIMITS: Final = {
    "ecommerce-catalog-search": Limits(timeout_seconds=1.5),
    "ecommerce-product-detail-enrichment": Limits(timeout_seconds=0.5),
    "ecommerce-cart-intelligence": Limits(timeout_seconds=0.5),
    "logistics-eta-computation": Limits(timeout_seconds=0.5),
    "crm-support-assistance": Limits(timeout_seconds=5.0),
    "logistics-returns-support": Limits(timeout_seconds=5.0),
}
"""Services whose patience is not the usual one: a page waits for the first, a member of staff for the last."""

ADVICE_IN: Final[Mapping[str, tuple[str, type]]] = {
    "ecommerce-catalog-search": ("results", list),
    "ecommerce-product-detail-enrichment": ("sku", str),
    "ecommerce-cart-intelligence": ("abandonment_risk", dict),
    "ecommerce-order-status": ("events", list),
    "inventory-reservation-validation": ("reservation_validation", dict),
    "logistics-carrier-selection": ("recommendation", dict),
    "logistics-eta-computation": ("eta", dict),
    "logistics-returns-support": ("returns_plan", dict),
    "logistics-route-issue-detection": ("issues", dict),
    "crm-segmentation-personalization": ("segmentation", dict),
    "crm-support-assistance": ("support_brief", dict),
}
"""The field that each structured answer has, and its type."""

_DOMAINS: Final = ("crm-", "ecommerce-", "inventory-", "logistics-", "product-management-")


def full_name(name: str) -> str | None:
    """The agent's full name for a full or short one, or the beginning of a short one that only it has."""
    if name in AGENTS:
        return name
    found = [agent for agent in AGENTS if name and _short(agent).startswith(name)]
    exact = [agent for agent in found if _short(agent) == name]
    matches = exact or found
    return matches[0] if len(matches) == 1 else None


def advice(service: str, answer: object) -> Mapping[str, Any] | None:
    """The answer, if it is structured advice: no free text, no domain error, nothing of another shape."""
    if not isinstance(answer, Mapping) or answer.get("error"):
        return None
    field, kind = ADVICE_IN.get(service, ("", object))
    if field and not isinstance(answer.get(field), kind):
        return None
    return answer


def _short(agent: str) -> str:
    return _after(agent, _DOMAINS)


def _after(text: str, prefixes: Sequence[str]) -> str:
    return text[max(len(prefix) for prefix in prefixes if text.startswith(prefix)) :]
