"""Runs a query, a page at a time, and refuses what the service does not serve to the Python SDK."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, Final

from tools.cosmos_emulator import charges
from tools.cosmos_emulator.documents import Document, Documents
from tools.cosmos_emulator.indexing import Indexing
from tools.cosmos_emulator.refusal import bad_request
from tools.cosmos_emulator.sql.evaluator import UNDEFINED, Row, at, is_true, sort_key, value
from tools.cosmos_emulator.sql.parser import parse
from tools.cosmos_emulator.sql.tree import Order, Select, conjuncts, paths
from tools.cosmos_emulator.wire import Answer

DEFAULT_PAGE: Final = 100
"""https://learn.microsoft.com/azure/cosmos-db/nosql/query/pagination"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with all that goes with it; ``partition`` is ``None`` for all of them."""

    text: str
    parameters: Mapping[str, Any]
    partition: str | None
    crosses: bool
    page: int = DEFAULT_PAGE
    continuation: str = ""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the next page begins: among the candidates, and how many TOP still allows."""

    start: int
    left: int
    query: int

    def text(self) -> str:
        told = json.dumps([self.start, self.left, self.query])
        return base64.urlsafe_b64encode(told.encode()).decode()


def run(documents: Documents, asked: Asked) -> Answer:
    """A page of what the query finds. Raises ``Refusal`` 400."""
    select = parse(asked.text)
    indexing = Indexing(documents.properties["indexingPolicy"])
    _check_partition(asked, select)
    indexing.check(select.order)
    candidates = list(_candidates(documents, asked, select, indexing))
    if select.counts:
        found = [each for each in candidates if _is_found(select, asked, each)]
        return _answer([len(found)], charges.query(candidates), "")
    return _page(asked, select, candidates)


def _check_partition(asked: Asked, select: Select) -> None:
    """A query over all partitions must say so, and is served as it comes, page by page, only when it is plain:
    the gateway cannot sort, count or cut across partitions
    (https://learn.microsoft.com/rest/api/cosmos-db/querying-cosmosdb-resources-using-the-rest-api), and the
    Python SDK, which then does it itself, gives no continuation for it."""
    if asked.partition is not None:
        return
    if not asked.crosses:
        raise bad_request("Cross partition query is required but disabled.")
    if select.order or select.top or select.counts:
        raise bad_request("A cross partition query can neither sort, cut nor count here.")


def _candidates(
    documents: Documents, asked: Asked, select: Select, indexing: Indexing
) -> Iterator[Document]:
    """The documents that the indexes leave, in order: each of them has to be loaded."""
    served = [
        condition
        for condition in conjuncts(select.where)
        if all(indexing.covers(path) for path in paths(condition))
    ]
    left = (
        document
        for document in documents.live(asked.partition)
        if all(is_true(condition, Row(document, asked.parameters)) for condition in served)
        and all(indexing.names(o.path) or _has(document, o) for o in select.order)
    )

    def compare(first: Document, second: Document) -> int:
        return _compare(first, second, select.order)

    return iter(sorted(left, key=cmp_to_key(compare)))


def _has(document: Document, order: Order) -> bool:
    return at(document, order.path.names) is not UNDEFINED


def _compare(left: Document, right: Document, order: tuple[Order, ...]) -> int:
    for each in order:
        first, second = (sort_key(at(one, each.path.names)) for one in (left, right))
        if first != second:
            return (1 if first > second else -1) * (-1 if each.descending else 1)
    return 0


def _page(asked: Asked, select: Select, candidates: list[Document]) -> Answer:
    mark = _mark(asked, select)
    found: list[Document] = []
    size, end = min(asked.page, mark.left), mark.start
    while end < len(candidates) and len(found) < size:
        if _is_found(select, asked, candidates[end]):
            found.append(candidates[end])
        end += 1
    left = mark.left - len(found)
    is_over = end == len(candidates) or left == 0
    continuation = "" if is_over else _Mark(end, left, mark.query).text()
    return _answer(found, charges.query(candidates[mark.start : end]), continuation)


def _mark(asked: Asked, select: Select) -> _Mark:
    query = zlib.crc32(json.dumps([asked.text, dict(asked.parameters)]).encode())
    if not asked.continuation:
        return _Mark(0, _top(asked, select), query)
    try:
        mark = _Mark(*json.loads(base64.urlsafe_b64decode(asked.continuation)))
    except (ValueError, TypeError):
        raise bad_request("The continuation token is malformed.") from None
    if mark.query != query:
        raise bad_request("The continuation token is of another query.")
    return mark


def _top(asked: Asked, select: Select) -> int:
    if select.top is None:
        return 2**31
    top = value(select.top, Row({}, asked.parameters))
    if not isinstance(top, int) or top < 0:
        raise bad_request("TOP takes a number that is not negative.")
    return top


def _is_found(select: Select, asked: Asked, document: Document) -> bool:
    return select.where is None or is_true(select.where, Row(document, asked.parameters))


def _answer(found: list[Any], charge: float, continuation: str) -> Answer:
    headers = {"x-ms-item-count": str(len(found))}
    if continuation:
        headers["x-ms-continuation"] = continuation
    return Answer(200, {"Documents": found, "_count": len(found)}, charge, headers)
