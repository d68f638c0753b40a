"""Every area, loaded: what the index, the documentation and the tests are made of; no start needs it."""

from typing import Final

from blueprints import (
    addresses,
    admin_audit,
    admin_config,
    admin_events,
    admin_users,
    auth,
    cart,
    catalog,
    checkout,
    docs,
    health,
    orders,
    payment_methods,
    payments,
    saga,
    staff_analytics,
    staff_catalog,
    staff_orders,
    staff_tickets,
    support,
    timers,
    users,
    views,
    wishlist,
)
from blueprints._area import Area

AREAS: Final[tuple[Area, ...]] = (
    health.area,
    docs.area,
    auth.area,
    users.area,
    addresses.area,
    payment_methods.area,
    wishlist.area,
    catalog.area,
    cart.area,
    checkout.area,
    orders.area,
    payments.area,
    support.area,
    staff_orders.area,
    staff_analytics.area,
    staff_catalog.area,
    staff_tickets.area,
    admin_users.area,
    admin_config.area,
    admin_events.area,
    admin_audit.area,
    saga.area,
    views.area,
    timers.area,
)
"""Every area, in the order of the documentation."""
