"""Short ways to ask the peer, without a socket and without the SDK."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tools.stripe_emulator.auth import KEY
from tools.stripe_emulator.service import Emulator
from tools.stripe_emulator.wire import Answer, Request

INTENT = {
    "amount": "5000",
    "currency": "usd",
    "capture_method": "manual",
    "allowed_payment_method_types[0]": "card",
    "metadata[order_id]": "o1",
}


class Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_769_342_400.0

    def __call__(self) -> float:
        return self.seconds


class Asker:
    """A client of a peer in which nothing has happened."""

    def __init__(self, time: Time | None = None) -> None:
        self.time = time or Time()
        self.emulator = Emulator(now=self.time)

    async def send(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, **headers: str
    ) -> Answer:
        """The whole answer; ``headers`` by their names with underscores."""
        given = {"authorization": f"Bearer {KEY}", "host": "stripe.test"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = urlencode(fields or {})
        is_post = method == "POST"
        query, body = ("", text.encode()) if is_post else (text, b"")
        return await self.emulator.answer(Request(method, f"/v1/{path}", query, given, body))

    async def get(self, path: str, **fields: str) -> Any:
        """What is answered to a reading."""
        return (await self.send("GET", path, fields)).body

    async def post(self, path: str, fields: Mapping[str, str] | None = None, key: str = "") -> Any:
        """What is answered to a change."""
        headers = {"idempotency_key": key} if key else {}
        return (await self.send("POST", path, fields, **headers)).body

    async def intent(self, **fields: str) -> str:
        """The id of a new intent."""
        return str((await self.post("payment_intents", {**INTENT, **fields}))["id"])

    async def held(self, card: str = "pm_card_visa", **fields: str) -> str:
        """The id of an intent whose money is held."""
        id = await self.intent(**fields)
        await self.post(f"payment_intents/{id}/confirm", {"payment_method": card})
        return id

    async def taken(self) -> str:
        """The id of an intent whose money is taken."""
        id = await self.held()
        await self.post(f"payment_intents/{id}/capture")
        return id

    @property
    def told(self) -> list[str]:
        """The types of all events so far."""
        return [event["type"] for event in self.emulator.account.events]


def error(body: Any) -> tuple[str, str, str]:
    """Type, code and parameter of a refusal."""
    told = body["error"]
    return told["type"], told.get("code", ""), told.get("param", "")
