"""The change feed in its usual mode: of every document that changed the latest version, as it was written in order.

https://learn.microsoft.com/azure/cosmos-db/nosql/change-feed-modes#latest-version-change-feed-mode: what is deleted
or over its time to live is not seen, nor are versions in between. How it is asked for:
https://learn.microsoft.com/rest/api/cosmos-db/list-documents
"""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

from tools.cosmos_emulator import charges
from tools.cosmos_emulator.documents import Document, Documents, sequence_of
from tools.cosmos_emulator.querying import DEFAULT_PAGE
from tools.cosmos_emulator.refusal import bad_request
from tools.cosmos_emulator.wire import Answer, Request

FROM_NOW: Final = "*"
NOT_MODIFIED: Final = 304
RANGES: Final[dict[str, Any]] = {
    "PartitionKeyRanges": [{"id": "0", "minInclusive": "", "maxExclusive": "FF", "parents": []}],
    "_count": 1,
}
"""The one physical partition: https://learn.microsoft.com/rest/api/cosmos-db/get-partition-key-ranges"""


def changes(documents: Documents, request: Request, partition: str | None) -> Answer:
    """A page of what changed since the caller's mark; 304 and the next mark where nothing did.

    Raises ``Refusal`` 400 for a part of the keys by their hash, as the SDK asks for one partition.
    """
    if "x-ms-start-epk" in request.headers:
        raise bad_request("The change feed of a part of the keys is not served here.")
    since = _mark(documents, request.headers.get("if-none-match", ""))
    found = sorted(_changed(documents, request, partition, since), key=sequence_of)
    page = found[: _page_size(request)]
    mark = sequence_of(page[-1]) if len(page) < len(found) else documents.sequence
    headers = {"etag": f'"{mark}"', "x-ms-item-count": str(len(page))}
    if not page:
        return Answer(NOT_MODIFIED, charge=charges.READ, headers=headers)
    told = [document | {"_lsn": sequence_of(document)} for document in page]
    return Answer(200, {"Documents": told, "_count": len(told)}, charges.query(page), headers)


def ranges(request: Request) -> Answer:
    """The physical partitions; a client that has seen them is told that they are the same."""
    headers = {"etag": '"1"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Answer(NOT_MODIFIED, headers=headers)
    return Answer(200, RANGES, headers=headers)


def _changed(
    documents: Documents, request: Request, partition: str | None, since: int
) -> Iterator[Document]:
    begins = request.headers.get("if-modified-since", "")
    earliest = parsedate_to_datetime(begins).replace(tzinfo=UTC).timestamp() if begins else 0
    for document in documents.live(partition):
        if sequence_of(document) > since and document["_ts"] >= earliest:
            yield document


def _mark(documents: Documents, told: str) -> int:
    if told == FROM_NOW:
        return documents.sequence
    mark = told.strip('"') or "0"
    if not mark.isdecimal():
        raise bad_request("The continuation of the change feed is malformed.")
    return int(mark)


def _page_size(request: Request) -> int:
    asked = int(request.headers.get("x-ms-max-item-count", DEFAULT_PAGE))
    return asked if asked > 0 else DEFAULT_PAGE
