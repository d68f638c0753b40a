"""Our money ledger held against the card network's: a payment on which both agree, or a named difference.

    what the network says            and our books say               name                 mended by
    ------------------------------   -----------------------------   ------------------   ---------------------
    money is held on the card        not heard yet                   held-unheard         AUTHORISED
    money is held on the card        the payment was given up        held-after-end       AUTHORISED: let go
    the whole total was taken        not heard yet                   taken-unheard        SUCCEEDED: booked
    the whole total was taken        the payment was given up        taken-after-end      SUCCEEDED: given back
    the whole total was given back   the whole total was charged     refunded-unbooked    REFUNDED: booked, told
    nothing was taken                the charge is booked            booked-not-taken     a person
    nothing was given back           the refund is booked            booked-not-refunded  a person
    any other sum                    any                             amounts-differ       a person
    money of another intent          the order has its own intent    foreign-payment      a person
    money, in nobody's name          no such order                   no-order             a person

"Given up" is the participant's word FAILED: nothing is kept after it (rule 6 of the saga). A payment that
nobody has tried moves no money and is agreed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, Literal, Self

from domain.entity import Audited
from domain.ledger import TAKEN
from domain.moment import Moment
from domain.money import Money
from domain.saga import names
from domain.saga.payment import BEFORE_AUTHORISED, UNDECIDED, Phase

CLEARED_TTL_SECONDS: Final = 90 * 24 * 3600
"""How long a difference that is settled is remembered."""


class Name(StrEnum):
    """What a difference is called, in logs, documents and the runbook."""

    HELD_UNHEARD = "held-unheard"
    HELD_AFTER_END = "held-after-end"
    TAKEN_UNHEARD = "taken-unheard"
    TAKEN_AFTER_END = "taken-after-end"
    REFUNDED_UNBOOKED = "refunded-unbooked"
    BOOKED_NOT_TAKEN = "booked-not-taken"
    BOOKED_NOT_REFUNDED = "booked-not-refunded"
    AMOUNTS_DIFFER = "amounts-differ"
    FOREIGN_PAYMENT = "foreign-payment"
    NO_ORDER = "no-order"


REMEDIES: Final = MappingProxyType(
    {
        Name.HELD_UNHEARD: names.AUTHORISED,
        Name.HELD_AFTER_END: names.AUTHORISED,
        Name.TAKEN_UNHEARD: names.SUCCEEDED,
        Name.TAKEN_AFTER_END: names.SUCCEEDED,
        Name.REFUNDED_UNBOOKED: names.REFUNDED,
    }
)
"""The fact that the payment participant has to hear; every other difference needs a person."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """One payment as the card network tells it: held on the card now, ever taken, and of that given back."""

    intent_id: str
    amount: Money
    is_held: bool
    taken: Money
    returned: Money

    @property
    def has_money(self) -> bool:
        """Whether the customer misses any money because of it."""
        return self.is_held or self.taken.amount_minor != self.returned.amount_minor


@dataclass(frozen=True, slots=True)
class Ours:
    """The money of one order as our books tell it: its own intent, what it costs, what is booked."""

    intent_id: str
    total: Money
    phase: Phase
    charged: Money
    refunded: Money


def compare(ours: Ours | None, theirs: Theirs) -> Name | None:
    """What is different between the order's books and the network's payment; ``None``: they agree.

    ``ours`` is ``None`` where there is no such order. Total: any two records have exactly one answer.
    """
    if ours is None:
        return Name.NO_ORDER if theirs.has_money else None
    if ours.intent_id != theirs.intent_id:
        return Name.FOREIGN_PAYMENT if theirs.has_money else None
    if theirs.amount != ours.total:
        return Name.AMOUNTS_DIFFER
    return _charge(ours, theirs) or _refund(ours, theirs) or _hold(ours, theirs)


def unknown_there(charged: Money) -> Name | None:
    """The difference where the network knows no such payment and we have booked so much of it."""
    return Name.BOOKED_NOT_TAKEN if charged.amount_minor else None


def _charge(ours: Ours, theirs: Theirs) -> Name | None:
    nothing = Money(0, ours.total.currency)
    if theirs.taken == ours.charged:
        return None
    if theirs.taken == nothing:
        return Name.BOOKED_NOT_TAKEN
    if theirs.taken != ours.total or ours.charged != nothing or ours.phase in TAKEN:
        return Name.AMOUNTS_DIFFER
    if ours.phase in UNDECIDED:
        return Name.TAKEN_UNHEARD
    # all of it is given back at once, which a part that was given back by hand would refuse
    is_whole = theirs.returned in (nothing, theirs.taken)
    return Name.TAKEN_AFTER_END if is_whole else Name.AMOUNTS_DIFFER


def _refund(ours: Ours, theirs: Theirs) -> Name | None:
    nothing = Money(0, ours.total.currency)
    if theirs.returned == ours.refunded:
        return None
    if theirs.returned == nothing:
        return Name.BOOKED_NOT_REFUNDED
    if theirs.returned == ours.total and ours.phase == Phase.CAPTURED:
        return Name.REFUNDED_UNBOOKED
    return Name.AMOUNTS_DIFFER


def _hold(ours: Ours, theirs: Theirs) -> Name | None:
    if not theirs.is_held:
        return None
    if ours.phase in BEFORE_AUTHORISED:
        return Name.HELD_UNHEARD
    return Name.HELD_AFTER_END if ours.phase == Phase.FAILED else None


type DifferenceState = Literal["seen", "open", "settled"]


class Difference(Audited):
    """One payment on which we and the network disagree; id ``difference:<intent id>``.

    ``seen`` once it may still be an answer under way; ``open`` waits for a person, who is told once;
    ``settled`` when both agree again. ``owner`` and ``order_id`` are those that the network names, empty where
    it names none; ``parked_at`` is when it was seen first.
    """

    kind: ClassVar[str] = "ledger-difference"
    container: ClassVar[str] = "DeadLetters"
    partition_field: ClassVar[str] = "hub"

    hub: str = "ledger"
    intent_id: str
    owner: str
    order_id: str
    name: Name
    detail: str
    state: DifferenceState = "seen"
    parked_at: Moment
    opened_at: datetime | None = None
    settled_at: datetime | None = None

    def again(self, name: Name, detail: str, at: datetime, patience: timedelta) -> Self:
        """The difference, seen again: it opens where it has lasted; one that was settled begins anew."""
        if self.state == "settled":
            anew = {"state": "seen", "parked_at": at, "opened_at": None, "settled_at": None}
            return self.but(name=name, detail=detail, ttl=None, **anew)
        changed = self.but(name=name, detail=detail)
        if self.state == "seen" and at - self.parked_at >= patience:
            return changed.but(state="open", opened_at=at)
        return changed

    def settled(self, at: datetime) -> Self:
        """Both agree again."""
        return self.but(state="settled", settled_at=at, ttl=CLEARED_TTL_SECONDS)


def difference_id(intent_id: str) -> str:
    """The id of what is different about that payment."""
    return f"difference:{intent_id}"


def told(ours: Ours | None, theirs: Theirs | None) -> str:
    """Both sides in words, for a person; amounts as the API shows them."""
    network, books = "the network knows no such payment", "there is no such order"
    if theirs is not None:
        held = ", held on the card now" if theirs.is_held else ""
        network = (
            f"the network took {theirs.taken.number} and gave back {theirs.returned.number} "
            f"of {theirs.amount.number} {theirs.amount.currency}{held}"
        )
    if ours is not None:
        books = (
            f"the books charged {ours.charged.number} and gave back {ours.refunded.number} "
            f"of {ours.total.number} {ours.total.currency}, the payment is {ours.phase or 'new'}"
        )
    return f"{network}; {books}"
