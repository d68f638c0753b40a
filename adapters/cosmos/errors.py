"""What the service's refusals mean to the store: one table.

Status codes: https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb
"""

from collections.abc import Mapping
from typing import Any, Final

from adapters.batch import Operation, TakeFrom
from usecases.ports.store import (
    AlreadyExists,
    GuardRefused,
    StoreBusy,
    StoreError,
    TooLarge,
    VersionConflict,
)

NOT_FOUND: Final = 404
RETRY_WITH: Final = 449
THROTTLED: Final = 429

_CHARGE: Final = "x-ms-request-charge"
_PLAIN: Final = (0, None)
_WRONG: Final = frozenset({400, 401, 403, 404, 405})
"""What is wrong with us, not with the moment: a query, a key, a container that is not there."""

_NOT_YET: Final = {(403, 3), (403, 1008), (404, 1002)}
"""A region that takes no writes any more, or has not got so far: that passes."""


def is_absent(error: Any) -> bool:
    """No such document; a missing container is told apart by its substatus."""
    return status_of(error) == NOT_FOUND and getattr(error, "sub_status", None) in _PLAIN


def is_out_of_reach(error: Any) -> bool:
    """No replica has got as far as the session token says."""
    return (status_of(error), getattr(error, "sub_status", None)) == (NOT_FOUND, 1002)


def was_not_applied(error: Any) -> bool:
    """Whether the service says for certain that nothing was done, and to ask again, and nobody did so yet.

    A request that is throttled as a whole the SDK has repeated for as long as it may.
    """
    is_operation = getattr(error, "error_index", None) is not None
    return status_of(error) == RETRY_WITH or (status_of(error) == THROTTLED and is_operation)


def status_of(error: Any) -> int:
    """The HTTP status, or that of the failing operation of a batch; 0 for no answer at all."""
    return int(getattr(error, "status_code", None) or 0)


def charge_of(headers: Mapping[str, Any]) -> float:
    """The request units that an answer cost."""
    return float(headers.get(_CHARGE, 0.0))


def translated(error: Any) -> StoreError:
    """The store's word for a failed request."""
    status, substatus = status_of(error), getattr(error, "sub_status", None)
    if status == 413:
        return TooLarge("the batch is over the limits of one transaction")
    told = f"Cosmos DB answered {status}" if status else f"Cosmos DB is away: {error}"
    if status in _WRONG and (status, substatus) not in _NOT_YET:
        return StoreError(f"{told}: {error}")
    return StoreBusy(told)


def refusal_of(operation: Operation, error: Any) -> StoreError:
    """The store's word for a batch that failed at ``operation``."""
    status = status_of(error)
    if status == 409:
        return AlreadyExists(f"{operation.id} is there already", operation.id)
    if status not in (404, 412):
        return translated(error)
    if isinstance(operation, TakeFrom):
        told = f"{operation.id} has less than {operation.quantity}"
        return GuardRefused(told, operation.id)
    return VersionConflict(f"{operation.id} has changed", operation.id)
