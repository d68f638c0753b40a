"""A Key Vault with the two calls that the shop makes. Source: "Azure Key Vault REST API", Secrets, 7.x."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.adapters.https import Service


@dataclass
class Kept:
    """A version of a secret."""

    value: str
    created: datetime
    enabled: bool = True
    expires: datetime | None = None
    begins: datetime | None = None

    def attributes(self) -> dict[str, Any]:
        made = int(self.created.timestamp())
        told = {"enabled": self.enabled, "created": made, "updated": made}
        for name, moment in (("exp", self.expires), ("nbf", self.begins)):
            told |= {name: int(moment.timestamp())} if moment else {}
        return told


@dataclass
class FakeVault(Service):
    """Secrets by name, their versions in the order in which they were made; lists come one to a page."""

    secrets: dict[str, list[Kept]] = field(default_factory=dict)

    def challenge(self) -> dict[str, str]:
        place = "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111"
        text = f'Bearer authorization="{place}", resource="https://vault.azure.net"'
        return {"WWW-Authenticate": text}

    async def answer(self, request: web.BaseRequest) -> web.Response:
        _, _, name, version = request.path.split("/")
        kept = self.secrets.get(name)
        if kept is None:
            return _refused(404, "SecretNotFound")
        base = f"{request.scheme}://{request.host}/secrets/{name}"
        if version == "versions":
            return self._page(base, kept, int(request.query.get("skip", "0")))
        one = kept[int(version)]
        if not one.enabled:
            return _refused(403, "Forbidden")
        body = {"value": one.value, "id": f"{base}/{version}", "attributes": one.attributes()}
        return web.json_response(body)

    def _page(self, base: str, kept: list[Kept], skip: int) -> web.Response:
        shown = [
            {"id": f"{base}/{number}", "attributes": one.attributes()}
            for number, one in enumerate(kept)
        ][skip : skip + 1]
        more = skip + 1 < len(kept)
        following = f"{base}/versions?api-version=7.6&skip={skip + 1}" if more else None
        return web.json_response({"value": shown, "nextLink": following})


def _refused(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status)
