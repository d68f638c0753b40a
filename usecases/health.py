"""Whether what the shop depends on answers."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from domain.errors import Unavailable
from domain.model import View
from domain.setting import Setting
from usecases.ports.faults import PortFault
from usecases.shop import Shop

PROBE_SECONDS = 2.0


class NotReady(Unavailable):
    """A dependency does not answer; ``checks`` names each."""

    code = "NOT_READY"
    message = "A service that the shop depends on does not answer."


class Health(View):
    """The state of the shop and of each thing it depends on."""

    status: Literal["ok", "degraded"]
    version: str
    checks: dict[str, Literal["ok", "failed"]]


async def overall(shop: Shop) -> Health:
    """Ask every dependency something small, each within two seconds."""
    probes = {
        "store": shop.store.get(Setting, "probe", "health"),
        "events": shop.events.check(),
        "cache": shop.cache.check(),
    }
    answers = await asyncio.gather(*(_answers(probe) for probe in probes.values()))
    checks: dict[str, Literal["ok", "failed"]] = dict(zip(probes, answers, strict=True))
    status: Literal["ok", "degraded"] = "ok" if "failed" not in checks.values() else "degraded"
    return Health(status=status, version=shop.settings.release, checks=checks)


async def ready(shop: Shop) -> Health:
    """The health, where everything answers. Raises ``NotReady``."""
    health = await overall(shop)
    if health.status != "ok":
        raise NotReady(checks=health.checks)
    return health


async def _answers(probe: Awaitable[object]) -> Literal["ok", "failed"]:
    try:
        await asyncio.wait_for(probe, PROBE_SECONDS)
    except (PortFault, TimeoutError):
        return "failed"
    return "ok"
