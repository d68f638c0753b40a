"""Make the Azure workbooks from the queries, so that a dashboard shows the very query that was tested."""

import json
import sys
from pathlib import Path
from typing import Any

from tools.queries.catalogue import QUERIES, WORKBOOKS, texts

_DAY_MS = 24 * 60 * 60 * 1000


def render(root: Path) -> dict[Path, str]:
    """Each workbook's file and text; a tile whose query is not there is a KeyError that names it."""
    layout = json.loads((root / QUERIES / "dashboards.json").read_text(encoding="utf-8"))
    queries = texts(root)
    return {
        root / WORKBOOKS / f"{name}.json": json.dumps(_workbook(book, queries), indent=1) + "\n"
        for name, book in layout.items()
    }


def _workbook(book: dict[str, Any], queries: dict[str, str]) -> dict[str, Any]:
    heading = {"type": 1, "content": {"json": f"# {book['title']}"}, "name": "title"}
    return {
        "version": "Notebook/1.0",
        "items": [heading, *(_tile(tile, queries) for tile in book["tiles"])],
        "$schema": "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
    }


def _tile(tile: dict[str, str], queries: dict[str, str]) -> dict[str, Any]:
    return {
        "type": 3,
        "content": {
            "version": "KqlItem/1.0",
            "query": queries[tile["query"]],
            "size": 0,
            "title": tile["title"],
            "timeContext": {"durationMs": _DAY_MS},
            "queryType": 0,
            "resourceType": "microsoft.operationalinsights/workspaces",
            "visualization": tile["chart"],
        },
        "name": tile["query"],
    }


if __name__ == "__main__":
    for path, text in render(Path(sys.argv[1] if len(sys.argv) > 1 else ".")).items():
        path.write_text(text, encoding="utf-8")
