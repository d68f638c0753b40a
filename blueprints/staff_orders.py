"""Orders as staff see them."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from domain.order import OrderNotFound
from usecases import order_lists, tracing
from usecases.order_lists import ListStaffOrders, StaffOrders
from usecases.tracing import Timeline

area = Area("staff_orders")


@endpoint(
    area,
    "GET",
    "api/staff/orders",
    may="order:audit",
    query=ListStaffOrders,
    returns=StaffOrders,
    raises=(BadCursor,),
)
async def list_orders(call: Call[None]) -> StaffOrders:
    """All orders, newest first, by status, days, e-mail address or number."""
    return await order_lists.list_orders(call.shop, call.query)


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
