"""The client's side of a sign-in: what it sends, what it takes, and what it does while the issuer is away."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from adapters.identity.discovery import FRESH, Discovery
from adapters.identity.entrance import entrance
from adapters.identity.http import MOST_BYTES, HttpWeb
from adapters.identity.oidc import Desks
from adapters.identity.proof import (
    ASSERTION_TYPE,
    EXCHANGE_SCOPE,
    ManagedIdentityProof,
    SecretProof,
    proof_for,
)
from adapters.identity.sealing import AesSealer
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.identity.forge import CLIENT_ID, ISSUER, SETTINGS, entry, token
from usecases.ports.identity import Asked, IssuerAway, SignInRefused

AT = "https://login.example"
DESCRIPTION = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{AT}/authorize",
    "token_endpoint": f"{AT}/token",
    "jwks_uri": f"{AT}/keys",
    "end_session_endpoint": f"{AT}/logout",
}
GOOD = {"id_token": token(aud=CLIENT_ID, scp=None, nonce="n"), "refresh_token": "r-1"}


class Told:
    """An issuer that answers what a test told it to."""

    def __init__(self) -> None:
        self.description: Mapping[str, Any] = DESCRIPTION
        self.answer: tuple[int, Mapping[str, Any]] = (200, GOOD)
        self.forms: list[Mapping[str, str]] = []
        self.away = False
        self.gets = 0

    async def get(self, url: str) -> Mapping[str, Any]:
        self.gets += 1
        if self.away:
            raise IssuerAway("away")
        return {"keys": [entry("k1")]} if url.endswith("/keys") else self.description

    async def post(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        self.forms.append(form)
        return self.answer


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def desks(told: Told) -> Desks:
    _, found = entrance(
        [SETTINGS], told, StillClock(), redirect_uri="https://api/cb", identity_client_id="mi"
    )
    found._desks["customers"]._proof = SecretProof("hush")
    return found


async def exchange(desks: Desks) -> str:
    tokens = await desks.exchange("customers", code="c", verifier="v", nonce="n")
    return tokens.refresh_token


async def test_a_code_is_exchanged_with_verifier_and_proof(told: Told, desks: Desks) -> None:
    assert await exchange(desks) == "r-1"

    (form,) = told.forms
    assert form["grant_type"] == "authorization_code"
    assert (form["code"], form["code_verifier"]) == ("c", "v")
    assert (form["redirect_uri"], form["client_secret"]) == ("https://api/cb", "hush")


async def test_a_refresh_token_is_not_shown(desks: Desks) -> None:
    tokens = await desks.refresh("customers", "r-0")

    assert "r-1" not in repr(tokens)


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "invalid_grant"}),
        (200, {}),
        (200, GOOD | {"id_token": 7}),
        (200, GOOD | {"id_token": token(aud=CLIENT_ID, scp=None, nonce="other")}),
        (200, GOOD | {"id_token": token()}),
        (200, GOOD | {"refresh_token": ""}),
        (200, GOOD | {"refresh_token": "r" * 10_000}),
    ],
)
async def test_what_is_not_good_is_refused(
    told: Told, desks: Desks, answer: tuple[int, Mapping[str, Any]]
) -> None:
    told.answer = answer

    with pytest.raises(SignInRefused):
        await exchange(desks)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://other/v2.0"},
        {"token_endpoint": "http://login.example/token"},
        {"jwks_uri": None},
        {"end_session_endpoint": "javascript:x"},
    ],
)
async def test_a_strange_description_is_no_answer(
    told: Told, desks: Desks, change: Mapping[str, Any]
) -> None:
    told.description = {**DESCRIPTION, **change}

    with pytest.raises(IssuerAway):
        await desks.address("customers", Asked(state="s", nonce="n", challenge="c"))


async def test_addresses_serve_while_the_issuer_is_away(told: Told) -> None:
    clock = StillClock()
    discovery = Discovery(SETTINGS, told, clock)
    await discovery.address("token_endpoint")
    told.away = True
    clock.move(FRESH.total_seconds() + 1)

    assert await discovery.address("token_endpoint") == f"{AT}/token"


async def test_the_issuers_own_session_ends_at_its_address(desks: Desks) -> None:
    address = await desks.end_address("customers", "https://shop/")

    assert address.startswith(f"{AT}/logout?client_id={CLIENT_ID}&post_logout_redirect_uri=")
    assert desks.names == ("customers",)
    assert desks.self_service("customers").startswith("https://mysignins.microsoft.com")


class Credential:
    """Azure's credential, as far as it is used."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[str] = []

    async def get_token(self, scope: str) -> Any:
        self.asked.append(scope)
        if self.error:
            raise self.error
        return type("Token", (), {"token": "assertion"})()


async def test_the_managed_identity_asserts_who_the_client_is() -> None:
    credential = Credential()

    fields = await ManagedIdentityProof("mi", credential).fields()

    assert fields == {"client_assertion_type": ASSERTION_TYPE, "client_assertion": "assertion"}
    assert credential.asked == [EXCHANGE_SCOPE]


async def test_without_an_assertion_nobody_can_sign_in() -> None:
    from azure.core.exceptions import ClientAuthenticationError

    with pytest.raises(IssuerAway):
        await ManagedIdentityProof("mi", Credential(ClientAuthenticationError("no"))).fields()


async def test_a_credential_is_made_when_it_is_needed() -> None:
    proof = proof_for(SETTINGS, "mi")

    assert isinstance(proof, ManagedIdentityProof)
    credential = proof._identity.credential()
    assert credential is proof._identity.credential()
    await credential.close()


def web_that(answers: httpx.Response | Exception) -> HttpWeb:
    """The network, with one answer."""

    def handle(_request: httpx.Request) -> httpx.Response:
        if isinstance(answers, Exception):
            raise answers
        return answers

    return HttpWeb(httpx.MockTransport(handle))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no"),
        httpx.ReadTimeout("late"),
        httpx.Response(503, json={}),
        httpx.Response(302, headers={"location": "https://evil.example"}, json={}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, content=b'{"a":"' + b"x" * MOST_BYTES + b'"}'),
    ],
)
async def test_what_is_no_object_is_no_answer(answer: Any) -> None:
    with pytest.raises(IssuerAway) as raised:
        await web_that(answer).get("https://login.example/x")

    assert "evil" not in str(raised.value)


async def test_objects_and_refusals_come_through() -> None:
    assert await web_that(httpx.Response(200, json={"a": 1})).get("https://x/") == {"a": 1}
    refused = httpx.Response(400, json={"error": "invalid_grant"})
    assert await web_that(refused).post("https://x/", {}) == (400, {"error": "invalid_grant"})
    with pytest.raises(IssuerAway):
        await web_that(httpx.Response(429, json={})).post("https://x/", {})


def test_what_is_sealed_opens_for_its_purpose_only() -> None:
    sealer = AesSealer(b"k" * 32)
    sealed = sealer.seal("one", b"secret")

    assert sealer.open("one", sealed) == b"secret"
    assert sealed != sealer.seal("one", b"secret")
    changed = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    for bad in (changed, sealed[:-4], "", "%%%", "é", "AAAA"):
        assert sealer.open("one", bad) is None
    assert sealer.open("two", sealed) is None
    assert AesSealer(b"x" * 32).open("one", sealed) is None
