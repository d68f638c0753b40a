"""An HTTPS server on this machine, with a certificate made for the test, and who signs in to it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import web
from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

type Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]

GOOD_TOKEN = "good-token"


@dataclass
class Credential:
    """A managed identity's stand-in: gives out ``token`` and remembers what it was asked for."""

    token: str = GOOD_TOKEN
    scopes: list[str] = field(default_factory=list)

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken(self.token, int(datetime.now(UTC).timestamp()) + 3600)

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Service:
    """What every fake service can do: check the token, be throttled, fail, count its requests."""

    requests: list[str] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def fail(self, status: int, **headers: str) -> None:
        """Answer everything with this status; 0 ends it."""
        self.status, self.headers = status, headers

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Whatever is asked for."""
        token = request.headers.get("Authorization", "")
        if token != f"Bearer {GOOD_TOKEN}":
            return web.Response(status=401, headers=self.challenge())
        self.requests.append(f"{request.method} {request.path}")
        if self.status:
            return web.json_response({}, status=self.status, headers=self.headers)
        return await self.answer(request)

    def challenge(self) -> dict[str, str]:
        """What a stranger is told."""
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """The answer to somebody who has signed in."""
        raise NotImplementedError


def certificate(folder: Path) -> Path:
    """A certificate for this machine and its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@asynccontextmanager
async def served(handler: Handler, certificate_file: Path) -> AsyncIterator[str]:
    """The service's address while it is up."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate_file)
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
