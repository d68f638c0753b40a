"""One answer for a key, though no carrier remembers keys: what is asked is written down before it is asked.

1. Claim: the purchase is committed as ``asking``, with a lease. Of two who begin at once one wins, and the other
   is told to come again.
2. Ask the carrier, for less time than the lease lasts.
3. Record the label or the refusal, and only then give it out. A repeat finds it.

Who dies between 1 and 3, or gets no answer, leaves an open purchase. Whoever comes after the lease takes it over by
its version, **looks** whether the carrier has sold a label under the reference, and takes that one; only where it
has not is another bought, under a new reference. Where a carrier cannot say for sure (FedEx), or where one who was
thought dead wakes up and buys, a label may be left that nobody uses. The first is noted in the purchase and told
as a warning; the second is known by its number, and given back on the spot. One label is ever recorded.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from adapters.carriers.api import CALL_SECONDS, NotDone
from adapters.carriers.selling import NotFound, Parcel, Seller, Sold
from domain.access import Trace, system
from domain.carrier import CarrierService
from domain.label_purchase import LabelPaper, LabelPurchase, begun, paper_of
from usecases.ports.carriers import CarrierBusy, NoLabel
from usecases.ports.clock import Clock, Ids
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.store import Change, Refused, Store, StoreBusy

LEASE: Final = timedelta(seconds=CALL_SECONDS + 6)
"""So long a purchase is somebody's: longer than a call may take, with time to write before and after it."""
SETTLING: Final = timedelta(seconds=5)
"""So long after a call without an answer the carrier may still be at it, and a look would come too early."""
TRIES: Final = 4
"""So often it is written while the store is busy: an unknown claim blocks, an unknown answer must be looked for."""
PAUSE_SECONDS: Final = 0.2
MOST_PAPER: Final = 500_000
"""Characters: a label for a printer has some thousands, and no document may have more than two million bytes."""

log = logging.getLogger("shop.carriers")


@dataclass(frozen=True, slots=True)
class Sale:
    """What is wanted under a key: whose parcel, by which service, of whom; the parcel's reference is still open."""

    key: str
    shipment_id: str
    service: CarrierService
    seller: Seller
    parcel: Parcel


class Buying:
    """Purchases in ``store``."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def buy(self, sale: Sale) -> LabelPurchase:
        """The purchase with its label. Raises ``NoLabel``, ``CarrierBusy``, ``IdempotencyMisuse``.

        Safe to run several times at once: a purchase is in one hand at a time.
        """
        try:
            purchase = await self._answered(sale)
        except StoreBusy as busy:
            raise CarrierBusy(f"the purchase cannot be read or written: {busy}") from None
        if purchase.refusal:
            raise NoLabel(purchase.refusal)
        return purchase

    async def _answered(self, sale: Sale) -> LabelPurchase:
        begins = begun(sale.key, sale.shipment_id, sale.service, self._clock.now())
        found = await self._read(begins)
        if found is None:
            return await self._asked(sale, await self._put(self._mine(begins)))
        if (found.shipment_id, found.service) != (sale.shipment_id, sale.service):
            raise IdempotencyMisuse(f"{sale.key} was used for {found.shipment_id} {found.service}")
        if found.is_answered:
            return found
        if self._clock.now() < found.until:
            raise CarrierBusy("the label is being bought")
        mine = await self._put(self._mine(found))
        return await (self._taken_over if found.is_open else self._asked)(sale, mine)

    async def _taken_over(self, sale: Sale, mine: LabelPurchase) -> LabelPurchase:
        """Somebody asked and did not say what came of it: look, and ask anew only for what is not there."""
        seen = await self._looked(sale, mine)
        if isinstance(seen, Sold):
            return await self._bought(sale, mine, seen)
        if not seen.is_sure:
            log.warning(
                "a label may have been bought that nobody uses", extra=_told("label.doubtful", mine)
            )
        fresh = mine.anew(is_sure=seen.is_sure)
        return await self._asked(sale, await self._put(self._mine(fresh)))

    async def _looked(self, sale: Sale, mine: LabelPurchase) -> Sold | NotFound:
        try:
            return await sale.seller.find(mine.reference)
        except CarrierBusy:
            await self._put(mine.settling(self._clock.now()))
            raise

    async def _asked(self, sale: Sale, mine: LabelPurchase) -> LabelPurchase:
        """Ask the carrier, in a purchase that is ours until it must have answered."""
        now = self._clock.now()
        if now + timedelta(seconds=CALL_SECONDS) > mine.until:
            raise CarrierBusy("the purchase was ours for too long before the carrier was asked")
        try:
            label = await sale.seller.buy(replace(sale.parcel, reference=mine.reference))
        except NoLabel as no:
            return await self._recorded(sale, mine.refused(str(no), self._clock.now()))
        except NotDone:
            await self._put(mine.let_go(self._clock.now()))
            raise
        except CarrierBusy:
            await self._put(mine.settling(self._clock.now() + SETTLING))
            raise
        return await self._bought(sale, mine, label)

    async def _bought(self, sale: Sale, mine: LabelPurchase, label: Sold) -> LabelPurchase:
        bought = mine.bought(label.tracking_number, self._clock.now())
        has_paper = 0 < len(label.paper) <= MOST_PAPER
        return await self._recorded(
            sale, bought, *([paper_of(bought, label.paper)] if has_paper else [])
        )

    async def _recorded(
        self, sale: Sale, answered: LabelPurchase, *papers: LabelPaper
    ) -> LabelPurchase:
        """The purchase as it is recorded; a label that came too late to be is given back."""
        try:
            return await self._put(answered, *papers)
        except Overtaken:
            now = await self._read(answered)
        except StoreBusy:
            told = _told("label.unwritten", answered)
            log.error("what a carrier answered is not written down", extra=told)
            raise
        assert now is not None, "purchases outlive their repeats"
        if answered.tracking_number not in ("", now.tracking_number):
            await _given_back(sale.seller, answered)
        if not now.is_answered:
            raise CarrierBusy("the label is being bought by another")
        return now

    async def _put(self, purchase: LabelPurchase, *papers: LabelPaper) -> LabelPurchase:
        """Write it, also where the store is busy. Raises ``Overtaken``, ``StoreBusy``.

        What was written though the store did not say so is known again: nobody else writes the same.
        """
        for _ in range(TRIES - 1):
            with suppress(StoreBusy):
                return await self._commit(purchase, *papers)
            await self._clock.sleep(PAUSE_SECONDS)
        return await self._commit(purchase, *papers)

    async def _commit(self, purchase: LabelPurchase, *papers: LabelPaper) -> LabelPurchase:
        trace = Trace(correlation_id=purchase.id, causation_id=purchase.id)
        change = Change(by=system("carriers", trace), puts=(purchase, *papers))
        try:
            done = await self._store.commit(change)
        except Refused:
            found = await self._read(purchase)
            if found is None or found.model_dump() != purchase.model_dump():
                raise Overtaken("the purchase is in another hand") from None
            return found
        written: LabelPurchase = done.entities[0]
        return written

    async def _read(self, purchase: LabelPurchase) -> LabelPurchase | None:
        return await self._store.get(LabelPurchase, purchase.id, purchase.order_id)

    def _mine(self, purchase: LabelPurchase) -> LabelPurchase:
        return purchase.leased(self._ids.new(), self._clock.now() + LEASE)


class Overtaken(CarrierBusy):
    """The purchase is in another hand."""


async def _given_back(seller: Seller, answered: LabelPurchase) -> None:
    """Void the label that could not be recorded, since another is; who cannot leaves it to a person."""
    try:
        await seller.void(answered.tracking_number)
    except (NoLabel, CarrierBusy):
        told = _told("label.surplus", answered)
        log.exception("a label too many could not be given back", extra=told)
    else:
        log.warning("a label too many was given back", extra=_told("label.returned", answered))


def _told(event: str, purchase: LabelPurchase) -> dict[str, str]:
    """What has happened, and whose label it is, as a person finds it at the carrier."""
    return {
        "event.name": event,
        "shop.order.id": purchase.order_id,
        "shop.carrier": purchase.service.carrier,
        "shop.label.reference": purchase.reference,
        "shop.label.number": purchase.tracking_number,
    }
