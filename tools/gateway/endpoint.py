"""The endpoints of the shop, as the gateway needs to know them: method, path and who may call."""

import csv
import io
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True, order=True)
class Endpoint:
    """One operation; `path` is whole (`/api/products/{id}`), `access` is the word of the API's declaration."""

    path: str
    method: str
    access: str

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's parts, parameters in their braces."""
        return tuple(part for part in self.path.split("/") if part)


class UnusableSource(ValueError):
    """The list of endpoints is not of the shape that was agreed; the message names the place."""


def read_openapi(document: Mapping[str, Any]) -> list[Endpoint]:
    """The endpoints of the project's own OpenAPI document; each operation says `x-access`."""
    return sorted(
        Endpoint(path, method.upper(), _access(path, method, operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method.upper() in METHODS
    )


def _access(path: str, method: str, operation: Mapping[str, Any]) -> str:
    if "x-access" not in operation:
        raise UnusableSource(f"{method.upper()} {path} has no x-access")
    return str(operation["x-access"])


def read_table(text: str) -> list[Endpoint]:
    """The endpoints of a tab-separated table with the columns `method`, `path` and `access` among others."""
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = {"method", "path", "access"} - set(rows.fieldnames or ())
    if missing:
        raise UnusableSource(f"the table lacks {', '.join(sorted(missing))}")
    return _unique(Endpoint(row["path"], row["method"], row["access"]) for row in rows)


def _unique(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    found = sorted(endpoints)
    for one, other in itertools.pairwise(found):
        if (one.path, one.method) == (other.path, other.method):
            raise UnusableSource(f"{one.method} {one.path} is there twice")
    return found
