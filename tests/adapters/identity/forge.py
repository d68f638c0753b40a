"""An issuer's signing desk, and a forger's: keys, key documents and tokens with any claims and headers."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from adapters.identity.keyring import KeyRing
from adapters.identity.settings import IssuerSettings
from adapters.identity.verifier import TokenVerifier, TokenVerifiers
from tests.adapters.embedded.fixtures import NOON, StillClock
from usecases.ports.identity import IssuerAway

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"
ISSUER = f"https://login.example/{TENANT}/v2.0"
AUDIENCE = "api://shop"
CLIENT_ID = "client-1"
SETTINGS = IssuerSettings(
    name="customers",
    issuer=ISSUER,
    authority=f"https://login.example/{TENANT}",
    audience=AUDIENCE,
    client_id=CLIENT_ID,
)
NOW = int(NOON.timestamp())


def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The private key of that name, the same within a run."""
    return _made(name, bits)


@cache
def _made(name: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def entry(name: str, bits: int = 2048, **changes: Any) -> dict[str, Any]:
    """The key as a JWKS lists it."""
    made: dict[str, Any] = RSAAlgorithm.to_jwk(key(name, bits).public_key(), as_dict=True)
    return made | {"kid": name, "use": "sig"} | changes


def claims(**changes: Any) -> dict[str, Any]:
    """What a good access token says; a change to ``None`` leaves the claim out."""
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "tid": TENANT,
        "oid": "person-1",
        "ver": "2.0",
        "scp": "access_as_user",
        "roles": ["customer"],
        "email": "one@example.com",
        "email_verified": True,
        "name": "Customer One",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 3600,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(signer: str = "k1", headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """A signed token; ``headers`` replace the usual ones."""
    heads = {"kid": signer, **(headers or {})}
    body = json.dumps(claims(**changes)).encode()
    return jwt.PyJWS().encode(body, key(signer), algorithm="RS256", headers=heads)


def part(value: Any) -> str:
    """A part of a token: JSON in URL-safe base 64."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def hs256_with_public_key() -> str:
    """The classic confusion: the public key, which everybody has, used as the secret of an HMAC."""
    pem = key("k1").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{part({'alg': 'HS256', 'kid': 'k1', 'typ': 'JWT'})}.{part(claims())}"
    mac = base64.urlsafe_b64encode(hmac.digest(pem, body.encode(), hashlib.sha256))
    return f"{body}.{mac.rstrip(b'=').decode()}"


class Publisher:
    """What an issuer publishes: the keys of these names; ``away`` while it does not answer."""

    def __init__(self, *names: str) -> None:
        self.entries = [entry(name) for name in names]
        self.away = False
        self.fetches = 0

    async def fetch(self) -> Mapping[str, Any]:
        self.fetches += 1
        if self.away:
            raise IssuerAway("away")
        return {"keys": list(self.entries)}


def verifiers(publisher: Publisher, clock: StillClock) -> TokenVerifiers:
    """The port, over one issuer."""
    return TokenVerifiers([verifier(publisher, clock)])


def verifier(publisher: Publisher, clock: StillClock) -> TokenVerifier:
    """The verifier of the one issuer."""
    return TokenVerifier(SETTINGS, KeyRing(publisher.fetch, clock), clock)
