"""The OpenAPI document: valid, whole, and the same as what the app does."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from blueprints._area import Declaration
from blueprints._areas import AREAS
from blueprints._errors import status_of
from blueprints._openapi import access_of, document, refusals_of
from domain.access import PERMISSIONS, Role
from tests.blueprints.harness import Web

DOCUMENT = document(AREAS, "test")
DECLARATIONS = [each for area in AREAS for each in area.declarations]


def operation(declaration: Declaration) -> Any:
    """Its entry in the document."""
    path = "/" + re.sub(r"\{(\w+)[^}]*\}", r"{\1}", declaration.route)
    return DOCUMENT["paths"][path][declaration.method.lower()]


def test_the_document_is_openapi_3_1() -> None:
    """Validated against the OpenAPI Initiative's own schema of documents (2022-10-07)."""
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    assert DOCUMENT["openapi"] == "3.1.0"
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)] == []


def test_every_schema_is_a_json_schema() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": DIALECT, **schema}), name


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def test_every_reference_leads_somewhere_and_every_schema_is_referred_to() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT)))

    assert named == set(DOCUMENT["components"]["schemas"])


def test_no_two_models_share_a_name() -> None:
    """Pydantic would tell them apart by their modules or by ``-Input`` and ``-Output``."""
    assert [name for name in DOCUMENT["components"]["schemas"] if not name.isalnum()] == []


def test_every_function_is_described_once() -> None:
    ids = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]

    assert sorted(ids) == sorted(declaration.name for declaration in DECLARATIONS)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda one: one.name)
def test_every_refusal_is_listed_by_its_code(declaration: Declaration) -> None:
    for refusal in refusals_of(declaration):
        answer = operation(declaration)["responses"][str(status_of(refusal))]
        assert f"`{refusal.code}`: {refusal.message}" in answer["description"]
        assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorAnswer")


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda one: one.name)
def test_every_operation_says_what_it_does_and_who_may(declaration: Declaration) -> None:
    described = operation(declaration)

    assert described["summary"]
    assert described["x-access"] == access_of(declaration.may)
    assert ("security" in described) == (PERMISSIONS[declaration.may] > Role.ANONYMOUS)
    names = {one["name"] for one in described["parameters"] if one["in"] == "path"}
    assert names == set(re.findall(r"\{\*?(\w+)", declaration.route))


def test_what_only_a_sessions_cookie_opens_says_so() -> None:
    assert (access_of("session:keep"), access_of("cart:use")) == ("session", "guest")


def test_the_write_of_a_guest_takes_a_key_and_a_csrf_token() -> None:
    described = DOCUMENT["paths"]["/api/orders"]["post"]
    headers = {one["name"] for one in described["parameters"] if one["in"] == "header"}

    assert headers == {"Idempotency-Key", "X-CSRF-Token"}
    assert "`CSRF_TOKEN_REQUIRED`" in described["responses"]["403"]["description"]


def test_what_people_edit_takes_the_version_that_they_read() -> None:
    described = DOCUMENT["paths"]["/api/staff/tickets/{id}/assign"]["put"]

    headers = {one["name"] for one in described["parameters"] if one["in"] == "header"}
    assert headers == {"Idempotency-Key", "X-CSRF-Token", "If-Match"}
    assert "`PRECONDITION_FAILED`" in described["responses"]["412"]["description"]


def test_who_need_not_be_known_needs_no_csrf_token() -> None:
    described = DOCUMENT["paths"]["/api/auth/guest"]["post"]

    assert {one["name"] for one in described["parameters"]} == {"Idempotency-Key"}
    assert "403" not in described["responses"]


def test_query_parameters_carry_their_bounds() -> None:
    (limit,) = [
        one
        for one in DOCUMENT["paths"]["/api/products"]["get"]["parameters"]
        if one["name"] == "limit"
    ]
    name = limit["schema"]["$ref"].rpartition("/")[2]

    bounds = DOCUMENT["components"]["schemas"][name]
    assert (bounds["minimum"], bounds["maximum"], limit["schema"]["default"]) == (1, 100, 20)


async def test_the_shop_serves_this_very_document(web: Web) -> None:
    web.set(release="test")
    served = await web.get("/api/openapi.json")

    assert served.json() == DOCUMENT
