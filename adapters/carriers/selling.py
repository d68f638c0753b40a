"""What every carrier's module does, and what they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Protocol

from adapters.carriers.api import NotDone
from adapters.carriers.call import Answer
from adapters.carriers.settings import Box
from usecases.ports.carriers import CarrierBusy, NoLabel, Scan

type Place = Mapping[str, str]
"""An address as the port gives it: ``name``, ``line1``, ``line2``, ``city``, ``state``, ``postal_code``, ``country``,
``phone``."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent: ``code`` is the carrier's word for the service, ``reference`` is ours for this attempt."""

    reference: str
    code: str
    sender: Place
    to: Place
    box: Box
    day: date


@dataclass(frozen=True, slots=True)
class Sold:
    """A label: its number, and its paper as the carrier coded it, where it came with one."""

    tracking_number: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing was found under a reference; ``is_sure`` says whether that means that nothing was sold."""

    is_sure: bool = True


class Seller(Protocol):
    """One carrier. Every call raises ``CarrierBusy``, and ``NotDone`` where it is sure that nothing has happened."""

    @property
    def codes(self) -> Mapping[str, str]:
        """The shop's service levels in the carrier's words."""

    async def buy(self, parcel: Parcel) -> Sold:
        """A new label. Raises ``NoLabel``."""

    async def find(self, reference: str) -> Sold | NotFound:
        """What an earlier call under that reference has bought."""

    async def void(self, tracking_number: str) -> None:
        """Give the label back, also again. Raises ``NoLabel`` where the carrier will not have it."""

    async def track(self, tracking_number: str) -> Sequence[Scan]:
        """What was seen of the parcel, in any order."""


def sold(answer: Answer, label: Sold, *, code: str, message: str) -> Sold:
    """The label, or what its absence means. Raises ``NoLabel``, ``NotDone``, ``CarrierBusy``."""
    if answer.is_yes and label.tracking_number:
        return label
    if answer.is_yes:
        raise CarrierBusy("a label without a number was sold")
    if answer.status == 404 or not code:
        raise NotDone(f"answered {answer.status} without a reason")
    raise NoLabel(f"{code}: {message}" if message else code)


def name_of(place: Place, width: int) -> str:
    """The name, as much of it as fits; the address is what finds the door."""
    return place.get("name", "")[:width]


def lines_of(place: Place, *, width: int, most: int) -> list[str]:
    """The street in lines that fit. Raises ``NoLabel`` rather than to leave part of an address away."""
    given = [place.get("line1", ""), place.get("line2", "")]
    lines = [line for part in given for line in wrap(part, width)]
    if len(lines) > most:
        raise NoLabel(f"the address is longer than {most} lines of {width} characters")
    return lines


def phone_of(place: Place, sender: Place) -> str:
    """Digits of a number to call: the carriers want one for every door, and who gave none is called by us."""
    return "".join(filter(str.isdigit, place.get("phone") or sender["phone"]))
