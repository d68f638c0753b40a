"""``infra/names.json`` from the code's own lists: containers with keys and indexes, hubs, background functions.

``python -m tools.infra.names`` writes it. What the code does not list (settings, secrets, partitions, the
agents' dialect) is kept as it stands in the file.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

PARTITIONS = 8


def container_row(
    name: str, key: str, filtered: Iterable[str], ordered: Iterable[str]
) -> dict[str, Any]:
    """A row of ``containers``; documents of any of them may carry a time to live of their own.

    A page of one kind is sorted by one path and then by id, which Cosmos DB does only with a composite index
    of just these, as ``adapters/cosmos/query.py`` asks. The partition key is not indexed by
    itself, and a page of one partition filters by it.
    """
    sorts = [_path(one) for one in ordered]
    indexed = ["/kind", _path(key), *sorts, *(_path(one) for one in filtered)]
    return {
        "name": name,
        "partition_key": _path(key),
        "default_ttl": -1,
        "indexed": list(dict.fromkeys(indexed)),
        "composite": [["/kind asc", f"{one} asc", "/id asc"] for one in sorts],
    }


def _path(dotted: str) -> str:
    return "/" + dotted.replace(".", "/")


def hub_row(name: str, groups: Iterable[str]) -> dict[str, Any]:
    """A row of ``hubs``: eight partitions, which can never be changed."""
    return {"name": name, "partitions": PARTITIONS, "groups": list(groups)}


def background_functions(sources: Iterable[str]) -> list[str]:
    """The names of event and timer functions, as ``@consumer`` and ``@timer`` declare them."""
    trees = [ast.parse(source) for source in sources]
    declared = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef)]
    return sorted(name for function in declared for name in _triggered(function))


def _triggered(function: ast.AsyncFunctionDef) -> Iterator[str]:
    for call in (d for d in function.decorator_list if isinstance(d, ast.Call)):
        kind = getattr(call.func, "id", "")
        words = [
            a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        if kind == "timer":
            yield function.name
        if kind == "consumer" and len(words) == 2:
            hub, group = words
            yield function_of(hub, group)


def function_of(hub: str, group: str) -> str:
    """The name of the function that reads this hub in this group."""
    return f"{group}_on_{hub.replace('-', '_')}"


def referenced_settings(sources: Iterable[str]) -> set[str]:
    """App settings that triggers name as ``%SETTING%``: without them the host does not start."""
    return {name for source in sources for name in re.findall(r'"%([A-Z_]+)%"', source)}


def wired_settings(source: str) -> set[str]:
    """The shop's variables that no field of its settings has, because the wiring reads them by itself."""
    return set(re.findall(r'"(HPH_[A-Z_]+)"', source))


def homely_settings(fields: Mapping[str, object]) -> set[str]:
    """Variables, of those with these defaults, whose default is right on a developer's machine only."""
    return {name for name, default in fields.items() if "://localhost" in str(default)}


def trigger_sources(root: Path) -> list[str]:
    """The texts of all blueprints."""
    return [p.read_text(encoding="utf-8") for p in sorted((root / "blueprints").glob("*.py"))]


def names_of_code(root: Path) -> dict[str, Any]:
    """What the code lists: database, containers, hubs, background functions."""
    from adapters.names import CONTAINERS, DATABASE, SWEPT_EVERYWHERE  # noqa: PLC0415  # other checks do without the app
    from domain.events import GROUPS_BY_HUB  # noqa: PLC0415

    rows = [
        container_row(c.name, c.partition_key, (*c.filtered_by, *SWEPT_EVERYWHERE), c.sorted_by)
        for c in CONTAINERS
    ]
    return {
        "database": DATABASE,
        "containers": rows,
        "hubs": [hub_row(hub, groups) for hub, groups in GROUPS_BY_HUB.items()],
        "background_functions": background_functions(trigger_sources(root)),
    }


def rendered(names: dict[str, Any]) -> str:
    """The file's text: one row a line, so that a change is one line of a review."""
    parts = [f"  {json.dumps(key)}: {_value(value)}" for key, value in names.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(value: object) -> str:
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"


def main(root: Path) -> None:
    """Rewrite the file in place."""
    path = root / "infra" / "names.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(rendered(kept | names_of_code(root)), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
