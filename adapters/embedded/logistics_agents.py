"""How the logistics agents answer: fields and rules of the published ones, over what the carriers know."""

from datetime import UTC, datetime, timedelta

from adapters.embedded.agent_sight import Answer, Payload, Sight


async def carrier_selection(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Which carrier suits a service level."""
    shipment = await _shipment(payload, sight)
    if "error" in shipment:
        return shipment
    level = shipment["service_level"]
    by_level = {"express": "FedEx", "overnight": "UPS"}
    recommendation = {
        "tracking_id": shipment["tracking_id"],
        "service_level": level,
        "recommended_carrier": shipment["carrier"] or by_level.get(level, "USPS"),
        "reason": "matched service level",
    }
    return {"shipment": shipment, "recommendation": recommendation}


async def eta_computation(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """When a shipment arrives: the carrier's word, or two days from now."""
    shipment = await _shipment(payload, sight)
    if "error" in shipment:
        return shipment
    told = shipment["eta"]
    eta = {
        "tracking_id": shipment["tracking_id"],
        "eta": told or (now + timedelta(days=2)).isoformat(),
        "source": "carrier" if told else "estimated",
    }
    return {"tracking_id": shipment["tracking_id"], "eta": eta}


async def route_issues(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Whether a shipment is late or lost."""
    shipment = await _shipment(payload, sight)
    if "error" in shipment:
        return shipment
    last = shipment["events"][-1]["code"] if shipment["events"] else None
    issues = {
        "tracking_id": shipment["tracking_id"],
        "status": shipment["status"],
        "delayed": shipment["status"] == "failed" or last == "Delayed",
        "last_event": last,
    }
    return {"tracking_id": shipment["tracking_id"], "issues": issues}


async def order_status(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """Where an order's shipment is."""
    order_id, tracking_id = payload.get("order_id"), payload.get("tracking_id")
    if not order_id and not tracking_id:
        return {"error": "order_id or tracking_id is required"}
    shipment = await _shipment({"tracking_id": tracking_id or f"T-{order_id}"}, sight)
    seen = {name: shipment[name] for name in ("tracking_id", "status", "events")}
    status = {"order_id": order_id, **seen}
    acp = {"acp_version": "0.1", "domain": "order_status", "order_status": status}
    return {**status, "acp": acp}


async def returns_support(payload: Payload, sight: Sight, now: datetime) -> Answer:
    """What to do about a return."""
    shipment = await _shipment(payload, sight)
    if "error" in shipment:
        return shipment
    steps = ["Confirm shipment status", "Offer return window", "Notify support"]
    if shipment["status"] == "delivered":
        steps = ["Confirm return reason", "Issue return label", "Schedule pickup"]
    plan = {
        "tracking_id": shipment["tracking_id"],
        "status": shipment["status"],
        "eligible_for_return": shipment["status"] in ("delivered", "in_transit"),
        "next_steps": steps,
    }
    return {"tracking_id": shipment["tracking_id"], "returns_plan": plan}


async def _shipment(payload: Payload, sight: Sight) -> Answer:
    """The shipment as the logistics agents describe it; one that no carrier knows yet is ``pending``."""
    tracking_id = payload.get("tracking_id")
    if not tracking_id:
        return {"error": "tracking_id is required"}
    parcel = await sight.parcel(str(tracking_id))
    if parcel is None:
        level = payload.get("service_level") or "standard"
        rest: Answer = {"status": "pending", "carrier": None, "eta": None, "events": []}
        return {"tracking_id": tracking_id, "service_level": level, **rest}
    return {
        "tracking_id": tracking_id,
        "service_level": parcel.service_level,
        "status": parcel.status,
        "carrier": parcel.carrier,
        "eta": _moment(parcel.estimated_delivery),
        "events": [
            {
                "code": scan["description"],
                "occurred_at": _moment(scan["at"]),
                "location": scan["location"],
            }
            for scan in parcel.scans
        ],
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
