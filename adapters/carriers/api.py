"""How one carrier's API is spoken to: JSON over HTTPS, with a bearer token, a time-out and a circuit.

What a call came to is told apart by what may have happened there:

    Answer          the carrier has answered, also where it says no (4xx)
    NotDone         nothing has happened: it was not reached, is left alone, wants fewer calls, or does not know us
    CarrierBusy     it is not known: no answer in time, a cut connection, a 5xx, a 2xx that cannot be read
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from adapters.carriers.call import LABELS, TRACKING, Answer, Call, Grant
from adapters.carriers.tokens import TokenKeeper, TokenRefused
from adapters.circuit import Circuits, Limits
from usecases.ports.carriers import CarrierBusy
from usecases.ports.clock import Clock

if TYPE_CHECKING:
    from email.message import Message

    import httpx

CALL_SECONDS: Final = 12.0
"""Who hears of an order's payment repeats the step for half a minute: a purchase must be free again by then."""
CONNECT_SECONDS: Final = 3.0
LIMITS: Final = Limits(timeout_seconds=CALL_SECONDS, failures_to_open=10, rest_seconds=10)
MOST_BYTES: Final = 4 * 1024 * 1024
"""A label's picture comes with the answer."""
MOST_CONNECTIONS: Final = 20
SAYS_NO: Final = frozenset({400, 404, 422})

log = logging.getLogger("shop.carriers")


class NotDone(CarrierBusy):
    """Nothing has happened there: whoever asks again need not look first."""


class Api:
    """One carrier behind ``api_base``; ``grant`` is what lets us in."""

    def __init__(
        self, carrier: str, api_base: str, grant: Grant, tokens: TokenKeeper, clock: Clock
    ) -> None:
        self._carrier, self._base, self._grant, self._tokens = carrier, api_base, grant, tokens
        self._circuits = Circuits(clock, {LABELS: LIMITS, TRACKING: LIMITS})
        self._client: httpx.AsyncClient | None = None

    async def ask(self, call: Call) -> Answer:
        """The carrier's answer within ``CALL_SECONDS``. Raises ``NotDone``, ``CarrierBusy``."""
        if not self._circuits.admits(call.desk):
            raise NotDone(f"{self._carrier} is left alone for a while: {call.desk}")
        is_well = False
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._let_in(call)
            is_well = answer.status < 500 and answer.status != 429
        except TimeoutError:
            raise CarrierBusy(f"{self._carrier} did not answer in time") from None
        finally:
            self._circuits.record(call.desk, answered=is_well)
        return self._settled(call, answer)

    async def close(self) -> None:
        """Let go of every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _let_in(self, call: Call) -> Answer:
        """The answer; a token that is not accepted any more is fetched anew, once."""
        answer = await self._bearing(call)
        if answer.status != 401:
            return answer
        for grant in (self._grant, *call.tokens.values()):
            await self._tokens.drop(grant)
        return await self._bearing(call)

    async def _bearing(self, call: Call) -> Answer:
        try:
            bearer = await self._tokens.token(self._grant, self._send)
            headers = {"authorization": f"Bearer {bearer}"}
            for name, grant in call.tokens.items():
                headers[name] = await self._tokens.token(grant, self._send, bearer)
        except TokenRefused as refusal:
            raise NotDone(str(refusal)) from None
        except CarrierBusy as fault:
            raise NotDone(f"{self._carrier} gives no token: {fault}") from None
        return await self._send(call, headers | dict(call.headers))

    async def _send(self, call: Call, headers: Mapping[str, str]) -> Answer:
        import httpx  # noqa: PLC0415 - 100 ms that only a shop with carriers should pay

        content = call.body if isinstance(call.body, bytes | None) else to_json(call.body)
        usual = {} if content is None else {"content-type": "application/json"}
        request = self._opened().stream(
            call.method, f"{self._base}{call.path}", content=content, headers=usual | dict(headers)
        )
        try:
            async with request as response:
                kind = response.headers.get("content-type", "")
                return _read(response.status_code, kind, await _body(response))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise NotDone(f"{self._carrier} is not reached: {type(fault).__name__}") from None
        except httpx.HTTPError as fault:
            raise CarrierBusy(f"{self._carrier}: {type(fault).__name__}") from None

    def _settled(self, call: Call, answer: Answer) -> Answer:
        """The answer, if it is one to the question: yes, no, or that there is no such thing."""
        told = f"{self._carrier} answered {answer.status}"
        if answer.is_yes and answer.body is None:
            raise CarrierBusy(f"{told} something that cannot be read")
        if answer.is_yes or answer.status in SAYS_NO:
            return answer
        if answer.status == 408 or answer.status >= 500 or answer.status < 400:
            raise CarrierBusy(told)
        if answer.status != 429:
            log.error("a carrier does not let us in", extra=_told(self._carrier, call, answer))
        raise NotDone(told)

    def _opened(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx  # noqa: PLC0415

            logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines quote every address
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
                follow_redirects=False,
            )
        return self._client


async def _body(response: "httpx.Response") -> bytes:
    """The body; one that is too long is none."""
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            return b""
    return bytes(body)


def _read(status: int, kind: str, body: bytes) -> Answer:
    if not kind.startswith("multipart/"):
        return Answer(status, _json(body))
    from email import message_from_bytes  # noqa: PLC0415 - cold start: only labels of USPS come so

    whole = message_from_bytes(f"content-type: {kind}\r\n\r\n".encode("latin-1") + body)
    parts = [part for part in whole.walk() if not part.is_multipart()]
    told = [_text(part) for part in parts if part.get_content_type() == "application/json"]
    rest = [_text(part) for part in parts if part.get_content_type() != "application/json"]
    return Answer(status, _json(next(iter(told), "").encode()), next(iter(rest), ""))


def _text(part: "Message") -> str:
    found = part.get_payload(decode=True)
    return found.decode("latin-1").strip() if isinstance(found, bytes) else ""


def _json(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        return None


def _told(carrier: str, call: Call, answer: Answer) -> dict[str, Any]:
    """What may be logged: neither what was sent nor what was answered, since both may name a person."""
    return {
        "event.name": "carrier.refused_us",
        "shop.carrier": carrier,
        "http.request.method": call.method,
        "http.response.status_code": answer.status,
    }
