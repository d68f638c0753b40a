"""What the policies do, told by sending requests through them."""

import json

import pytest

pytest.importorskip("lxml.etree")

from tests.tools.gateway.expressions import BODIES, EXPRESSIONS, is_known
from tests.tools.gateway.simulator import NAMED, POLICIES, Gateway, token
from tools.gateway.policy import Policy, read_policy

REVIEWS = "/api/products/p-1/reviews"
SESSION = "__Host-hph_session=s-1"


def code(body: str) -> str:
    return str(json.loads(body)["error"]["code"])


def test_every_expression_is_one_that_is_known_here() -> None:
    policies = [read_policy(POLICIES, path) for path in sorted(POLICIES.rglob("*.xml"))]
    texts = [
        text
        for one in policies
        if isinstance(one, Policy)
        for _, text in one.strings()
        if text[0] == "@"
    ]

    assert [text for text in texts if not is_known(text)] == []
    assert set(EXPRESSIONS) <= set(texts)
    assert all(any(part in text for text in texts) for part in BODIES)


@pytest.mark.parametrize(
    ("method", "path", "headers", "calls"),
    [
        ("GET", "/api/orders/O-1", {}, 100),
        ("POST", "/api/cart/items", {}, 100),
        ("POST", "/api/auth/refresh", {}, 100),
        ("POST", "/api/agents/catalog-search/invoke", {}, 100),
        ("GET", "/api/users/me", {"authorization": token("u-1")}, 500),
        ("POST", "/api/cart/merge", {"authorization": token("u-1")}, 500),
        ("POST", REVIEWS, {"authorization": token("u-1")}, 500),
        ("GET", "/api/staff/orders", {"authorization": token("u-1", "staff")}, 1000),
        ("POST", "/api/payments/refund", {"authorization": token("u-1", "staff")}, 1000),
        ("GET", "/api/admin/users", {"authorization": token("u-1", "admin")}, None),
        ("GET", "/api/users/me", {"cookie": SESSION}, 500),
        ("POST", REVIEWS, {"cookie": SESSION}, 500),
        ("GET", "/api/staff/orders", {"cookie": SESSION}, 1000),
        ("GET", "/api/admin/users", {"cookie": SESSION}, 1000),
        ("POST", "/api/payments/webhook", {}, None),
        ("GET", "/health/ready", {}, None),
    ],
)
def test_a_product_lets_through_its_calls_a_minute(
    method: str, path: str, headers: dict[str, str], calls: int | None
) -> None:
    gateway = Gateway()

    answers = [gateway.ask(method, path, **headers) for _ in range(1001)]

    assert [one.status for one in answers].count(200) == (1001 if calls is None else calls)
    assert {code(one.body) for one in answers if one.status != 200} <= {"RATE_LIMIT_EXCEEDED"}
    assert len(gateway.reached) == (1001 if calls is None else calls)


def test_callers_have_limits_of_their_own() -> None:
    gateway = Gateway()
    for _ in range(100):
        gateway.ask("GET", "/api/orders/O-1", x_azure_socketip="1.1.1.1")

    assert gateway.ask("GET", "/api/orders/O-1", x_azure_socketip="1.1.1.1").status == 429
    assert gateway.ask("GET", "/api/orders/O-1", x_azure_socketip="2.2.2.2").status == 200
    assert (
        gateway.ask(
            "GET", "/api/users/me", authorization=token("u-1"), x_azure_socketip="1.1.1.1"
        ).status
        == 200
    )


def test_a_forged_address_does_not_help_where_there_is_no_front_door() -> None:
    gateway = Gateway(named=NAMED | {"front-door-id": "none"})

    answers = [
        gateway.ask("GET", "/api/orders/O-1", x_azure_socketip=f"1.1.1.{n}").status
        for n in range(101)
    ]

    assert answers.count(429) == 1
    assert {one.headers["x-azure-socketip"] for one in gateway.reached} == {"10.0.0.1"}


@pytest.mark.parametrize(
    "path", ["/api/users/me", "/api/staff/orders", "/api/admin/users", "/api/auth/me"]
)
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic dTpw",
        "Bearer nonsense",
        token("u-1", "admin", aud="another"),
        token("u-1", "admin", iss="https://else"),
    ],
)
def test_without_a_good_token_nothing_reaches_the_shop(path: str, authorization: str) -> None:
    gateway = Gateway()

    answer = gateway.ask("GET", path, authorization=authorization)

    assert (answer.status, code(answer.body)) == (401, "UNAUTHORIZED")
    assert answer.response_headers["www-authenticate"] == "Bearer"
    assert gateway.reached == []


@pytest.mark.parametrize(
    ("path", "roles", "status"),
    [
        ("/api/users/me", (), 200),
        ("/api/staff/orders", (), 403),
        ("/api/staff/orders", ("customer",), 403),
        ("/api/staff/orders", ("staff",), 200),
        ("/api/staff/orders", ("admin",), 200),
        ("/api/admin/users", ("staff",), 403),
        ("/api/admin/users", ("admin",), 200),
    ],
)
def test_a_role_opens_its_part_of_the_shop(path: str, roles: tuple[str, ...], status: int) -> None:
    gateway = Gateway()

    answer = gateway.ask("GET", path, authorization=token("u-1", *roles))

    assert answer.status == status
    assert len(gateway.reached) == (status == 200)
    assert status == 200 or code(answer.body) == "FORBIDDEN"


def test_the_token_goes_on_to_the_shop() -> None:
    gateway = Gateway()

    gateway.ask("GET", "/api/users/me", authorization=token("u-1"))

    assert gateway.reached[0].headers["authorization"] == token("u-1")


@pytest.mark.parametrize("path", ["/api/users/me", "/api/admin/users", "/api/products"])
def test_a_preflight_is_answered_before_anybody_asks_for_a_token(path: str) -> None:
    gateway = Gateway()

    answer = gateway.ask("OPTIONS", path, origin="https://shop.example")

    assert answer.status == 200
    assert answer.response_headers["access-control-allow-origin"] == "https://shop.example"
    assert gateway.reached == []


def test_a_strange_origin_is_told_nothing() -> None:
    gateway = Gateway()

    answers = [
        gateway.ask(method, "/api/products", origin="https://evil.example")
        for method in ("OPTIONS", "GET")
    ]

    assert [one.response_headers for one in answers] == [{}, {}]
    assert gateway.reached == []


@pytest.mark.parametrize(
    "header", ["x_user_id", "x_user_role", "x_ms_client_principal", "x_ms_client_principal_id"]
)
def test_an_identity_that_somebody_typed_does_not_reach_the_shop(header: str) -> None:
    gateway = Gateway()

    gateway.ask("GET", "/api/orders/O-1", **{header: "admin"})

    assert header.replace("_", "-") not in gateway.reached[0].headers


@pytest.mark.parametrize("header", ["x_user_anything", "x_ms_client_principal_else"])
def test_an_identity_header_that_nobody_thought_of_is_refused(header: str) -> None:
    gateway = Gateway()

    answer = gateway.ask("GET", "/api/orders/O-1", **{header: "admin"})

    assert (answer.status, code(answer.body)) == (400, "INVALID_REQUEST")
    assert gateway.reached == []


def test_nobody_passes_by_the_front_door() -> None:
    gateway = Gateway()

    answer = gateway.ask("GET", "/api/products", x_azure_fdid="another")

    assert (answer.status, code(answer.body)) == (403, "FORBIDDEN")
    assert gateway.reached == []


@pytest.mark.parametrize("path", ["/api/admin/users", "/api/products"])
def test_a_key_that_skips_the_product_opens_nothing(path: str) -> None:
    gateway = Gateway(is_product_skipped=True)

    answer = gateway.ask("GET", path)

    assert (answer.status, code(answer.body)) == (403, "FORBIDDEN")
    assert gateway.reached == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/products",
        "/api/categories/toys",
        "/health/ready",
        "/api/agents/eta/invoke",
        "/api/payments/webhook",
    ],
)
def test_the_shop_gets_the_whole_path(path: str) -> None:
    gateway = Gateway()

    gateway.ask("POST" if path.endswith(("invoke", "webhook")) else "GET", path)

    assert [(one.path, one.backend) for one in gateway.reached] == [(path, "shop-pool")]


def test_an_anonymous_look_at_the_catalogue_is_kept() -> None:
    gateway = Gateway(answer_headers={"cache-control": "public, max-age=300"})

    answers = [gateway.ask("GET", "/api/products/p-1").body for _ in range(3)]

    assert answers == ["from the shop"] * 3
    assert len(gateway.reached) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"authorization": token("u-1")}, {}),
        ({"cookie": "session=1"}, {}),
        ({}, {"authorization": token("u-1")}),
        ({}, {"cookie": "session=1"}),
        ({"accept_language": "en"}, {"accept_language": "de"}),
    ],
)
def test_what_one_caller_was_told_is_not_told_to_another(
    first: dict[str, str], second: dict[str, str]
) -> None:
    gateway = Gateway(answer_headers={"cache-control": "public, max-age=300"})

    gateway.ask("GET", "/api/products/p-1", **first)
    gateway.ask("GET", "/api/products/p-1", **second)

    assert len(gateway.reached) == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"cache-control": "no-store"}, {"cache-control": "public", "set-cookie": "a=b"}],
)
def test_what_the_shop_does_not_call_public_is_not_kept(headers: dict[str, str]) -> None:
    gateway = Gateway(answer_headers=headers)

    gateway.ask("GET", "/api/products")
    gateway.ask("GET", "/api/products")

    assert len(gateway.reached) == 2
    assert gateway.kept == {}


def test_orders_are_never_kept() -> None:
    gateway = Gateway(answer_headers={"cache-control": "public"})

    gateway.ask("GET", "/api/orders/O-1")

    assert gateway.kept == {}


def test_a_shop_that_is_away_is_said_in_the_shops_own_words() -> None:
    answer = Gateway(is_shop_away=True).ask("GET", "/api/products")

    assert (answer.status, code(answer.body)) == (503, "SERVICE_UNAVAILABLE")
    assert answer.response_headers["retry-after"] == "5"
    assert answer.response_headers["cache-control"] == "no-store"


def test_the_machinery_behind_does_not_show() -> None:
    assert "x-powered-by" not in Gateway().ask("GET", "/api/products").response_headers
