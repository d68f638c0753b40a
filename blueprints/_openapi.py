"""The OpenAPI 3.1 document, made of the same declarations that answer the requests."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from blueprints._area import Area, Declaration
from blueprints._caller import CsrfTokenMissing
from blueprints._cookies import GUEST, SESSION
from blueprints._endpoint import KEYED_METHODS
from blueprints._errors import LengthRequired, TooLong, status_of
from domain.access import KEEPS_SESSION, PERMISSIONS, Role
from domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    PreconditionFailed,
    Refusal,
    Unauthenticated,
    Unavailable,
)
from domain.idempotency import KeyInFlight, KeyReused
from domain.model import View

REF: Final = "#/components/schemas/{model}"
_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')
_PARAMETER = re.compile(r"\{\*?(\w+)[^}]*\}")

type Json = dict[str, Any]


class Problem(View):
    """Why a request was not answered as asked."""

    code: str
    message: str
    details: dict[str, Any]
    timestamp: str
    request_id: str


class ErrorAnswer(View):
    """The envelope of every error."""

    error: Problem


def document(areas: Sequence[Area], version: str) -> Json:
    """The whole API: every HTTP function, with everything that it may answer."""
    declarations = [each for area in areas for each in area.declarations]
    schemas = _Schemas(declarations)
    paths: dict[str, Json] = {}
    for area in areas:
        for declaration in area.declarations:
            operation = _operation(area, declaration, schemas)
            paths.setdefault(_path(declaration), {})[declaration.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Holiday Peak Hub", "version": version, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": area.name} for area in areas if area.declarations],
        "paths": paths,
        "components": {"schemas": schemas.named_in(paths), "securitySchemes": SECURITY_SCHEMES},
    }


def refusals_of(declaration: Declaration) -> tuple[type[Refusal], ...]:
    """Everything that the endpoint may refuse, what the wrapper itself refuses included."""
    found: list[type[Refusal]] = [*declaration.raises, Unavailable, Unauthenticated]
    if declaration.body or declaration.query or declaration.method in KEYED_METHODS:
        found.append(Invalid)
    if declaration.method in KEYED_METHODS:
        found += [KeyInFlight, KeyReused, Conflict]
        found += [CsrfTokenMissing] if PERMISSIONS[declaration.may] > Role.ANONYMOUS else []
    if declaration.body:
        found += [TooLong, LengthRequired]
    if PERMISSIONS[declaration.may] > Role.GUEST:
        found.append(Forbidden)
    return tuple(dict.fromkeys(found))


def access_of(permission: str) -> str:
    """Who may call, in the word of the API's table: ``session`` for what only a session's cookie opens."""
    return "session" if permission == KEEPS_SESSION else PERMISSIONS[permission].name.lower()


class _Schemas:
    """The JSON schemas of every model, one name each."""

    def __init__(self, declarations: Sequence[Declaration]) -> None:
        inputs: list[tuple[Any, JsonSchemaMode, Any]] = []
        for each in declarations:
            if each.body:
                inputs.append((each, "validation", each.body.__pydantic_core_schema__))
            if each.query:
                inputs.append((each.query, "validation", each.query.__pydantic_core_schema__))
            if each.returns:
                inputs.append((each, "serialization", each.returns.core_schema))
        inputs.append((ErrorAnswer, "serialization", ErrorAnswer.__pydantic_core_schema__))
        keyed = [(_key(key), mode, schema) for key, mode, schema in inputs]
        made, components = GenerateJsonSchema(ref_template=REF).generate_definitions(keyed)
        self._components: Json = {str(name): each for name, each in components.items()}
        self._made = dict(made)

    def body(self, declaration: Declaration) -> Json:
        return self._made[_key(declaration), "validation"]

    def query(self, model: type[BaseModel]) -> Json:
        """The schema of the query's model, which is no component: its fields are parameters."""
        name = self._made[_key(model), "validation"]["$ref"].rpartition("/")[2]
        schema: Json = self._components[name]
        return schema

    def named_in(self, paths: Json) -> Json:
        """The schemas that ``paths`` refer to by name, and those that these refer to."""
        found: Json = {}
        waiting = _names_in(paths)
        while waiting:
            name = waiting.pop()
            found[name] = self._components[name]
            waiting |= _names_in(found[name]) - found.keys()
        return dict(sorted(found.items()))

    def answer(self, declaration: Declaration) -> Json:
        return self._made[_key(declaration), "serialization"]

    @property
    def error(self) -> Json:
        return self._made[_key(ErrorAnswer), "serialization"]


def _key(each: Declaration | type[BaseModel]) -> str:
    return each.name if isinstance(each, Declaration) else each.__name__


def _names_in(schema: Json) -> set[str]:
    return set(_REFERENCE.findall(json.dumps(schema)))


def _operation(area: Area, declaration: Declaration, schemas: _Schemas) -> Json:
    first, _, rest = declaration.doc.strip().partition("\n")
    operation: Json = {
        "operationId": declaration.name,
        "tags": [area.name],
        "summary": first,
        "description": " ".join(rest.split()),
        "parameters": _parameters(declaration, schemas),
        "responses": _responses(declaration, schemas),
        "x-permission": declaration.may,
        "x-access": access_of(declaration.may),
    }
    if PERMISSIONS[declaration.may] > Role.ANONYMOUS:
        operation["security"] = _security(declaration)
    if declaration.body:
        schema = schemas.body(declaration)
        required = any(field.is_required() for field in declaration.body.model_fields.values())
        content = {"application/json": {"schema": schema}}
        operation["requestBody"] = {"required": required, "content": content}
    return operation


def _security(declaration: Declaration) -> list[Json]:
    """What opens the endpoint: a guest's cookie only where guests may come in, a token not for sessions."""
    if declaration.may == KEEPS_SESSION:
        return [{"session": []}]
    guests: list[Json] = [{"guestSession": []}]
    is_for_guests = PERMISSIONS[declaration.may] <= Role.GUEST
    return [*(guests if is_for_guests else ()), {"session": []}, {"accessToken": []}]


def _parameters(declaration: Declaration, schemas: _Schemas) -> list[Json]:
    path: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(declaration.route)
    ]
    headers: list[Json] = []
    if declaration.method in KEYED_METHODS:
        headers = [_header("Idempotency-Key", 255)]
        if PERMISSIONS[declaration.may] > Role.ANONYMOUS:
            headers.append(_header("X-CSRF-Token", 100))
    if PreconditionFailed in declaration.raises:
        headers.append(_header("If-Match", 1_000))
    query = _query(schemas.query(declaration.query)) if declaration.query else []
    return path + query + headers


def _header(name: str, most: int) -> Json:
    schema = {"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": False, "schema": schema}


def _query(schema: Json) -> list[Json]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _responses(declaration: Declaration, schemas: _Schemas) -> Json:
    responses: Json = {}
    for status in (declaration.status, *declaration.also):
        responses[str(status)] = {"description": "Done.", **_content(declaration, schemas)}
    if declaration.method == "GET":
        responses["304"] = {"description": "You have it already (If-None-Match)."}
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals_of(declaration):
        by_status.setdefault(status_of(refusal), []).append(refusal)
    for status, refusals in sorted(by_status.items()):
        responses[str(status)] = _refused(refusals, schemas)
    responses["500"] = {"description": "A fault of ours.", "content": _json(schemas.error)}
    return responses


def _content(declaration: Declaration, schemas: _Schemas) -> Json:
    if declaration.returns:
        return {"content": {declaration.media_type: {"schema": schemas.answer(declaration)}}}
    media_types = (declaration.media_type, *declaration.other_media_types)
    return {"content": {each: {"schema": {"type": "string"}} for each in media_types}}


def _refused(refusals: list[type[Refusal]], schemas: _Schemas) -> Json:
    lines = sorted(f"`{refusal.code}`: {refusal.message}" for refusal in refusals)
    return {"description": "\n\n".join(lines), "content": _json(schemas.error)}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _path(declaration: Declaration) -> str:
    return "/" + _PARAMETER.sub(r"{\1}", declaration.route)


ABOUT: Final = (
    "A shop that cannot oversell, double-charge or lose an event. Errors come in one envelope, each with a"
    " stable code; lists page by cursor; every POST, PUT and DELETE honours an Idempotency-Key."
)

SECURITY_SCHEMES: Final[Json] = {
    "guestSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": GUEST,
        "description": "Set by POST /api/auth/guest; writes also need its X-CSRF-Token."
        " Over HTTPS the name begins with __Host-.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": "Set by signing in; writes also need the X-CSRF-Token that GET /api/auth/me tells."
        " Over HTTPS the name begins with __Host-.",
    },
    "accessToken": {"type": "http", "scheme": "bearer"},
}
