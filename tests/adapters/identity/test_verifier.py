"""Tokens that are good, and every way that we know of to be not."""

import re
from typing import Any

import pytest

from adapters.identity.verifier import TokenVerifiers, ceiling_of
from domain.access import Role
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.identity.forge import (
    CLIENT_ID,
    ISSUER,
    NOW,
    OTHER_TENANT,
    TENANT,
    Publisher,
    claims,
    hs256_with_public_key,
    part,
    token,
    verifier,
    verifiers,
)
from usecases.ports.identity import Identified, IssuerAway


@pytest.fixture
def publisher() -> Publisher:
    return Publisher("k1")


@pytest.fixture
def identity(publisher: Publisher) -> TokenVerifiers:
    return verifiers(publisher, StillClock())


async def test_a_good_token_speaks_for_its_person(identity: TokenVerifiers) -> None:
    assert await identity.verify(token()) == Identified(
        issuer=ISSUER,
        subject="person-1",
        ceiling=Role.CUSTOMER,
        scopes=frozenset({"access_as_user"}),
        email="one@example.com",
        name="Customer One",
        issued_at=NOW,
    )


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"iat": NOW - 7200, "nbf": NOW - 7200, "exp": NOW - 61},
    "expired at the edge of the skew": {"iat": NOW - 7200, "exp": NOW - 60},
    "not yet valid": {"nbf": NOW + 61},
    "issued in the future": {"iat": NOW + 61},
    "valid for a month": {"exp": NOW + 30 * 24 * 3600},
    "without an expiry": {"exp": None},
    "without a time of issue": {"iat": None},
    "expiry as text": {"exp": "9999999999"},
    "expiry as truth": {"exp": True},
    "infinite expiry": {"exp": float("inf")},
    "no number of an expiry": {"exp": float("nan")},
    "enormous expiry": {"exp": 10**30},
    "other audience": {"aud": "api://other"},
    "several audiences": {"aud": ["api://shop", "api://other"]},
    "without an audience": {"aud": None},
    "other issuer": {"iss": f"https://login.example/{OTHER_TENANT}/v2.0"},
    "issuer in capitals": {"iss": ISSUER.upper()},
    "issuer as a list": {"iss": [ISSUER]},
    "without an issuer": {"iss": None},
    "v1 issuer": {"iss": f"https://sts.windows.net/{TENANT}/"},
    "version 1": {"ver": "1.0"},
    "without a version": {"ver": None},
    "wrong tenant": {"tid": OTHER_TENANT},
    "without a tenant": {"tid": None},
    "without a subject": {"oid": None},
    "empty subject": {"oid": ""},
    "subject as a number": {"oid": 7},
    "an id token": {"aud": CLIENT_ID, "scp": None, "nonce": "n"},
    "an id token for our audience": {"scp": None},
    "an id token with a scope": {"nonce": "n"},
    "an application's own token": {"scp": None, "idtyp": "app"},
    "scope as a list": {"scp": ["access_as_user"]},
}


@pytest.mark.parametrize("why", WRONG_CLAIMS)
async def test_a_token_with_wrong_claims_is_refused(identity: TokenVerifiers, why: str) -> None:
    assert await identity.verify(token(**WRONG_CLAIMS[why])) is None


GOOD = token()
HEAD, BODY, SIGNATURE = GOOD.split(".")
FORGED = {
    "unsigned": f"{part({'alg': 'none', 'kid': 'k1'})}.{BODY}.",
    "none, with a signature": f"{part({'alg': 'none', 'kid': 'k1'})}.{BODY}.{SIGNATURE}",
    "None in capitals": f"{part({'alg': 'NONE', 'kid': 'k1'})}.{BODY}.{SIGNATURE}",
    "HS256 with the public key": hs256_with_public_key(),
    "another algorithm's name": f"{part({'alg': 'RS512', 'kid': 'k1'})}.{BODY}.{SIGNATURE}",
    "without an algorithm": f"{part({'kid': 'k1'})}.{BODY}.{SIGNATURE}",
    "other claims": f"{HEAD}.{part(claims(roles=['admin']))}.{SIGNATURE}",
    "no signature": f"{HEAD}.{BODY}.",
    "signature cut": GOOD[:-2],
    "signature twice": f"{GOOD}.{SIGNATURE}",
    "a stranger's key": token("stranger", headers={"kid": "k1"}),
    "a stranger's key of its own name": token("stranger"),
    "a key in the header": token("stranger", headers={"kid": "k1", "jwk": {"kty": "RSA"}}),
    "keys elsewhere": token("stranger", headers={"kid": "k1", "jku": "https://evil.example/keys"}),
    "a certificate in the header": token("stranger", headers={"kid": "k1", "x5u": "https://evil"}),
    "critical extensions": token(headers={"crit": ["exp"]}),
    "key id as a path": token("stranger", headers={"kid": "../../../dev/null"}),
    "key id as a number": f"{part({'alg': 'RS256', 'kid': 1})}.{BODY}.{SIGNATURE}",
    "without a key id": f"{part({'alg': 'RS256'})}.{BODY}.{SIGNATURE}",
    "long key id": f"{part({'alg': 'RS256', 'kid': 'k' * 201})}.{BODY}.{SIGNATURE}",
    "huge": GOOD + "A" * 20_000,
    "huge with dots": "." * 1_000_000,
    "empty": "",
    "dots": "..",
    "words": "not a token",
    "no base 64": "%%%.%%%.%%%",
    "no JSON": "YWJj.YWJj.YWJj",
    "a header that is a list": f"{part([])}.{BODY}.{SIGNATURE}",
    "claims that are a list": f"{HEAD}.{part([])}.{SIGNATURE}",
    "claims that are no JSON": f"{HEAD}.YWJj.{SIGNATURE}",
    "nested deeply": f"{HEAD}.{'W10' * 4000}.{SIGNATURE}",
    "not ASCII": GOOD[:-1] + "é",
    "line breaks": GOOD + "\n",
    "encrypted": f"{part({'alg': 'RSA-OAEP', 'enc': 'A256GCM'})}.a.b.c.d",
}


@pytest.mark.parametrize("why", FORGED)
async def test_a_forged_token_is_refused(identity: TokenVerifiers, why: str) -> None:
    assert await identity.verify(FORGED[why]) is None


async def test_the_skew_is_a_minute(identity: TokenVerifiers) -> None:
    early = token(iat=NOW + 60, nbf=NOW + 60)
    late = token(iat=NOW - 7200, nbf=NOW - 7200, exp=NOW - 59)

    assert await identity.verify(early) is not None
    assert await identity.verify(late) is not None


async def test_a_token_dies_by_our_clock(publisher: Publisher) -> None:
    clock = StillClock()
    identity = verifiers(publisher, clock)
    assert await identity.verify(token()) is not None

    clock.move(3600 + 60)

    assert await identity.verify(token()) is None


@pytest.mark.parametrize(
    ("roles", "ceiling"),
    [
        (None, Role.ADMIN),
        ([], Role.CUSTOMER),
        (["customer"], Role.CUSTOMER),
        (["staff", "customer"], Role.STAFF),
        (["admin"], Role.ADMIN),
        (["owner", 7, {}, None], Role.CUSTOMER),
        ("admin", Role.CUSTOMER),
        (["ADMIN", "system"], Role.CUSTOMER),
    ],
)
def test_a_claim_leaves_the_highest_role_that_it_names(roles: Any, ceiling: Role) -> None:
    assert ceiling_of(roles) == ceiling


@pytest.mark.parametrize(
    ("told", "email"),
    [
        ({}, "one@example.com"),
        ({"email_verified": None}, ""),
        ({"email_verified": False}, ""),
        ({"email_verified": "yes"}, ""),
        ({"email_verified": None, "xms_edov": "1"}, "one@example.com"),
        ({"email": "no address"}, ""),
        ({"email": ["one@example.com"]}, ""),
        ({"email": "a" * 260 + "@example.com"}, ""),
    ],
)
async def test_an_address_counts_only_where_the_issuer_vouches_for_it(
    identity: TokenVerifiers, told: dict[str, Any], email: str
) -> None:
    found = await identity.verify(token(**told))

    assert found is not None
    assert found.email == email


async def test_an_id_token_is_good_for_its_own_sign_in_only(publisher: Publisher) -> None:
    desk = verifier(publisher, StillClock())
    good = token(aud=CLIENT_ID, scp=None, nonce="n-1")

    assert await desk.id_token(good, "n-1") is not None
    assert await desk.id_token(good, None) is not None
    assert await desk.id_token(good, "n-2") is None
    assert await desk.id_token(token(aud=CLIENT_ID, scp=None), "n-1") is None
    assert await desk.id_token(token(nonce="n-1"), "n-1") is None
    assert await desk.id_token(token(aud=CLIENT_ID, nonce="n-1"), "n-1") is None


async def test_garbage_never_reaches_the_issuer(publisher: Publisher) -> None:
    identity = verifiers(publisher, StillClock())
    for bad in ("", "..", "a.b.c", hs256_with_public_key(), token(iss="https://other/v2.0")):
        assert await identity.verify(bad) is None

    assert publisher.fetches == 0


async def test_without_any_keys_nobody_can_tell(publisher: Publisher) -> None:
    publisher.away = True

    with pytest.raises(IssuerAway):
        await verifiers(publisher, StillClock()).verify(token())


def test_the_claims_of_the_suite_are_the_plans() -> None:
    assert re.fullmatch(r"https://.*/[0-9a-f-]{36}/v2\.0", claims()["iss"])
