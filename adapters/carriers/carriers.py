"""The port over the three REST APIs: who is asked, for what, and how often."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pydantic_core import from_json, to_json

from adapters.carriers import fedex, ups, usps
from adapters.carriers.api import Api
from adapters.carriers.buying import Buying, Sale
from adapters.carriers.call import Grant
from adapters.carriers.selling import Parcel, Seller
from adapters.carriers.settings import Account, CarriersSettings
from adapters.carriers.tokens import AREA, TokenKeeper
from domain.carrier import CarrierService, days_of
from domain.label_purchase import arrival
from usecases.ports.cache import Cache
from usecases.ports.carriers import CarrierBusy, Label, NoLabel, Scan
from usecases.ports.clock import Clock, Ids
from usecases.ports.secrets import Secrets
from usecases.ports.store import Store

HOME: Final = "US"
LONGEST_PAUSE: Final = 24
"""So many times the shortest pause a parcel is left alone that has not been seen for long."""
AGE_SHARE: Final = 10
"""A parcel is asked about again after a tenth of the time since it was seen."""

SELLERS: Final[Mapping[str, Callable[[Account, Api], Seller]]] = MappingProxyType(
    {"FedEx": fedex.FedEx, "UPS": ups.Ups, "USPS": usps.Usps}
)
GRANTS: Final[Mapping[str, Callable[[Account], Grant]]] = MappingProxyType(
    {"FedEx": fedex.grant, "UPS": ups.grant, "USPS": usps.grant}
)


class RestCarriers:
    """The ``Carriers`` port. ``store`` keeps what was bought, ``cache`` the tokens and what was seen last."""

    def __init__(
        self,
        settings: CarriersSettings,
        secrets: Secrets,
        clock: Clock,
        *,
        ids: Ids,
        store: Store,
        cache: Cache,
    ) -> None:
        self._settings, self._clock, self._cache = settings, clock, cache
        self._buying = Buying(store, clock, ids)
        tokens = TokenKeeper(cache, secrets, clock)
        self._apis = {
            name: Api(name, account.api_base, GRANTS[name](account), tokens, clock)
            for name, account in settings.accounts.items()
        }
        self._sellers = {
            name: SELLERS[name](account, self._apis[name])
            for name, account in settings.accounts.items()
        }

    @property
    def names(self) -> Collection[str]:
        """Those that have an account."""
        return self._settings.accounts.keys()

    async def buy_label(
        self, shipment_id: str, address: Mapping[str, str], *, service: CarrierService, key: str
    ) -> Label:
        """The label for the parcel, the same one for the same key. Raises ``NoLabel``, ``CarrierBusy``.

        There are no customs papers, so no parcel goes abroad.
        """
        seller, days = self._sellers.get(service.carrier), days_of(service)
        if seller is None or days is None:
            raise NoLabel(f"{service.carrier} has no service {service.level!r} for this shop")
        if address.get("country") != HOME:
            raise NoLabel("there are no customs papers for parcels abroad")
        parcel = Parcel(
            reference="",
            code=seller.codes[service.level],
            sender=self._settings.sender,
            to=address,
            box=self._settings.box,
            day=self._clock.now().date(),
        )
        purchase = await self._buying.buy(Sale(key, shipment_id, service, seller, parcel))
        return Label(
            carrier=service.carrier,
            service_level=service.level,
            tracking_number=purchase.tracking_number,
            estimated_delivery=arrival(purchase, days),
        )

    async def void_label(self, carrier: str, tracking_number: str, *, key: str) -> None:
        """Give the label back, also again. Raises ``NoLabel``, ``CarrierBusy``."""
        seller = self._sellers.get(carrier)
        if seller is None:
            raise NoLabel(f"{carrier} has no account")
        await seller.void(tracking_number)

    async def track(self, carrier: str, tracking_number: str) -> Sequence[Scan]:
        """Every scan so far, oldest first, as of the last time that it was worth to ask. Raises ``CarrierBusy``."""
        seller = self._sellers.get(carrier)
        if seller is None:
            return ()
        if not self._settings.track_seconds:
            return await self._seen(seller, tracking_number)
        key = f"{AREA}:scans:{carrier}:{tracking_number}"
        kept = await self._cache.fetch(key, lambda: self._worth_keeping(seller, tracking_number))
        return [_read(one) for one in from_json(kept or b"[]")]

    async def close(self) -> None:
        """Let go of every connection."""
        for api in self._apis.values():
            await api.close()

    async def _seen(self, seller: Seller, tracking_number: str) -> Sequence[Scan]:
        try:
            scans = await seller.track(tracking_number)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise CarrierBusy(f"scans that cannot be read: {type(fault).__name__}") from fault
        return sorted(scans, key=lambda scan: scan.occurred_at)

    async def _worth_keeping(self, seller: Seller, tracking_number: str) -> tuple[bytes, int]:
        scans = await self._seen(seller, tracking_number)
        return to_json(list(map(_written, scans))), self._pause_seconds(scans)

    def _pause_seconds(self, scans: Sequence[Scan]) -> int:
        """A parcel that moves is asked about often, one that rests seldom: carriers count the questions."""
        shortest = self._settings.track_seconds
        if not scans:
            return shortest
        age = self._clock.now() - scans[-1].occurred_at
        share = int(age.total_seconds()) // AGE_SHARE
        return min(max(share, shortest), shortest * LONGEST_PAUSE)


def _written(scan: Scan) -> tuple[str, str, str, str]:
    return scan.status, scan.location, scan.occurred_at.isoformat(), scan.description


def _read(kept: Sequence[str]) -> Scan:
    status, location, at, description = kept
    return Scan(status, location, datetime.fromisoformat(at), description)  # type: ignore[arg-type]  # our own words
