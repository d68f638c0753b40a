"""Partial document update: https://learn.microsoft.com/azure/cosmos-db/partial-document-update"""

import copy
from collections.abc import Mapping
from typing import Any, Final

from tools.cosmos_emulator.documents import SYSTEM, Conditions, Document, Documents
from tools.cosmos_emulator.refusal import bad_request, precondition_failed
from tools.cosmos_emulator.sql.evaluator import Row, is_true
from tools.cosmos_emulator.sql.parser import parse_condition

MOST_OPERATIONS: Final = 10
"""https://learn.microsoft.com/azure/cosmos-db/partial-document-update-faq"""


def patch(
    documents: Documents, partition: str, id: str, body: Mapping[str, Any], conditions: Conditions
) -> Document:
    """The document with all operations applied, where the condition holds. Raises ``Refusal`` 400, 404, 412."""
    found = documents.read(partition, id)
    conditions.check(found)
    condition = body.get("condition")
    if condition and not is_true(parse_condition(condition), Row(found, {})):
        raise precondition_failed()
    operations = body.get("operations", [])
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise bad_request(f"A patch has 1 to {MOST_OPERATIONS} operations.")
    changed = copy.deepcopy(found)
    for operation in operations:
        _apply(changed, operation, {"/id", *documents.key_paths})
    return documents.replace(partition, id, changed)


def _apply(document: Document, operation: Mapping[str, Any], fixed: set[str]) -> None:
    path = operation["path"]
    *way, name = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    if path in fixed or name in SYSTEM:
        raise bad_request(f"{path} cannot be patched.")
    place: Any = document
    for step in way:
        if not isinstance(place, dict) or step not in place:
            raise bad_request(f"The parent of {path} is absent.")
        place = place[step]
    if not isinstance(place, dict):
        raise bad_request(f"{path} leads into no object.")
    _change(place, name, operation)


def _change(place: Document, name: str, operation: Mapping[str, Any]) -> None:
    match operation["op"]:
        case "add" | "set":
            place[name] = operation["value"]
        case "replace" if name in place:
            place[name] = operation["value"]
        case "remove" if name in place:
            del place[name]
        case "incr" if _is_number(place.get(name, 0)):
            place[name] = place.get(name, 0) + operation["value"]
        case verb:
            raise bad_request(f"{verb} cannot be applied to '{name}'.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
