"""Transactional batch: all or nothing in one logical partition.

https://learn.microsoft.com/azure/cosmos-db/nosql/transactional-batch
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tools.cosmos_emulator import charges
from tools.cosmos_emulator.documents import Conditions, Document, Documents
from tools.cosmos_emulator.patch import patch
from tools.cosmos_emulator.refusal import Refusal, bad_request, too_large
from tools.cosmos_emulator.wire import Answer

MOST_OPERATIONS: Final = 100
MOST_BYTES: Final = 2 * 1024 * 1024
"""https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-request-limits"""

_FAILED_DEPENDENCY: Final = 424


def execute(documents: Documents, partition: str, operations: Any, size_bytes: int) -> Answer:
    """The answers of all operations, in their order; when one fails, its status and 424 for the others.

    Raises ``Refusal`` 400 and 413 for a batch that cannot be looked at.
    """
    if not isinstance(operations, list) or not 1 <= len(operations) <= MOST_OPERATIONS:
        raise bad_request(f"A batch has 1 to {MOST_OPERATIONS} operations.")
    if size_bytes > MOST_BYTES:
        raise too_large("The batch")
    before, answers = documents.snapshot(partition), []
    for index, operation in enumerate(operations):
        try:
            answers.append(apply(documents, partition, operation))
        except Refusal as refusal:
            documents.restore(partition, before)
            return failed(len(operations), index, refusal.status)
    return Answer(200, answers, sum(answer["requestCharge"] for answer in answers))


def briefly(answer: Answer) -> Answer:
    """The answer to a client that wants no documents back, only their ETags (``Prefer: return=minimal``)."""
    told = [{k: v for k, v in each.items() if k != "resourceBody"} for each in answer.body]
    return replace(answer, body=told)


def failed(count: int, index: int, status: int) -> Answer:
    """The answer of a batch whose operation ``index`` failed."""
    codes = [status if at == index else _FAILED_DEPENDENCY for at in range(count)]
    told = [{"statusCode": code, "requestCharge": 0.0} for code in codes]
    return Answer(207, told, charges.REFUSED)


def apply(documents: Documents, partition: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of one operation. Raises ``Refusal``."""
    conditions = Conditions(operation.get("ifMatch"), operation.get("ifNoneMatch"))
    body, id = operation.get("resourceBody", {}), operation.get("id", "")
    match operation.get("operationType"):
        case "Create":
            return _answer(201, documents.create(partition, body), charges.INSERT)
        case "Upsert":
            is_there = documents.find(partition, body.get("id", "")) is not None
            written = documents.upsert(partition, body, conditions)
            factor = charges.REPLACE if is_there else charges.INSERT
            return _answer(200 if is_there else 201, written, factor)
        case "Replace":
            written = documents.replace(partition, id, body, conditions)
            return _answer(200, written, charges.REPLACE)
        case "Patch":
            written = patch(documents, partition, id, body, conditions)
            return _answer(200, written, charges.REPLACE)
        case "Delete":
            gone = documents.remove(partition, id, conditions)
            return {"statusCode": 204, "requestCharge": charges.REMOVE * charges.kilobytes(gone)}
        case "Read":
            return _answer(200, documents.read(partition, id), charges.READ)
        case unknown:
            raise bad_request(f"A batch has no operation {unknown!r}.")


def _answer(status: int, document: Document, factor: float) -> dict[str, Any]:
    return {
        "statusCode": status,
        "requestCharge": factor * charges.kilobytes(document),
        "eTag": document["_etag"],
        "resourceBody": document,
    }
