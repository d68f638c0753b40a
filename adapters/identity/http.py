"""The one HTTP client that the issuers are reached by; it is made when it is first needed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from adapters.telemetry.dependency import UNHEARD, Dependency
from usecases.ports.identity import IssuerAway

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS: Final = 5.0
MOST_BYTES: Final = 1024 * 1024


class Web(Protocol):
    """JSON over HTTP: a status and an object. Raises ``IssuerAway`` where there is no such answer."""

    async def get(self, url: str) -> Mapping[str, Any]:
        """The object at ``url``, whose status was 200."""

    async def post(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """The answer to a form."""


class HttpWeb:
    """The real network. ``transport`` is httpx's own; tests give another one."""

    def __init__(
        self,
        transport: "httpx.AsyncBaseTransport | None" = None,
        heard: Dependency = UNHEARD,
    ) -> None:
        self._transport, self._heard = transport, heard
        self._client: httpx.AsyncClient | None = None

    async def get(self, url: str) -> Mapping[str, Any]:
        """The object at ``url``. Raises ``IssuerAway``."""
        with self._heard.call("GET"):
            status, found = await self._sent("GET", url)
            if status != 200:
                raise IssuerAway(f"{url} answered {status}")
        return found

    async def post(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """The answer to a form; 5xx and 429 are ``IssuerAway``."""
        with self._heard.call("POST"):
            status, found = await self._sent("POST", url, data=dict(form))
            if status >= 500 or status == 429:
                raise IssuerAway(f"{url} answered {status}")
        return status, found

    async def _sent(self, method: str, url: str, **more: Any) -> tuple[int, Mapping[str, Any]]:
        import httpx  # noqa: PLC0415 - 100 ms that only those who sign in should pay

        try:
            answer = await self._opened(httpx).request(method, url, **more)
            found = answer.json() if len(answer.content) <= MOST_BYTES else None
        except (httpx.HTTPError, ValueError) as fault:
            raise IssuerAway(f"{url}: {type(fault).__name__}") from None
        if not isinstance(found, dict):
            raise IssuerAway(f"{url} answered no object")
        return answer.status_code, found

    def _opened(self, library: Any) -> "httpx.AsyncClient":
        if self._client is None:
            self._client = library.AsyncClient(
                timeout=TIMEOUT_SECONDS, transport=self._transport, follow_redirects=False
            )
        return self._client
