"""Which of the gateway's products an endpoint belongs to: who may call decides the limit and the token check."""

from typing import Literal, get_args

from tools.gateway.endpoint import Endpoint

type Product = Literal["public", "customer", "staff", "admin", "webhook"]
PRODUCTS: tuple[Product, ...] = get_args(Product.__value__)

_PRODUCT_OF_ACCESS: dict[str, Product] = {
    "anonymous": "public",
    "guest": "public",
    "session": "public",
    "customer": "customer",
    "staff": "staff",
    "admin": "admin",
    "signature": "webhook",
}
_AREAS: dict[str, tuple[str, ...]] = {
    "/api/admin/": ("admin",),
    "/api/staff/": ("staff", "admin"),
    "/api/agents/": ("anonymous", "guest", "customer"),
}


_WEBHOOK = "/api/payments/webhook"
"""Its caller has no role; the signature that opens it is the shop's business, so a declaration may say anonymous."""


class MisplacedEndpoint(ValueError):
    """An endpoint whose path and access contradict each other, or whose access nobody knows: no product is safe."""


def product_of(endpoint: Endpoint) -> Product:
    """The product that an endpoint is reached through.

    Guests have no token and no session of their own yet, so their paths are public; only Stripe's signature
    opens the webhook. Raises `MisplacedEndpoint` rather than guess.
    """
    for prefix, allowed in _AREAS.items():
        if endpoint.path.startswith(prefix) and endpoint.access not in allowed:
            raise MisplacedEndpoint(f"{endpoint.path} may not be open to {endpoint.access}")
    if (endpoint.path == _WEBHOOK) != (endpoint.access == "signature"):
        return _webhook_or_refuse(endpoint)
    if endpoint.access not in _PRODUCT_OF_ACCESS:
        raise MisplacedEndpoint(
            f"{endpoint.path} is open to {endpoint.access}, whom no product knows"
        )
    return _PRODUCT_OF_ACCESS[endpoint.access]


def _webhook_or_refuse(endpoint: Endpoint) -> Product:
    if endpoint.path == _WEBHOOK and endpoint.access == "anonymous":
        return "webhook"
    raise MisplacedEndpoint(f"{endpoint.path} may not be open to {endpoint.access}")
