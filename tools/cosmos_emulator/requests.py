"""What a request about documents says in its headers: whose they are, what it has seen, how much it wants."""

import json
from typing import Any

from tools.cosmos_emulator import batch
from tools.cosmos_emulator.documents import Documents
from tools.cosmos_emulator.querying import DEFAULT_PAGE, Asked
from tools.cosmos_emulator.refusal import Refusal, bad_request
from tools.cosmos_emulator.wire import Answer, Request

_PARTITION = "x-ms-documentdb-partitionkey"
_KINDS = {"GET": "Read", "PUT": "Replace", "DELETE": "Delete", "PATCH": "Patch"}


def partition(request: Request) -> str:
    """The partition key. Raises ``Refusal`` 400: every request but a query must name one.

    https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-request-headers
    """
    key = request.headers.get(_PARTITION)
    if key is None:
        raise bad_request("PartitionKey value must be supplied for this operation.")
    return json.dumps(json.loads(key))


def partition_or_all(request: Request) -> str | None:
    """The partition key, or ``None`` where none is named."""
    return partition(request) if _PARTITION in request.headers else None


def reached(request: Request, documents: Documents, *, lags: bool) -> Documents:
    """The replica that answers. One that has not yet got as far as the reader's session may not, and where none
    has the request is refused (404, 1002):
    https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-manage-consistency#utilize-session-tokens
    """
    token = request.headers.get("x-ms-session-token", "")
    known = int(token.rpartition("#")[2]) if token else 0
    if known > documents.sequence:
        raise Refusal(404, "The read session is not available for the input session token.", 1002)
    if lags and request.sort in ("query", "read"):
        return documents.seen_at(known)
    if lags:
        documents.replicate()
    return documents


def asked(request: Request, most_rows: int) -> Asked:
    """The query of a request; ``most_rows`` makes its pages shorter.

    https://learn.microsoft.com/rest/api/cosmos-db/query-documents
    """
    body, given = request.json, request.headers
    page = int(given.get("x-ms-max-item-count", DEFAULT_PAGE))
    page = page if page > 0 else DEFAULT_PAGE
    return Asked(
        body["query"],
        {each["name"]: each["value"] for each in body.get("parameters") or ()},
        partition_or_all(request),
        request.says("x-ms-documentdb-query-enablecrosspartition"),
        min(page, most_rows or page),
        given.get("x-ms-continuation", ""),
    )


def single(request: Request, documents: Documents, id: str) -> Answer:
    """One document read or written: https://learn.microsoft.com/rest/api/cosmos-db/documents"""
    is_upsert = request.says("x-ms-documentdb-is-upsert")
    operation: dict[str, Any] = {
        "operationType": _KINDS.get(request.method, "Upsert" if is_upsert else "Create"),
        "id": id,
        "ifMatch": request.headers.get("if-match"),
        "ifNoneMatch": request.headers.get("if-none-match"),
    }
    if request.body:
        operation["resourceBody"] = request.json
    done = batch.apply(documents, partition(request), operation)
    return Answer(done["statusCode"], done.get("resourceBody"), done["requestCharge"])
