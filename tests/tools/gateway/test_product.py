"""Every endpoint lands in the product that its callers may use."""

import json
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("lxml.etree")

from tools.gateway.__main__ import APIS
from tools.gateway.check import committed, declared, missing
from tools.gateway.endpoint import Endpoint, UnusableSource, read_openapi, read_table
from tools.gateway.layout import Api, document, lay_out, operation_name
from tools.gateway.product import MisplacedEndpoint, product_of

ROOT = Path(__file__).parents[3]
COMMITTED = json.loads((ROOT / "infra/modules/api/apis.json").read_text(encoding="utf-8"))
EXPECTED = [
    line.split()
    for line in (Path(__file__).parent / "expected.txt").read_text(encoding="utf-8").splitlines()
]


ACCESS = {"public": "anonymous", "webhook": "signature"}


def committed_endpoints() -> list[Endpoint]:
    listed = committed(ROOT / APIS)
    return [
        Endpoint(path, method, ACCESS.get(product, product))
        for (method, path), product in listed.items()
    ]


def test_every_endpoint_lands_in_its_product() -> None:
    assert committed(ROOT / APIS) == {(method, path): product for product, method, path in EXPECTED}


def test_the_committed_list_is_what_its_own_endpoints_give() -> None:
    assert document(committed_endpoints()) == COMMITTED


def test_whatever_the_shop_declares_has_a_way_in() -> None:
    result = declared(ROOT)
    if result.skipped_because:
        pytest.skip(result.skipped_because)

    assert result.findings == ()


@pytest.mark.parametrize(
    "endpoint",
    [
        Endpoint("/api/products/unheard-of", "GET", "anonymous"),
        Endpoint("/api/products", "GET", "customer"),
        Endpoint("/api/products", "DELETE", "anonymous"),
    ],
)
def test_an_endpoint_without_a_way_in_is_caught(endpoint: Endpoint) -> None:
    faults = list(missing(ROOT / APIS, [endpoint]))

    assert [fault.rule for fault in faults] == ["declared"]


def test_products_hold_as_many_operations_as_there_are_endpoints() -> None:
    assert Counter(one["product"] for one in COMMITTED["operations"]) == Counter(
        row[0] for row in EXPECTED
    )


def test_only_writing_a_review_lies_in_an_api_of_another_product() -> None:
    products = {api["name"]: api["product"] for api in COMMITTED["apis"]}

    apart = [
        one["name"] for one in COMMITTED["operations"] if one["product"] != products[one["api"]]
    ]

    assert apart == ["customer-post-api-products-id-reviews"]


def test_only_the_catalogue_is_cached() -> None:
    cached = [api["path"] for api in COMMITTED["apis"] if api["policy"] == "api-catalogue.xml"]

    assert cached == ["api/banners", "api/categories", "api/products"]


def test_the_agents_are_reached_through_the_shop() -> None:
    agents = [one for one in COMMITTED["operations"] if one["api"] == "api-agents"]

    assert [(one["method"], one["urlTemplate"], one["product"]) for one in agents] == [
        ("POST", "/{service}/invoke", "public")
    ]


@pytest.mark.parametrize(
    ("access", "product"),
    [
        ("anonymous", "public"),
        ("guest", "public"),
        ("session", "public"),
        ("customer", "customer"),
        ("staff", "staff"),
        ("admin", "admin"),
    ],
)
def test_who_may_call_decides_the_product(access: str, product: str) -> None:
    assert product_of(Endpoint("/api/things", "GET", access)) == product


@pytest.mark.parametrize(
    ("path", "access"),
    [
        ("/api/admin/users", "staff"),
        ("/api/admin/users", "anonymous"),
        ("/api/staff/orders", "customer"),
        ("/api/agents/{service}/invoke", "signature"),
        ("/api/payments/webhook", "customer"),
        ("/api/things", "signature"),
        ("/api/things", "everybody"),
        ("/api/things", ""),
    ],
)
def test_a_contradiction_lands_nowhere(path: str, access: str) -> None:
    with pytest.raises(MisplacedEndpoint):
        product_of(Endpoint(path, "GET", access))


@pytest.mark.parametrize("access", ["signature", "anonymous"])
def test_the_webhook_is_a_product_of_its_own(access: str) -> None:
    assert product_of(Endpoint("/api/payments/webhook", "POST", access)) == "webhook"


def test_a_path_shared_with_staff_is_refused() -> None:
    shared = [
        Endpoint("/api/things/{id}", "GET", "anonymous"),
        Endpoint("/api/things/{id}", "PUT", "staff"),
    ]

    with pytest.raises(MisplacedEndpoint, match="shares its path"):
        lay_out(shared)


def test_a_literal_path_of_another_product_is_an_api_of_its_own() -> None:
    things = Endpoint("/api/things", "GET", "anonymous")
    refund = Endpoint("/api/things/refund", "POST", "staff")

    assert lay_out([things, refund]) == [
        Api("api/things", "public", (things,)),
        Api("api/things/refund", "staff", (refund,)),
    ]


def test_an_operation_is_named_for_product_method_and_path() -> None:
    endpoint = Endpoint("/api/users/me/payment-methods/{id}", "DELETE", "customer")

    assert operation_name(endpoint) == "customer-delete-api-users-me-payment-methods-id"


def test_openapi_and_table_say_the_same() -> None:
    paths = {
        "/api/things": {
            "get": {"x-access": "guest"},
            "post": {"x-access": "staff"},
            "parameters": [],
        }
    }

    read = read_openapi({"paths": paths})

    assert read == read_table(
        "method\tpath\taccess\nPOST\t/api/things\tstaff\nGET\t/api/things\tguest\n"
    )


def test_an_operation_without_access_is_refused() -> None:
    with pytest.raises(UnusableSource, match="GET /api/things has no x-access"):
        read_openapi({"paths": {"/api/things": {"get": {}}}})


def test_an_endpoint_listed_twice_is_refused() -> None:
    with pytest.raises(UnusableSource, match="twice"):
        read_table("method\tpath\taccess\nGET\t/a\tguest\nGET\t/a\tstaff\n")
