"""What becomes of browsers, which bring a session's cookie and no token."""

import json

import pytest

pytest.importorskip("lxml.etree")

from tests.tools.gateway.simulator import Gateway, token

SESSION = "theme=dark; __Host-hph_session=s-1; __Host-hph_guest=g-1"
CLOSED = [
    ("GET", "/api/users/me"),
    ("POST", "/api/products/p-1/reviews"),
    ("GET", "/api/staff/orders"),
    ("GET", "/api/admin/users"),
]


def code(body: str) -> str:
    return str(json.loads(body)["error"]["code"])


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_signed_in_browser_reaches_the_shop_which_decides(method: str, path: str) -> None:
    gateway = Gateway()

    answer = gateway.ask(method, path, cookie=SESSION, x_csrf_token="c-1")

    assert answer.status == 200
    assert [(one.headers["cookie"], one.headers["x-csrf-token"]) for one in gateway.reached] == [
        (SESSION, "c-1")
    ]


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "theme=dark",
        "__Host-hph_guest=g-1",
        "hph_session=s-1",
        "x__Host-hph_session=s-1",
        "theme=__Host-hph_session=s-1",
        "__Host-hph_sessions=s-1",
        "__Host-hph_session",
        "__host-hph_session=s-1",
    ],
)
def test_a_browser_without_a_session_is_not_let_in(method: str, path: str, cookie: str) -> None:
    gateway = Gateway()

    answer = gateway.ask(method, path, cookie=cookie)

    assert (answer.status, code(answer.body)) == (401, "UNAUTHORIZED")
    assert gateway.reached == []


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize(
    "authorization", ["", "Basic dTpw", "Bearer nonsense", token("u-1", "admin", aud="another")]
)
def test_a_session_does_not_excuse_a_bad_token(method: str, path: str, authorization: str) -> None:
    gateway = Gateway()

    answer = gateway.ask(method, path, cookie=SESSION, authorization=authorization)

    assert (answer.status, code(answer.body)) == (401, "UNAUTHORIZED")
    assert gateway.reached == []


def test_a_session_does_not_raise_the_role_of_a_token() -> None:
    gateway = Gateway()

    answer = gateway.ask("GET", "/api/staff/orders", cookie=SESSION, authorization=token("u-1"))

    assert (answer.status, code(answer.body)) == (403, "FORBIDDEN")
    assert gateway.reached == []


@pytest.mark.parametrize(
    ("path", "calls"),
    [("/api/users/me", 500), ("/api/staff/orders", 1000), ("/api/admin/users", 1000)],
)
def test_a_session_made_up_for_each_call_does_not_get_round_the_limit(
    path: str, calls: int
) -> None:
    gateway = Gateway()

    answers = [
        gateway.ask(
            "GET", path, cookie=f"__Host-hph_session={n}", x_azure_socketip="1.1.1.1"
        ).status
        for n in range(calls + 1)
    ]
    other = gateway.ask("GET", path, cookie=SESSION, x_azure_socketip="2.2.2.2")

    assert (answers.count(200), answers[-1], other.status) == (calls, 429, 200)


def test_a_session_is_in_no_key_and_in_no_variable() -> None:
    gateway = Gateway()

    kept = [gateway.ask(method, path, cookie=SESSION).variables for method, path in CLOSED]

    assert "s-1" not in repr((gateway.counts, kept))
