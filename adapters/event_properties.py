"""What a consumer can filter and trace events by without parsing their bodies; the same at both ends."""

from domain.events import Event


def properties_of(event: Event) -> dict[str, str]:
    """The application properties of an event; what it does not have is left out.

    ``Diagnostic-Id`` is what Application Insights looks for, ``traceparent`` what everybody else does.
    """
    properties = {
        "event_type": event.event_type,
        "event_version": event.event_version,
        "event_id": event.event_id,
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "order_id": event.data.get("order_id"),
        "traceparent": event.traceparent,
        "Diagnostic-Id": event.traceparent,
    }
    return {name: str(value) for name, value in properties.items() if value}
