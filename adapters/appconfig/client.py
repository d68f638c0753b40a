"""Azure App Configuration over its REST API: four calls do not need an SDK.

Source: "Azure App Configuration REST API", Key-values, version 2023-11-01. Keys are used as they are, without a label.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from adapters.azure_answers import retry_after_of
from adapters.managed_identity import ManagedIdentity
from adapters.telemetry.dependency import UNHEARD, Dependency
from domain.setting import SettingLocked
from usecases.ports.configuration import ConfigurationAway
from usecases.ports.store import VersionConflict

if TYPE_CHECKING:
    import httpx

API_VERSION: Final = "2023-11-01"
SCOPE: Final = "https://azconfig.io/.default"
WRITTEN_AS: Final = "application/vnd.microsoft.appconfig.kv+json"
NO_LABEL: Final = "%00"
"""As it stands in an address: the label of what has none."""

TIMEOUT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 10.0
PAGE_SIZE: Final = 100
"""The service's own. A page has a version, the list has none: a full page may stay while the list grows."""

MOST_PAGES: Final = 20
"""Others may keep theirs in the same store."""

_EXPECTED: Final = frozenset({200, 304, 404, 412})


class AppConfigurationClient:
    """The store at ``endpoint``; ``credential`` is azure-identity's, ``transport`` httpx's, tests give others."""

    def __init__(
        self,
        endpoint: str,
        *,
        client_id: str = "",
        credential: Any = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        heard: Dependency = UNHEARD,
    ) -> None:
        self._endpoint, self._transport, self._heard = endpoint.rstrip("/"), transport, heard
        self._identity = ManagedIdentity(client_id, credential)
        self._client: httpx.AsyncClient | None = None
        self._seen: Mapping[str, str] = {}
        self._seen_etag = ""

    async def all(self) -> Mapping[str, str]:
        """Every value by key; one request that is answered "not modified" while nothing changes.

        Raises ``ConfigurationAway``.
        """
        conditions = {"If-None-Match": self._seen_etag} if self._seen_etag else {}
        path = f"/kv?key=*&label={NO_LABEL}&api-version={API_VERSION}"
        answer = await self._sent("GET", path, conditions)
        if answer.status_code == 304:
            return self._seen
        values, pages = _values(answer), 1
        while (path := _next_of(answer)) and pages < MOST_PAGES:
            answer = await self._sent("GET", path, {})
            values, pages = values | _values(answer), pages + 1
        is_whole = pages == 1 and len(values) < PAGE_SIZE
        self._seen_etag = answer.headers.get("etag", "") if is_whole else ""
        self._seen = values
        return values

    async def one(self, key: str) -> tuple[str | None, str]:
        """A value and its version; ``None`` and empty where there is none. Raises ``ConfigurationAway``."""
        answer = await self._sent("GET", _path(key), {})
        if answer.status_code == 404:
            return None, ""
        return str(_object(answer).get("value") or ""), answer.headers.get("etag", "")

    async def put(self, key: str, value: str, etag: str) -> None:
        """Write a value that is at that version.

        Raises ``VersionConflict``, ``SettingLocked``, ``ConfigurationAway``.
        """
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = condition | {"Content-Type": WRITTEN_AS}
        answer = await self._sent("PUT", _path(key), headers, {"value": value})
        if answer.status_code == 412:
            raise VersionConflict(f"{key} was changed", key)
        if answer.status_code != 200:
            raise ConfigurationAway(f"writing {key} was answered {answer.status_code}")

    async def close(self) -> None:
        """Let go of the connections; the next call opens anew."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
        await self._identity.close()

    async def _sent(
        self, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> "httpx.Response":
        with self._heard.call(method):
            return await self._answer(method, path, headers, body)

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> "httpx.Response":
        import httpx  # noqa: PLC0415 - 100 ms that the first answer should not pay

        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                signed = dict(headers) | {"Authorization": f"Bearer {await self._token()}"}
                url = self._endpoint + path
                client = self._opened(httpx)
                answer = await client.request(method, url, headers=signed, json=body)
        except (httpx.HTTPError, TimeoutError) as fault:
            raise ConfigurationAway(f"{method} {path}: {type(fault).__name__}") from None
        if answer.status_code == 409:
            raise SettingLocked
        if answer.status_code not in _EXPECTED:
            message = f"{method} {path} was answered {answer.status_code}"
            raise ConfigurationAway(message, retry_after_of(answer.headers))
        return answer

    async def _token(self) -> str:
        """The library keeps it while it is good. Raises ``ConfigurationAway``."""
        from azure.core.exceptions import AzureError  # noqa: PLC0415

        try:
            token: str = (await self._identity.credential().get_token(SCOPE)).token
        except AzureError as fault:
            raise ConfigurationAway(f"no token: {type(fault).__name__}") from None
        return token

    def _opened(self, library: Any) -> "httpx.AsyncClient":
        if self._client is None:
            self._client = library.AsyncClient(timeout=TIMEOUT_SECONDS, transport=self._transport)
        return self._client


def _path(key: str) -> str:
    return f"/kv/{quote(key, safe='')}?label={NO_LABEL}&api-version={API_VERSION}"


def _object(answer: "httpx.Response") -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if answer.status_code != 200 or not isinstance(found, dict):
        raise ConfigurationAway(f"{answer.request.url.path} answered no list of values")
    return found


def _values(answer: "httpx.Response") -> dict[str, str]:
    items = _object(answer).get("items", [])
    return {str(one["key"]): str(one.get("value") or "") for one in items}


def _next_of(answer: "httpx.Response") -> str:
    """The address of the next page, relative to the store; anything else is not followed."""
    address = str(_object(answer).get("@nextLink") or "")
    return address if address.startswith("/kv?") else ""
