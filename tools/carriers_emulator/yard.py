"""What the three carriers carry: labels that were sold, and parcels that move as time goes on."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from adapters.embedded.carriers import ANSWER_LOST, DELAYED, LOST, NO_LABEL, NUMBERS, POST_ALONE
from adapters.embedded.parcels import STEPS_TO_THE_DOOR, Fate, Parcel, labelled, moved
from tools.carriers_emulator.refusal import Refusal

FATES: Final[dict[str, Fate]] = {LOST: "lost", DELAYED: "delayed"}
"""The postal codes of the embedded carriers stand for the same here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that is asked for; ``handle`` is what the carrier finds it by later."""

    carrier: str
    level: str
    reference: str
    handle: str
    postal_code: str
    destination: str


def paper(parcel: Parcel) -> str:
    """The label of a parcel for a label printer, coded as the carriers do."""
    return b64encode(f"^XA^FD{parcel.tracking_number}^FS^XZ".encode()).decode()


@dataclass(slots=True)
class Yard:
    """All parcels by number; ``now`` is seconds since 1970. ``loses_answer``: of the sale just made."""

    now: Callable[[], float]
    step_seconds: float = 3.0
    loses_answer: bool = False
    _parcels: dict[str, Parcel] = field(default_factory=dict)
    _handles: dict[tuple[str, str], str] = field(default_factory=dict)

    def sell(self, wish: Wish) -> Parcel:
        """A new label, also for a handle that had one: no carrier remembers. Raises ``Refusal``."""
        if wish.postal_code == NO_LABEL:
            raise Refusal("DESTINATION.NOT.SERVED", "no carrier delivers there")
        if wish.postal_code == POST_ALONE and wish.carrier != "USPS":
            raise Refusal("DESTINATION.NOT.SERVED", f"{wish.carrier} does not deliver there")
        now = self.now()
        parcel = Parcel(
            tracking_number=self._free(wish),
            shipment_id=wish.reference.rpartition("-")[0],
            carrier=wish.carrier,
            service_level=wish.level,
            destination=wish.destination,
            bought_at=now,
            estimated_delivery=now + (STEPS_TO_THE_DOOR + 1) * self.step_seconds,
            fate=FATES.get(wish.postal_code, "normal"),
        )
        is_first = all(one.shipment_id != parcel.shipment_id for one in self._parcels.values())
        self.loses_answer = is_first and wish.postal_code == ANSWER_LOST
        self._parcels[parcel.tracking_number] = labelled(parcel)
        self._handles[wish.carrier, wish.handle] = parcel.tracking_number
        return parcel

    def found(self, carrier: str, number: str) -> Parcel | None:
        """The carrier's parcel of that number, as it is now."""
        parcel = self._parcels.get(number)
        if parcel is None or parcel.carrier != carrier:
            return None
        return moved(parcel, self.now(), self.step_seconds)

    def sold_as(self, carrier: str, handle: str) -> Parcel | None:
        """What was sold last under the handle."""
        return self.found(carrier, self._handles.get((carrier, handle), ""))

    def void(self, number: str) -> None:
        """Take the label back."""
        self._parcels[number] = replace(self._parcels[number], voided_at=self.now())

    def hand_over(self, number: str) -> bool:
        """Pick the parcel up, once; whether there is such a parcel."""
        parcel = self._parcels.get(number)
        if parcel and parcel.handed_over_at is None:
            self._parcels[number] = replace(parcel, handed_over_at=self.now())
        return parcel is not None

    def waiting(self, seconds: float) -> list[Parcel]:
        """Good labels at least so old whose parcels are not picked up; of two for a parcel the newer, since the
        paper of the other one reached nobody."""
        until = self.now() - seconds
        newest = {one.shipment_id: one for one in self._parcels.values() if one.voided_at is None}
        return [
            one for one in newest.values() if one.handed_over_at is None and one.bought_at <= until
        ]

    def parcels(self) -> Iterator[Parcel]:
        """All of them as they are now."""
        for number, parcel in self._parcels.items():
            found = self.found(parcel.carrier, number)
            assert found is not None
            yield found

    def _free(self, wish: Wish) -> str:
        text = f"{wish.reference}:{len(self._parcels)}"
        serial = int(sha256(text.encode()).hexdigest()[:15], 16)
        while NUMBERS[wish.carrier](serial) in self._parcels:
            serial += 1
        return NUMBERS[wish.carrier](serial)
