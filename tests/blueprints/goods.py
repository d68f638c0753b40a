"""The small catalogue of the HTTP tests, and what shoppers say."""

import json
from typing import Any, Final

from domain.product import product_id, variant_id

ADDRESS: Final = {
    "name": "Robin Fern",
    "line1": "1 Market Street",
    "city": "San Francisco",
    "state": "CA",
    "postal_code": "94103",
    "country": "US",
}
EMAIL: Final = "robin@example.com"
ORDER: Final = {"shipping_address": ADDRESS, "email": EMAIL}


def _row(slug: str, price: str, stock: int, **fields: Any) -> dict[str, Any]:
    variant = {"sku": f"{slug}-1", "prices": {"USD": price}, "stock": stock}
    return {
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "category": ["Home", "Winter"],
        "brand": "Emberfold",
        "description": f"A {slug.replace('-', ' ')} for the holidays.",
        "variants": [variant],
    } | fields


_SCARF: Final = [
    {"sku": "scarf-red", "name": "Red", "prices": {"USD": "30.00"}, "stock": 5},
    {"sku": "scarf-blue", "name": "Blue", "prices": {"USD": "32.50"}, "stock": 3},
]

ROWS: Final = (
    _row("pine-candle", "12.50", 500, featured=True, popularity=9),
    _row("oak-tray", "40.00", 50, popularity=5, category=["Home"]),
    _row("tin-drum", "25.00", 1, popularity=3),
    _row("paper-star", "4.00", 0, popularity=2),
    _row("wool-scarf", "30.00", 0, popularity=7) | {"variants": _SCARF},
    _row("old-sled", "99.00", 4, status="draft"),
)


def lines() -> list[str]:
    """The catalogue as an import takes it."""
    return [json.dumps(row) for row in ROWS]


CANDLE: Final = product_id("pine-candle")
TRAY: Final = product_id("oak-tray")
DRUM: Final = product_id("tin-drum")
STAR: Final = product_id("paper-star")
SCARF: Final = product_id("wool-scarf")
SLED: Final = product_id("old-sled")
RED: Final = variant_id(SCARF, "scarf-red")
BLUE: Final = variant_id(SCARF, "scarf-blue")
ABSENT: Final = product_id("nothing-of-the-kind")
