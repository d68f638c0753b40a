"""Short ways to ask the emulator's parts."""

from typing import Any

from tools.cosmos_emulator import auth
from tools.cosmos_emulator.documents import Documents
from tools.cosmos_emulator.indexing import EVERYTHING
from tools.cosmos_emulator.querying import Asked, run
from tools.cosmos_emulator.wire import Answer, Request

U1 = '["u-1"]'
"""A partition, as the emulator names it."""


class Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def documents(time: Time | None = None, **properties: Any) -> Documents:
    """A container without documents, partitioned by ``user_id``, everything indexed."""
    whole = {
        "_self": "c1/",
        "partitionKey": {"paths": ["/user_id"]},
        "indexingPolicy": EVERYTHING,
        "defaultTtl": -1,
    }
    return Documents(whole | properties, time or Time())


def put(kept: Documents, id: str, user_id: str = "u-1", **fields: Any) -> dict[str, Any]:
    """A new document."""
    return kept.create(f'["{user_id}"]', {"id": id, "user_id": user_id, **fields})


def ask(kept: Documents, text: str, partition: str | None = U1, **more: Any) -> Answer:
    """A query's answer; parameters by their names without the sign."""
    parameters = {f"@{name}": value for name, value in more.pop("parameters", {}).items()}
    return run(kept, Asked(text, parameters, partition, more.pop("crosses", False), **more))


def ids(answer: Answer) -> list[str]:
    """The ids of the documents found."""
    return [row["id"] for row in answer.body["Documents"]]


def signed(method: str, path: str, **headers: str) -> Request:
    """A request with the right signature."""
    dated = {"x-ms-date": "Sun, 25 Jan 2026 10:30:00 GMT", **headers}
    token = auth.signature(Request(method, path, dated), auth.KEY)
    return Request(
        method, path, dated | {"authorization": f"type%3Dmaster%26ver%3D1.0%26sig%3D{token}"}
    )
