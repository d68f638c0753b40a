"""The issuer's pages, and the tokens for scripts."""

import json

from adapters.embedded.tenant import CLIENT_ID
from local.issuer import AUTHORIZE, DISCOVERY, KEYS, PREFIX, ROTATE, SIGN_OUT, TOKEN, IssuerPages
from local.tokens import TokenPage
from tests.adapters.embedded.test_issuer import ASKED
from tests.issuer_desk import BASE, issuer

PAGES = IssuerPages(issuer(b"k" * 32), BASE)


async def test_it_describes_itself_and_its_keys() -> None:
    _, _, body = await PAGES(DISCOVERY, {}, b"")
    _, _, keys = await PAGES(KEYS, {}, b"")

    assert json.loads(body)["token_endpoint"] == f"{BASE}{TOKEN}"
    assert json.loads(body)["code_challenge_methods_supported"] == ["S256"]
    assert set(json.loads(keys)["keys"][0]) == {"kty", "use", "alg", "kid", "n", "e"}


async def test_it_asks_who_is_there_and_offers_everybody() -> None:
    status, _, body = await PAGES(AUTHORIZE, ASKED | {"state": '"><script>'}, b"")

    assert status == 200
    assert b"First Customer" in body
    assert b"<script>" not in body


async def test_a_faulty_request_goes_back_with_its_error_and_a_foreign_one_nowhere() -> None:
    _, headers, _ = await PAGES(AUTHORIZE, ASKED | {"response_type": "token"}, b"")
    status, without, _ = await PAGES(AUTHORIZE, ASKED | {"client_id": "x"}, b"")

    assert "error=unsupported_response_type" in headers["location"]
    assert (status, "location" in without) == (400, False)


async def test_secrets_are_taken_from_a_form_only() -> None:
    status, _, body = await PAGES(TOKEN, {"client_id": CLIENT_ID}, b"grant_type=x")
    wrong, _, _ = await PAGES(TOKEN, {}, b"")

    assert (status, json.loads(body)) == (401, {"error": "invalid_client"})
    assert wrong == 401


async def test_a_sign_out_returns_to_registered_pages_only() -> None:
    _, headers, _ = await PAGES(SIGN_OUT, {"post_logout_redirect_uri": f"{BASE}/"}, b"")
    status, without, _ = await PAGES(SIGN_OUT, {"post_logout_redirect_uri": "//evil"}, b"")

    assert headers["location"] == f"{BASE}/"
    assert (status, "location" in without) == (200, False)


async def test_it_has_a_first_page_and_no_others() -> None:
    status, _, body = await PAGES(PREFIX, {}, b"")
    missing, _, _ = await PAGES(f"{PREFIX}/x", {}, b"")
    rotated, _, kid = await PAGES(ROTATE, {}, b"")

    assert (status, missing, rotated) == (200, 404, 200)
    assert b"/api/auth/login" in body
    assert json.loads(kid)["kid"]


async def test_scripts_get_tokens_of_personas() -> None:
    page = TokenPage(issuer(b"k" * 32))

    _, _, body = await page("", {"role": "customer2"}, b"")
    unknown, _, _ = await page("", {"role": "owner"}, b"")
    disabled, _, _ = await page("", {"role": "disabled"}, b"")

    assert json.loads(body)["token"].count(".") == 2
    assert (unknown, disabled) == (404, 404)
