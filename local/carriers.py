"""The warehouse on one machine, which hands parcels to the carriers, and a page to see and disturb them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from html import escape
from typing import Protocol

from adapters.embedded.carriers import EmbeddedCarriers
from adapters.embedded.parcels import Fate, Parcel
from local.pages import Answer, button, data, fields_of, html, table
from usecases.ports.carriers import CarrierBusy, NoLabel
from usecases.ports.clock import Clock

PREFIX = "/_local/parcels"
MOST_SHOWN = 200
PAUSE_SECONDS = 0.25

FATES: dict[str, Fate] = {"lose": "lost", "delay": "delayed", "mend": "normal"}
"""What a button does to a parcel."""


type MayShip = Callable[[str], Awaitable[bool]]


class Yard(Protocol):
    """The carriers as the warehouse meets them. Every call raises ``CarrierBusy``."""

    async def waiting(self, packing_seconds: float) -> Sequence[Parcel]:
        """Parcels with a good label that is at least that old and not handed over."""

    async def hand_over(self, tracking_number: str) -> None:
        """The carrier picks the parcel up, once."""

    async def advance(self, now: datetime) -> object:
        """The carriers record what they have seen."""


class Warehouse:
    """Packs every good label in ``packing_seconds`` and hands the parcel over, if the shop still ships it.

    ``may_ship`` asks the shop about a shipment id. Safe to run in several hosts at once: a parcel is
    handed over once.
    """

    def __init__(
        self, carriers: Yard, clock: Clock, packing_seconds: float, may_ship: MayShip
    ) -> None:
        self._carriers, self._clock, self._packing = carriers, clock, packing_seconds
        self._may_ship = may_ship

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.work()
            await self._clock.sleep(PAUSE_SECONDS)

    async def work(self) -> None:
        """Hand over what is packed, and let the carriers record what they have seen."""
        try:
            for parcel in await self._carriers.waiting(self._packing):
                if await self._may_ship(parcel.shipment_id):
                    await self._carriers.hand_over(parcel.tracking_number)
            await self._carriers.advance(self._clock.now())
        except CarrierBusy:
            return  # the next round does it


class ParcelPages:
    """The page at ``PREFIX``; ``await pages(path, query, body)`` answers one request."""

    def __init__(self, carriers: EmbeddedCarriers) -> None:
        self._carriers = carriers

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The list; a request with a body is a posted form that does something to a parcel first."""
        if path.rstrip("/") != PREFIX:
            return html("Parcels", "<p>There is no such page.", 404)
        try:
            await self._act(fields_of(body))
            parcels = await self._carriers.parcels(MOST_SHOWN)
        except NoLabel:
            return html("Parcels", "<p>There is no such parcel.", 404)
        except CarrierBusy:
            return html("Parcels", "<p>Busy; try again.", 503)
        if query.get("format") == "json":
            return data([asdict(parcel) for parcel in parcels])
        heads = ("parcel", "carrier", "number", "to", "status", "")
        return html("Parcels", table(heads, map(_row, parcels)))

    async def _act(self, fields: dict[str, str]) -> None:
        number, action = fields.get("tracking_number", ""), fields.get("action", "")
        if action == "hand_over":
            await self._carriers.hand_over(number)
        elif action in FATES:
            await self._carriers.set_fate(number, FATES[action])


def _row(parcel: Parcel) -> list[str]:
    status = parcel.status if parcel.voided_at is None else f"{parcel.status} (void)"
    texts = [parcel.shipment_id, parcel.carrier, parcel.tracking_number, parcel.destination, status]
    labels = {"hand_over": "Hand over", "lose": "Lose", "delay": "Delay", "mend": "Mend"}
    buttons = (
        button(label, {"action": action, "tracking_number": parcel.tracking_number}, PREFIX)
        for action, label in labels.items()
    )
    return [*map(escape, texts), " ".join(buttons)]
