"""Two consumer groups, a timer and an endpoint that publishes; each run leaves a line in a file."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import List  # noqa: UP035 - the worker refuses the built-in's alias

import azure.functions as func

from adapters.embedded.clock import SystemClock
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from domain.events import Event

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
opened: list[EventLog] = []


def log() -> EventLog:
    """The app's own view of the store file, opened at the first call."""
    if not opened:
        opened.append(EventLog(SqliteFile(os.environ["HPH_STORE_FILE"]), SystemClock()))
    return opened[0]


def note(**facts: object) -> None:
    """One line about one run."""
    with Path(os.environ["BUSY_NOTES"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"host": os.environ["BUSY_HOST"], **facts}) + "\n")


@app.route("publish/{key}/{count:int}", methods=["POST"])
async def publish(req: func.HttpRequest) -> func.HttpResponse:
    """Append that many OrderCreated events for a key."""
    key, count = req.route_params["key"], int(req.route_params["count"])
    events = [
        Event(
            event_id=f"{key}-{number}",
            event_type="OrderCreated",
            timestamp=datetime.now(UTC),
            subject=key,
            data={"order_id": key, "number": number},
            correlation_id="c",
            causation_id="c",
        )
        for number in range(count)
    ]
    await log().publish("order-events", key, events)
    return func.HttpResponse(status_code=202)


@app.event_hub_message_trigger(
    "events",
    event_hub_name="order-events",
    connection="H",
    consumer_group="views",
    cardinality="many",
)
async def view(events: List[func.EventHubEvent]) -> None:  # noqa: UP006
    """Note every event of a batch."""
    for event in events:
        body = json.loads(event.get_body())
        note(group="views", key=body["subject"], number=body["data"]["number"])


@app.event_hub_message_trigger(
    "event",
    event_hub_name="order-events",
    connection="H",
    consumer_group="payment",
    cardinality="one",
)
async def pay(event: func.EventHubEvent) -> None:
    """Note one event."""
    body = json.loads(event.get_body())
    note(group="payment", key=body["subject"], number=body["data"]["number"])


@app.timer_trigger("timer", schedule="* * * * * *")
async def tick(timer: func.TimerRequest) -> None:
    """Note each second."""
    note(group="tick", second=datetime.now(UTC).isoformat(timespec="seconds"))
