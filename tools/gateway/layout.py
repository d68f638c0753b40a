"""How the shop's one address space is cut into the gateway's APIs, and what Bicep reads of it.

A product holds whole APIs and every API needs a path of its own, while the shop puts public and customer operations
side by side. So an API is made for each first pair of path segments; an operation of another product that has a
literal path of its own becomes an API by itself, and one that has not (writing a review) stays and carries its
product at the front of its name, where the public product's policy reads it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools.gateway.endpoint import Endpoint
from tools.gateway.product import PRODUCTS, MisplacedEndpoint, Product, product_of

_CACHED = ("api/banners", "api/categories", "api/products")
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Api:
    """One API of the gateway: its path without slashes at the ends, the product that opens it, its operations."""

    path: str
    product: Product
    endpoints: tuple[Endpoint, ...]

    @property
    def name(self) -> str:
        """The resource's name: the path in kebab case."""
        return re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-")

    @property
    def policy(self) -> str:
        """The policy file; only the catalogue's answers may be kept."""
        return "api-catalogue.xml" if self.path in _CACHED else "api.xml"


def lay_out(endpoints: Iterable[Endpoint]) -> list[Api]:
    """All APIs of the gateway, sorted by path."""
    groups: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        groups[
            "/".join(endpoint.segments[:2]) if _is_api(endpoint) else endpoint.segments[0]
        ].append(endpoint)
    return sorted(
        (api for path, group in groups.items() for api in _split(path, group)),
        key=lambda api: api.path,
    )


def _is_api(endpoint: Endpoint) -> bool:
    return endpoint.segments[0] == "api"


def _split(path: str, group: list[Endpoint]) -> list[Api]:
    product = min((product_of(endpoint) for endpoint in group), key=PRODUCTS.index)
    apart = [
        endpoint
        for endpoint in group
        if product_of(endpoint) != product and _stands_alone(endpoint, group)
    ]
    rest = tuple(endpoint for endpoint in group if endpoint not in apart)
    _assert_reachable(product, rest)
    alone = [Api(one.path.strip("/"), product_of(one), (one,)) for one in apart]
    return [Api(path, product, rest), *alone]


def _assert_reachable(product: Product, rest: tuple[Endpoint, ...]) -> None:
    for endpoint in rest:
        if (product, product_of(endpoint)) not in {
            *((same, same) for same in PRODUCTS),
            ("public", "customer"),
        }:
            raise MisplacedEndpoint(
                f"{endpoint.method} {endpoint.path} shares its path with {product} operations"
            )


def _stands_alone(endpoint: Endpoint, group: list[Endpoint]) -> bool:
    neighbours = [other for other in group if other != endpoint]
    return "{" not in endpoint.path and not any(
        other.path == endpoint.path or other.path.startswith(f"{endpoint.path}/")
        for other in neighbours
    )


def operation_name(endpoint: Endpoint) -> str:
    """The operation's name: its product, method and path in kebab case."""
    path = re.sub(r"[^a-z0-9]+", "-", endpoint.path.lower()).strip("-")
    return f"{product_of(endpoint)}-{endpoint.method.lower()}-{path}"


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """What `apis.bicep` reads: the APIs and, flat beside them, their operations."""
    apis = lay_out(endpoints)
    return {
        "apis": [
            {"name": api.name, "path": api.path, "product": api.product, "policy": api.policy}
            for api in apis
        ],
        "operations": [_operation(api, endpoint) for api in apis for endpoint in api.endpoints],
    }


def _operation(api: Api, endpoint: Endpoint) -> dict[str, Any]:
    template = endpoint.path.removeprefix(f"/{api.path}") or "/"
    return {
        "api": api.name,
        "name": operation_name(endpoint),
        "method": endpoint.method,
        "urlTemplate": template,
        "parameters": _PARAMETER.findall(template),
        "product": product_of(endpoint),
    }
