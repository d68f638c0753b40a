"""How the shop's and the customers' agents answer: fields and rules of the published ones without a model."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.embedded.agent_sight import MOST_RESULTS, Answer, Payload, Sight, count, items


async def catalog_search(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Products for a query, in the shape of an ACP product feed."""
    query = str(payload.get("query", ""))
    limit = min(count(payload, "limit", 5), MOST_RESULTS)
    found = [_acp(product) for product in await sight.search(query, limit)]
    return {
        "query": query,
        "mode": payload.get("mode", "keyword"),
        "results": found,
        "summary": f"{len(found)} products for {query!r}.",
        "result_type": "deterministic",
        "degraded": False,
    }


async def product_detail(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """A product's text, its features and what is like it; the facts stand under ``enriched_product`` too."""
    sku = str(payload.get("sku") or "")
    if not sku:
        return {"error": "sku is required"}
    product = await _product(sight, sku)
    if product is None:
        return {"error": "enrichment not available", "reason": "no source"}
    features = [f"{name}: {value}" for name, value in product.get("attributes", {}).items()]
    return {
        "sku": sku,
        "name": product.get("name", ""),
        "description": product.get("description", ""),
        "features": features,
        "enriched_product": {"sku": sku, "features": features},
        "related": await _alike(sight, product, count(payload, "related_limit", 4)),
        "acp_product": _acp(product),
    }


async def cart_intelligence(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """How likely the cart is left behind, and why; ``products`` go well with ``sku`` or the first line."""
    lines = [
        {"sku": str(item["sku"]), "quantity": count(item, "quantity", 1)}
        for item in items(payload, "items")
        if isinstance(item, Mapping) and "sku" in item
    ]
    risk, drivers = 10, []
    for item in lines:
        more, driver = _risk(item, await sight.available(str(item["sku"])))
        risk += more
        drivers += [driver] if driver else []
    sku = str(payload.get("sku") or (lines[0]["sku"] if lines else ""))
    product = await _product(sight, sku)
    alike = await _alike(sight, product, count(payload, "limit", 3)) if product else []
    return {
        "items": lines,
        "products": alike,
        "abandonment_risk": {"risk_score": min(risk, 100) / 100, "drivers": drivers},
        "acp": {"acp_version": "0.1", "domain": "cart", "cart": {"items": lines}},
    }


async def reservation_validation(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Whether so many of a SKU can be promised."""
    sku = str(payload.get("sku") or "")
    if not sku:
        return {"error": "sku is required"}
    available = await sight.available(sku)
    if available is None:
        return {"error": "sku not found", "sku": sku}
    wanted = count(payload, "request_qty", 1)
    validation = {
        "sku": sku,
        "requested_qty": wanted,
        "available": available,
        "approved": wanted <= available,
        "backorder_qty": max(wanted - available, 0),
    }
    return {"sku": sku, "reservation_validation": validation}


async def segmentation(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Which group a customer belongs to, by what is told of her."""
    contact_id = payload.get("contact_id")
    if not contact_id:
        return {"error": "contact_id is required"}
    number = count(payload, "interaction_count", 0)
    opted_in = payload.get("marketing_opt_in", True)
    segment = "new-lead" if number == 0 else "engaged" if number >= 5 else "nurture"
    return {
        "contact_id": contact_id,
        "segmentation": {
            "segment": segment if opted_in else "do-not-contact",
            "interaction_count": number,
            "personalization": {"preferred_channel": "email", "recommended_content": []},
            "tags": [],
        },
    }


async def support_assistance(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """What a member of staff may do next."""
    contact_id = payload.get("contact_id")
    if not contact_id:
        return {"error": "contact_id is required"}
    is_angry = payload.get("sentiment") in ("negative", "angry")
    actions = ["Acknowledge issue", "Confirm resolution criteria"]
    brief = {
        "contact_id": contact_id,
        "sentiment": payload.get("sentiment"),
        "risk": "high" if is_angry else "low",
        "issue_summary": payload.get("issue_summary"),
        "next_best_actions": actions + ["Escalate to senior support"] * is_angry,
    }
    return {"contact_id": contact_id, "support_brief": brief}


async def _product(sight: Sight, sku: str) -> Mapping[str, Any] | None:
    found = await sight.search(sku, 1) if sku else ()
    return next((each for each in found if each.get("sku") == sku), None)


async def _alike(sight: Sight, product: Mapping[str, Any], limit: int) -> list[Answer]:
    """Other products of the brand."""
    most = min(limit, MOST_RESULTS)
    found = await sight.search(str(product.get("brand", "")), most + 1)
    return [_acp(each) for each in found if each.get("sku") != product["sku"]][:most]


def _acp(product: Mapping[str, Any]) -> Answer:
    """A product as the agents name its fields (ACP product feed)."""
    available = product.get("available")
    availability = "unknown" if available is None else "in_stock" if available else "out_of_stock"
    return {
        "item_id": product.get("sku", ""),
        "title": product.get("name", ""),
        "description": product.get("description", ""),
        "url": product.get("url", ""),
        "image_url": product.get("image_url", ""),
        "brand": product.get("brand", ""),
        "price": f"{product.get('price', 0):.2f} {str(product.get('currency', 'USD')).lower()}",
        "availability": availability,
        "protocol_version": "1.0",
        "extended_attributes": dict(product.get("attributes", {})),
    }


def _risk(item: Mapping[str, Any], available: int | None) -> tuple[int, str]:
    """Percent more risk, and the reason, as the published agent weighs them."""
    if available is None:
        return 15, f"missing inventory for {item['sku']}"
    if available <= 0:
        return 35, f"out of stock for {item['sku']}"
    if available < item["quantity"]:
        return 20, f"low stock for {item['sku']}"
    return 0, ""
