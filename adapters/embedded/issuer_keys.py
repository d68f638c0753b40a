"""The keys of the embedded issuer, among the records of the world: hosts share them, restarts keep them."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from adapters.embedded.world import Records, Vault
from domain.keys import text_of
from usecases.ports.clock import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

DRAWER: Final = "issuer.keys"
KEY_BITS: Final = 2048
KEPT: Final = 2
"""Keys that are published: the one that signs, and the one before it, whose tokens still live."""


class SigningKeys:
    """The newest key signs; ``rotate`` makes a newer one."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock
        self._loaded: dict[str, RSAPrivateKey] = {}

    async def sign(self, claims: dict[str, Any]) -> str:
        """The claims as a signed token."""
        import jwt  # noqa: PLC0415 - loaded when somebody signs in

        key_id, pem = await self._newest()
        if key_id not in self._loaded:
            self._loaded[key_id] = _read(pem)
        return jwt.encode(claims, self._loaded[key_id], algorithm="RS256", headers={"kid": key_id})

    async def published(self) -> dict[str, Any]:
        """The JWKS (RFC 7517)."""
        await self._newest()
        kept = await self._vault.look(lambda records: records.newest(DRAWER, KEPT))
        return {"keys": [_entry(key_id, str(record["pem"])) for key_id, record in kept]}

    async def rotate(self) -> str:
        """Make a new key, which signs from now on; its id."""
        pem, now = _made(), self._clock.now()
        return await self._vault.change(lambda records: _put(records, pem, now))

    async def _newest(self) -> tuple[str, str]:
        newest = await self._vault.look(lambda records: records.newest(DRAWER, 1))
        if not newest:
            pem, now = _made(), self._clock.now()
            await self._vault.change(
                lambda records: records.newest(DRAWER, 1) or _put(records, pem, now)
            )
            newest = await self._vault.look(lambda records: records.newest(DRAWER, 1))
        key_id, record = newest[0]
        return key_id, str(record["pem"])


def _put(records: Records, pem: str, now: datetime) -> str:
    key_id = _id_of(pem)
    records.put(DRAWER, key_id, {"pem": pem, "made_at": now.timestamp()})
    for old, _ in records.newest(DRAWER, KEPT + 2)[KEPT:]:
        records.drop(DRAWER, old)
    return key_id


def _made() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _read(pem: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey), "the issuer makes no other keys"
    return key


def _id_of(pem: str) -> str:
    return text_of(sha256(pem.encode()).digest()[:15])


def _entry(key_id: str, pem: str) -> dict[str, Any]:
    from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415

    public: dict[str, Any] = RSAAlgorithm.to_jwk(_read(pem).public_key(), as_dict=True)
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id} | {
        name: public[name] for name in ("n", "e")
    }
