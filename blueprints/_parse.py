"""From bytes to models: what does not parse is refused, each field named."""

from typing import Any, Final

import azure.functions as func
from pydantic import BaseModel, ValidationError

from blueprints._errors import LengthRequired, TooLong
from domain.errors import Invalid

MOST_BODY_BYTES: Final = 1024 * 1024


def body_of(req: func.HttpRequest, model: type[BaseModel] | None) -> Any:
    """The parsed body. Raises ``Invalid``, ``TooLong`` or ``LengthRequired``."""
    if model is None:
        return None
    raw = req.get_body()
    if len(raw) > MOST_BODY_BYTES:
        raise TooLong
    if not raw and "transfer-encoding" in req.headers:
        raise LengthRequired
    if raw and "json" not in req.headers.get("content-type", "application/json"):
        raise Invalid("Send the body as application/json.")
    try:
        return model.model_validate_json(raw or b"{}", strict=True)
    except ValidationError as fault:
        raise _named(fault, "The body is not valid.") from None


def query_of(req: func.HttpRequest, model: type[BaseModel] | None) -> Any:
    """The parsed query; unknown parameters are refused. Raises ``Invalid``."""
    if model is None:
        return None
    try:
        return model.model_validate(dict(req.params))
    except ValidationError as fault:
        raise _named(fault, "The query is not valid.") from None


def _named(fault: ValidationError, message: str) -> Invalid:
    found = fault.errors(include_url=False, include_context=False, include_input=False)
    fields = [
        {"field": ".".join(str(part) for part in error["loc"]), "message": error["msg"]}
        for error in found[:50]
    ]
    return Invalid(message, fields=fields)
