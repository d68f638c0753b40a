"""Orders as staff see them."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.order import OrderNotFound
from usecases import tracing
from usecases.tracing import Timeline

area = Area("staff_orders")


@endpoint(
    area,
    "GET",
    "api/staff/orders/{id}/timeline",
    may="order:audit",
    returns=Timeline,
    raises=(OrderNotFound,),
)
async def get_timeline(call: Call[None]) -> Timeline:
    """Every event and saga step of the order, oldest first."""
    return await tracing.timeline(call.shop, call.path["id"])
