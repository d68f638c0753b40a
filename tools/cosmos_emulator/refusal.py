"""How the service says no.

Status codes: https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb
"""

from typing import Final

CODES: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    411: "LengthRequired",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    424: "FailedDependency",
    429: "TooManyRequests",
    449: "RetryWith",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


class Refusal(Exception):
    """The service refuses a request; ``substatus`` is 0 where the service gives none."""

    def __init__(self, status: int, message: str, substatus: int = 0) -> None:
        super().__init__(message)
        self.status, self.message, self.substatus = status, message, substatus


def bad_request(message: str, substatus: int = 0) -> Refusal:
    """What was asked cannot be understood or is not supported."""
    return Refusal(400, message, substatus)


def not_there() -> Refusal:
    """No such document."""
    return Refusal(404, "Entity with the specified id does not exist in the system.")


def no_owner(name: str) -> Refusal:
    """The database or container is not there: 404 too, told apart by its substatus."""
    return Refusal(404, f"Owner resource does not exist: {name}", 1003)


def already_there() -> Refusal:
    """A document, container or database of that id exists."""
    return Refusal(409, "Entity with the specified id already exists in the system.")


def precondition_failed() -> Refusal:
    """The ETag or the condition of a patch does not hold."""
    return Refusal(412, "One of the specified pre-condition is not met.")


def too_large(what: str) -> Refusal:
    """Over a documented size."""
    return Refusal(413, f"{what} is too large.")
