"""The embedded issuer is as strict as the real one, and stricter."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from adapters.embedded.ids import SystemIds
from adapters.embedded.issuer import CODE_SECONDS, AuthorizeRefused, EmbeddedIssuer, GrantRefused
from adapters.embedded.personas import PERSONAS
from adapters.embedded.tenant import CLIENT_ID, registration
from adapters.embedded.world import MemoryVault
from tests.adapters.embedded.fixtures import StillClock
from tests.issuer_desk import _vault

BASE = "http://localhost:7071"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": f"{BASE}/api/auth/callback",
    "response_type": "code",
    "scope": "openid offline_access",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SHOP = registration(b"k" * 32, BASE, (f"{BASE}/",))
CUSTOMER = PERSONAS["customer"]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def issuer(clock: StillClock) -> EmbeddedIssuer:
    return EmbeddedIssuer(_vault(), clock, SystemIds(), SHOP)


async def code_of(issuer: EmbeddedIssuer, **changes: str) -> str:
    address = await issuer.authorize(ASKED | changes, CUSTOMER)
    return parse_qs(urlsplit(address).query)["code"][0]


def form(**fields: str) -> dict[str, str]:
    whole = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": SHOP.client_secret,
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
    }
    return whole | fields


def renewal(refresh_token: str) -> dict[str, str]:
    return form(grant_type="refresh_token", refresh_token=refresh_token)


async def refused(issuer: EmbeddedIssuer, fields: dict[str, str]) -> str:
    with pytest.raises(GrantRefused) as raised:
        await issuer.grant(fields)
    return str(raised.value)


def said(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_a_code_gives_tokens(issuer: EmbeddedIssuer) -> None:
    tokens = await issuer.grant(form(code=await code_of(issuer)))

    claims = said(tokens["id_token"])
    assert (claims["nonce"], claims["aud"], claims["ver"]) == ("n", CLIENT_ID, "2.0")
    assert said(tokens["access_token"])["aud"] != CLIENT_ID
    assert tokens["refresh_token"]


async def test_a_scope_of_the_shop_gives_a_token_for_it(issuer: EmbeddedIssuer) -> None:
    code = await code_of(issuer, scope=f"openid {CLIENT_ID}/read {CLIENT_ID}/write")

    tokens = await issuer.grant(form(code=code))

    assert said(tokens["access_token"])["scp"] == "read write"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
    ],
)
def test_a_request_is_whole(issuer: EmbeddedIssuer, change: dict[str, str], fault: str) -> None:
    assert issuer.fault(ASKED | change) == fault


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "other"},
        {"redirect_uri": f"{BASE}/api/auth/callback/"},
        {"redirect_uri": f"{BASE}/api/auth/callback?x"},
        {"redirect_uri": "http://evil.example/api/auth/callback"},
    ],
)
def test_the_browser_is_sent_to_registered_addresses_only(
    issuer: EmbeddedIssuer, change: dict[str, str]
) -> None:
    with pytest.raises(AuthorizeRefused):
        issuer.fault(ASKED | change)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "other"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://localhost/"}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
    ],
)
async def test_a_wrong_grant_is_refused(
    issuer: EmbeddedIssuer, change: dict[str, str], error: str
) -> None:
    code = await code_of(issuer)

    assert await refused(issuer, form(code=code) | change) == error


async def test_a_wrong_verifier_burns_the_code(issuer: EmbeddedIssuer) -> None:
    code = await code_of(issuer)
    await refused(issuer, form(code=code, code_verifier="w" * 43))

    assert await refused(issuer, form(code=code)) == "invalid_grant"


async def test_a_code_used_twice_ends_what_came_of_it(issuer: EmbeddedIssuer) -> None:
    code = await code_of(issuer)
    tokens = await issuer.grant(form(code=code))

    assert await refused(issuer, form(code=code)) == "invalid_grant"
    assert await refused(issuer, renewal(tokens["refresh_token"])) == "invalid_grant"


async def test_a_code_lives_a_minute(issuer: EmbeddedIssuer, clock: StillClock) -> None:
    code = await code_of(issuer)
    clock.move(CODE_SECONDS + 1)

    assert await refused(issuer, form(code=code)) == "invalid_grant"


async def test_old_codes_are_forgotten(clock: StillClock) -> None:
    vault = MemoryVault()
    issuer = EmbeddedIssuer(vault, clock, SystemIds(), SHOP)
    await code_of(issuer)
    clock.move(3 * CODE_SECONDS)
    await refused(issuer, form(code="x"))

    assert await vault.look(lambda records: records.oldest("issuer.codes", 9)) == []


async def test_a_refresh_token_used_twice_ends_its_family(issuer: EmbeddedIssuer) -> None:
    first = await issuer.grant(form(code=await code_of(issuer)))
    second = await issuer.grant(renewal(first["refresh_token"]))
    assert "nonce" not in said(second["id_token"])

    assert await refused(issuer, renewal(first["refresh_token"])) == "invalid_grant"
    assert await refused(issuer, renewal(second["refresh_token"])) == "invalid_grant"
    assert await refused(issuer, renewal("made-up")) == "invalid_grant"


async def test_a_rotated_key_signs_and_the_one_before_is_still_published(
    clock: StillClock,
) -> None:
    issuer = EmbeddedIssuer(MemoryVault(), clock, SystemIds(), SHOP)
    old = jwt.get_unverified_header(await issuer.access_token(CUSTOMER))["kid"]
    for _ in range(2):
        new = await issuer.keys.rotate()
        published = [key["kid"] for key in (await issuer.keys.published())["keys"]]
        assert jwt.get_unverified_header(await issuer.access_token(CUSTOMER))["kid"] == new
        assert published[0] == new
        assert len(published) == 2

    assert old not in published


async def test_a_disabled_account_is_refused_with_the_state(issuer: EmbeddedIssuer) -> None:
    address = await issuer.authorize(ASKED, PERSONAS["disabled"])

    query = parse_qs(urlsplit(address).query)
    assert query == {"error": ["access_denied"], "state": ["s"]}
