"""The carriers' peer on this machine, as the warehouse meets it: what waits to be picked up, and that it was."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from adapters.carriers.settings import HERE, carriers_settings
from adapters.embedded.parcels import Parcel
from usecases.ports.carriers import CarrierBusy

if TYPE_CHECKING:
    import httpx

CONTROL: Final = "_emulator"
SECONDS: Final = 5.0


class PeerYard:
    """The peer at ``address``."""

    def __init__(self, address: str) -> None:
        import httpx  # noqa: PLC0415 - cold start

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell of every look
        self._client = httpx.AsyncClient(base_url=f"{address}/{CONTROL}", timeout=SECONDS)

    async def waiting(self, packing_seconds: float) -> list[Parcel]:
        """Parcels with a good label that is at least that old and not handed over. Raises ``CarrierBusy``."""
        answer = await self._asked("GET", f"/waiting/{packing_seconds}")
        return [Parcel(**found) for found in answer.json()]

    async def hand_over(self, tracking_number: str) -> None:
        """The carrier picks the parcel up, once. Raises ``CarrierBusy``."""
        await self._asked("POST", f"/picked-up/{tracking_number}")

    async def advance(self, now: datetime) -> None:
        """The peer's parcels move by themselves."""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _asked(self, method: str, path: str) -> "httpx.Response":
        import httpx  # noqa: PLC0415

        try:
            answer = await self._client.request(method, path)
            return answer.raise_for_status()
        except httpx.HTTPError as fault:
            raise CarrierBusy(f"the peer: {type(fault).__name__}") from fault


def peer_yard(environment: Mapping[str, str]) -> PeerYard | None:
    """The peer, where the carriers are on this machine; real ones come by and pick up by themselves."""
    settings = carriers_settings(environment)
    for account in settings.accounts.values() if settings else ():
        parts = urlsplit(account.api_base)
        if parts.hostname in HERE:
            return PeerYard(f"{parts.scheme}://{parts.netloc}")
    return None
