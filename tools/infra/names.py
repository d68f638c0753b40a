"""``infra/names.json`` from the code's own lists: containers with keys and indexes, hubs with groups.

``python -m tools.infra.names`` writes it. What the code does not list yet (settings, secrets, background
functions, partitions, the agents' dialect) is kept as it stands in the file.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PARTITIONS = 8


def container_row(
    name: str, key: str, filtered: Iterable[str], ordered: Iterable[str], *, expires: bool
) -> dict[str, Any]:
    """A row of ``containers``.

    A page is sorted by one path and then by id, which Cosmos DB does only with a composite index of both;
    the second one, led by the kind, serves the same page of one kind.
    """
    sorts = [_path(one) for one in ordered]
    indexed = ["/kind", *sorts, *(_path(one) for one in filtered)]
    return {
        "name": name,
        "partition_key": _path(key),
        "default_ttl": -1 if expires else None,
        "indexed": list(dict.fromkeys(indexed)),
        "composite": [row for one in sorts for row in _composites(one)],
    }


def _composites(path: str) -> list[list[str]]:
    return [[f"{path} asc", "/id asc"], ["/kind asc", f"{path} asc", "/id asc"]]


def _path(dotted: str) -> str:
    return "/" + dotted.replace(".", "/")


def hub_row(name: str, groups: Iterable[str]) -> dict[str, Any]:
    """A row of ``hubs``: eight partitions, which can never be changed."""
    return {"name": name, "partitions": PARTITIONS, "groups": list(groups)}


def names_of_code() -> dict[str, Any]:
    """What the code lists: database, containers, hubs."""
    from adapters.names import CONTAINERS, DATABASE  # noqa: PLC0415  # other checks do without the app
    from domain.events import GROUPS_BY_HUB  # noqa: PLC0415

    return {
        "database": DATABASE,
        "containers": [
            container_row(c.name, c.partition_key, c.filtered_by, c.sorted_by, expires=c.expires)
            for c in CONTAINERS
        ],
        "hubs": [hub_row(hub, groups) for hub, groups in GROUPS_BY_HUB.items()],
    }


def rendered(names: dict[str, Any]) -> str:
    """The file's text: one row a line, so that a change is one line of a review."""
    parts = [f"  {json.dumps(key)}: {_value(value)}" for key, value in names.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(value: object) -> str:
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"


def main(path: Path) -> None:
    """Rewrite the file in place."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(rendered(kept | names_of_code()), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "infra/names.json"))
