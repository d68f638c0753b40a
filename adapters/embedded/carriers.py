"""FedEx, UPS and USPS in one process: labels, parcels that move in accelerated time, parcels that go wrong.

Switches by postal code: ``00000`` gets no label, ``00001`` is lost, ``00002`` is delayed,
``00003`` gets its label although the first answer is lost, and ``00004`` is served by USPS alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final

from adapters.embedded import tracking_numbers
from adapters.embedded.once import once
from adapters.embedded.parcels import (
    STEPS_TO_THE_DOOR,
    Fate,
    Parcel,
    label_of,
    labelled,
    moved,
    next_due,
    scans_of,
)
from adapters.embedded.world import Record, Records, Vault, WorldAway
from domain.carrier import CARRIERS, CarrierService, keeping
from domain.shipping import DAYS
from usecases.ports.carriers import CarrierBusy, Label, NoLabel, Scan
from usecases.ports.clock import Clock

PARCELS = "carrier.parcels"
WAITING = "carrier.waiting"
MOVING = "carrier.moving"
KEYS = "carrier.keys"

MOST_AT_ONCE = 200
"""Parcels handed over or moved in one go."""

MOST_LISTED = 100_000

NO_LABEL, LOST, DELAYED, ANSWER_LOST = "00000", "00001", "00002", "00003"
POST_ALONE: Final = "00004"
"""Postal codes that stand for what can go wrong; the last is like a post-office box."""

NUMBERS: Final[dict[str, Callable[[int], str]]] = {
    "USPS": tracking_numbers.usps,
    "FedEx": tracking_numbers.fedex,
    "UPS": tracking_numbers.ups,
}
"""Carrier to the format of its tracking numbers."""

SERVICES: Final = frozenset(service for method in DAYS for service in keeping(method))
"""What the carriers sell here: what the shop knows of."""


@dataclass(frozen=True, slots=True)
class CarrierSettings:
    """``step_seconds`` is how long a parcel takes from one scan to the next."""

    step_seconds: float = 3.0


class EmbeddedCarriers:
    """The three carriers over one ``Vault``. Every call raises ``CarrierBusy`` when the vault is away."""

    def __init__(self, vault: Vault, clock: Clock, settings: CarrierSettings) -> None:
        self._vault, self._clock, self._step = vault, clock, settings.step_seconds

    @property
    def names(self) -> Collection[str]:
        """All that the shop knows."""
        return CARRIERS

    async def buy_label(
        self, shipment_id: str, address: Mapping[str, str], *, service: CarrierService, key: str
    ) -> Label:
        """The label for the parcel, the same one for the same key. Raises ``NoLabel``, ``CarrierBusy``."""
        now = self._clock.now()
        call = (key, ["label", shipment_id, dict(address), service.carrier, service.level])
        buy = partial(self._bought, shipment_id, address, service)

        def job(records: Records) -> tuple[Record, bool]:
            return once(records, KEYS, call, now, lambda: buy(records, now))

        with _world_as_carrier():
            answer, is_fresh = await self._vault.change(job)
        if "refusal" in answer:
            raise NoLabel(answer["refusal"])
        if is_fresh and address.get("postal_code") == ANSWER_LOST:
            raise CarrierBusy("the answer was lost; the label was not")
        return label_of(Parcel(**answer))

    async def void_label(self, carrier: str, tracking_number: str, *, key: str) -> None:
        """Give the label back; harmless when it is void already. Raises ``NoLabel`` for an unknown one."""
        now = self._clock.now()

        def job(records: Records) -> tuple[Record, bool]:
            call = (key, ["void", carrier, tracking_number])
            number = (carrier, tracking_number)
            return once(records, KEYS, call, now, lambda: _void(records, number, now))

        with _world_as_carrier():
            answer, _ = await self._vault.change(job)
        if "refusal" in answer:
            raise NoLabel(answer["refusal"])

    async def track(self, carrier: str, tracking_number: str) -> Sequence[Scan]:
        """Every scan so far, oldest first; none for a number that the carrier does not know."""
        parcel = await self.find(tracking_number)
        return scans_of(parcel) if parcel and parcel.carrier == carrier else ()

    async def find(self, tracking_number: str) -> Parcel | None:
        """The parcel as it is now, for the console and for audits."""
        with _world_as_carrier():
            record = await self._vault.look(lambda r: r.get(PARCELS, tracking_number))
        return self._now(Parcel(**record)) if record else None

    async def parcels(self, limit: int = MOST_LISTED) -> list[Parcel]:
        """Every parcel as it is now, newest label first."""
        with _world_as_carrier():
            rows = await self._vault.look(lambda records: records.newest(PARCELS, limit))
        return [self._now(Parcel(**record)) for _, record in rows]

    async def hand_over(self, tracking_number: str) -> None:
        """The carrier picks the parcel up, also one with a void label; once. Raises ``NoLabel``."""
        now = self._clock.now().timestamp()
        with _world_as_carrier():
            found = await self._vault.change(lambda r: self._hand_over(r, tracking_number, now))
        if not found:
            raise NoLabel("unknown tracking number")

    async def waiting(self, packing_seconds: float) -> list[Parcel]:
        """Parcels with a good label that is at least that old and not handed over, oldest first."""
        until = self._clock.now().timestamp() - packing_seconds
        with _world_as_carrier():
            numbers = await self._vault.look(lambda records: _packed(records, until))
        found = [await self.find(number) for number in numbers]
        return [parcel for parcel in found if parcel]

    async def set_fate(self, tracking_number: str, fate: Fate) -> None:
        """What happens to the parcel from now on. Raises ``NoLabel`` for an unknown one."""
        now = self._clock.now().timestamp()
        with _world_as_carrier():
            found = await self._vault.change(
                lambda r: self._set_fate(r, tracking_number, now, fate)
            )
        if not found:
            raise NoLabel("unknown tracking number")

    async def advance(self, now: datetime) -> list[tuple[str, Scan]]:
        """Let due parcels move, ``MOST_AT_ONCE`` at a time, and say what is seen that was not recorded yet.

        Nobody must call it: ``track`` knows what is due.
        """
        seconds = now.timestamp()
        with _world_as_carrier():
            if not await self._vault.look(lambda r: _due(r, seconds)):
                return []
            return await self._vault.change(lambda r: self._advance(r, seconds))

    def _now(self, parcel: Parcel) -> Parcel:
        return moved(parcel, self._clock.now().timestamp(), self._step)

    def _bought(
        self,
        shipment_id: str,
        address: Mapping[str, str],
        service: CarrierService,
        records: Records,
        now: datetime,
    ) -> Record:
        postal_code = address.get("postal_code", "")
        if refusal := _refusal(service, postal_code):
            return {"refusal": refusal}
        number = NUMBERS[service.carrier]
        parcel = Parcel(
            tracking_number=_free(records, f"{shipment_id}:{now.isoformat()}", number),
            shipment_id=shipment_id,
            carrier=service.carrier,
            service_level=service.level,
            destination=_place(address),
            bought_at=now.timestamp(),
            estimated_delivery=now.timestamp() + (STEPS_TO_THE_DOOR + 1) * self._step,
            fate=_fate(postal_code),
        )
        records.put(PARCELS, parcel.tracking_number, asdict(labelled(parcel)))
        records.put(WAITING, parcel.tracking_number, {"since": parcel.bought_at})
        return asdict(parcel)

    def _hand_over(self, records: Records, tracking_number: str, now: float) -> bool:
        records.drop(WAITING, tracking_number)
        record = records.get(PARCELS, tracking_number)
        if record is None:
            return False
        if record["handed_over_at"] is None:
            self._put(records, replace(Parcel(**record), handed_over_at=now))
        return True

    def _set_fate(self, records: Records, tracking_number: str, now: float, fate: Fate) -> bool:
        record = records.get(PARCELS, tracking_number)
        if record is None:
            return False
        self._put(records, replace(moved(Parcel(**record), now, self._step), fate=fate))
        return True

    def _advance(self, records: Records, now: float) -> list[tuple[str, Scan]]:
        news = []
        for tracking_number in _due(records, now):
            before = Parcel(**records.get(PARCELS, tracking_number) or {})
            after = moved(before, now, self._step)
            self._put(records, after)
            scans = scans_of(after)[len(before.scans) :]
            news += [(tracking_number, scan) for scan in scans]
        return news

    def _put(self, records: Records, parcel: Parcel) -> None:
        records.put(PARCELS, parcel.tracking_number, asdict(parcel))
        records.drop(MOVING, parcel.tracking_number)
        due = next_due(parcel, self._step)
        if due is not None:
            records.put(MOVING, parcel.tracking_number, {"due_at": due})


@contextmanager
def _world_as_carrier() -> Iterator[None]:
    try:
        yield
    except WorldAway as away:
        raise CarrierBusy(str(away)) from away


def _refusal(service: CarrierService, postal_code: str) -> str:
    """Why the carrier will not take a parcel there; empty where it will."""
    if service not in SERVICES:
        return f"{service.carrier} has no service {service.level!r}"
    if postal_code == NO_LABEL:
        return "no carrier delivers there"
    if postal_code == POST_ALONE and service.carrier != "USPS":
        return f"{service.carrier} does not deliver there"
    return ""


def _free(records: Records, text: str, number: Callable[[int], str]) -> str:
    """The number that follows from ``text``, or the next one that nobody has."""
    serial = int(sha256(text.encode()).hexdigest()[:15], 16)
    while records.get(PARCELS, number(serial)) is not None:
        serial += 1
    return number(serial)


def _void(records: Records, number: tuple[str, str], now: datetime) -> Record:
    carrier, tracking_number = number
    record = records.get(PARCELS, tracking_number)
    if record is None or record["carrier"] != carrier:
        return {"refusal": "unknown tracking number"}
    if record["voided_at"] is None:
        records.put(PARCELS, tracking_number, {**record, "voided_at": now.timestamp()})
        records.drop(WAITING, tracking_number)
    return {}


def _packed(records: Records, until: float) -> list[str]:
    rows = records.oldest(WAITING, MOST_AT_ONCE)
    return [number for number, row in rows if row["since"] <= until]


def _due(records: Records, now: float) -> list[str]:
    rows = records.oldest(MOVING, MOST_AT_ONCE)
    return [number for number, row in rows if row["due_at"] <= now]


def _fate(postal_code: str) -> Fate:
    fates: dict[str, Fate] = {LOST: "lost", DELAYED: "delayed"}
    return fates.get(postal_code, "normal")


def _place(address: Mapping[str, str]) -> str:
    parts = (address.get("city", ""), address.get("state", ""))
    return ", ".join(part for part in parts if part)
