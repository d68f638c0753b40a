"""The built-in catalogue: product lines written by hand in the files beside this one, composed into rows.

Everything else about a product (stock, popularity, rating, age) is drawn from its name, so that the
catalogue is the same on every machine.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, Final

from domain.text import slugged

_HERE: Final = Path(__file__).parent
_FIRST_DAY: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
_DAYS: Final = 620
_MOST_STOCK: Final = 4_000


def rows() -> Iterator[str]:
    """The built-in catalogue as JSON lines: 312 products in 12 categories."""
    for file in sorted(_HERE.glob("*.toml")):
        written = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        for line in written["line"]:
            for name, price, says in line["models"]:
                row = _row(written["category"], line, (name, Decimal(price), says))
                yield json.dumps(row, ensure_ascii=False)


def synthetic(count: int) -> Iterator[str]:
    """So many plain products for measuring: one variant each, 40 categories, a small vocabulary."""
    for number in range(count):
        word, other = _WORDS[number % 17], _WORDS[number // 17 % 17]
        slug = f"bulk-{number:06d}"
        row = {
            "slug": slug,
            "name": f"{word} {other}",
            "category": [f"Aisle {number % 40 + 1:02d}"],
            "brand": f"{_WORDS[number % 13]}worth",
            "attributes": {"Color": _COLORS[number % 7]},
            "variants": [
                {"sku": slug, "prices": {"USD": f"{_draw(slug, 'price', 500, 50_000) / 100:.2f}"},
                 "stock": 1_000_000}
            ],
            "popularity": _draw(slug, "popularity", 0, 10_000),
        }  # fmt: skip
        yield json.dumps(row)


_WORDS: Final = (
    "anvil", "barrel", "cradle", "drawer", "easel", "funnel", "girdle", "hammock", "inkwell",
    "jigger", "kettle", "ladder", "mallet", "needle", "oarlock", "pulley", "quiver",
)  # fmt: skip
_COLORS: Final = ("Red", "Blue", "Green", "Grey", "White", "Black", "Amber")


def _row(
    category: list[str], line: Mapping[str, Any], model: tuple[str, Decimal, str]
) -> dict[str, Any]:
    model_name, price, says = model
    name = f"{model_name} {line['noun']}"
    slug = slugged(name)
    return {
        "slug": slug,
        "name": name,
        "category": category,
        "type": line["noun"],
        "description": f"{says} {line['about']}",
        "brand": line["brand"],
        "attributes": line["attributes"],
        "variants": list(_variants(slug, line, price)),
        "compare_at": _was(slug, price),
        "featured": _draw(slug, "featured", 0, 15) == 0,
        "rating": _draw(slug, "rating", 32, 50) / 10,
        "review_count": _draw(slug, "reviews", 0, 400),
        "popularity": _draw(slug, "popularity", 0, 10_000),
        "created_at": (_FIRST_DAY + timedelta(days=_draw(slug, "day", 0, _DAYS))).isoformat(),
    }


def _variants(slug: str, line: Mapping[str, Any], price: Decimal) -> Iterator[dict[str, Any]]:
    options: Mapping[str, list[str]] = line.get("options", {})
    axes = [list(enumerate(values)) for values in options.values()]
    for chosen in product(*axes):
        values = [value for _, value in chosen]
        sku = "-".join([slug, *(slugged(value) for value in values)]).upper()
        steps = chosen[0][0] if chosen else 0
        yield {
            "sku": sku,
            "name": " / ".join(values),
            "attributes": dict(zip(options, values, strict=True)),
            "prices": {"USD": f"{price + steps * line.get('step', Decimal(0)):.2f}"},
            "stock": _stock(sku),
        }


def _stock(sku: str) -> int:
    """None of one SKU in 25, a single one of one in 20, else up to thousands, mostly tens."""
    lot = _draw(sku, "lot", 0, 100)
    if lot < 4:
        return 0
    if lot < 9:
        return 1
    return 2 + _MOST_STOCK * _draw(sku, "pieces", 0, 1_000) ** 3 // 1_000**3


def _was(slug: str, price: Decimal) -> dict[str, str]:
    """One product in six was dearer before."""
    if _draw(slug, "sale", 0, 6):
        return {}
    return {"USD": f"{(price * Decimal('1.25')).quantize(Decimal('1')) - Decimal('0.01'):.2f}"}


def _draw(name: str, purpose: str, low: int, high: int) -> int:
    """A number from ``low`` to below ``high`` that follows from the name."""
    digest = sha256(f"{purpose}:{name}".encode()).digest()
    return low + int.from_bytes(digest[:8]) % (high - low)
