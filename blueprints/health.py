"""Whether the shop is up, and whether what it depends on answers."""

from typing import Any

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.model import View
from usecases import health

area = Area("health")


class Liveness(View):
    """The process is up."""

    status: str


@endpoint(area, "GET", "health/live", may="anyone", returns=Liveness)
async def live(call: Call[None]) -> Liveness:
    """Process is up; no dependency is called."""
    return Liveness(status="ok")


@endpoint(
    area, "GET", "health/ready", may="anyone", returns=health.Health, raises=(health.NotReady,)
)
async def ready(call: Call[None]) -> health.Health:
    """Every dependency answers; 503 when one does not."""
    return await health.ready(call.shop)


@endpoint(area, "GET", "health", may="anyone", returns=health.Health)
async def overall(call: Call[None]) -> Any:
    """Version and a summary of every check."""
    return await health.overall(call.shop)
