"""What a return knows of its saga, and what follows from that alone."""

from dataclasses import dataclass
from enum import StrEnum


class RefundOn(StrEnum):
    """The shop's policy: when the customer's money goes back."""

    APPROVED = "approved"
    RECEIVED = "received"


class Verdict(StrEnum):
    """What was decided about a return; ``EXPIRED`` when the goods did not come in time and nothing
    was paid.
    """

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Stage(StrEnum):
    """What the return waits for now, with a deadline."""

    DECISION = "decision"
    GOODS = "goods"
    SETTLEMENT = "settlement"
    NONE = ""


class Status(StrEnum):
    """What the shop shows of a return."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    RECEIVED = "received"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ReturnFacets:
    """All that the saga knows of a return."""

    verdict: Verdict = Verdict.REQUESTED
    received: bool = False
    restocked: bool = False
    refunded: bool = False
    attempt: int = 0
    ticket: str = ""


def stage(facets: ReturnFacets) -> Stage:
    """What the return waits for now."""
    if facets.verdict == Verdict.REQUESTED:
        return Stage.DECISION
    if facets.verdict != Verdict.APPROVED:
        return Stage.NONE
    if not facets.received:
        return Stage.GOODS
    return Stage.NONE if settled(facets) else Stage.SETTLEMENT


def status(facets: ReturnFacets) -> Status:
    """What the shop shows of the return."""
    if facets.verdict != Verdict.APPROVED:
        return Status(facets.verdict.value)
    if settled(facets):
        return Status.RETURNED
    return Status.RECEIVED if facets.received else Status.APPROVED


def settled(facets: ReturnFacets) -> bool:
    """Whether goods and money are both back."""
    return facets.received and facets.restocked and facets.refunded


def refund_is_due(facets: ReturnFacets, refund_on: RefundOn) -> bool:
    """Whether the policy lets the money go back now."""
    approved = facets.verdict == Verdict.APPROVED
    return approved and (facets.received or refund_on == RefundOn.APPROVED)
