"""The one connection of a process to Stripe: the SDK's asynchronous client, and how patient we are with it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from adapters.circuit import Circuits, Limits
from adapters.stripe.faults import is_answer, translated
from adapters.stripe.settings import StripeSettings
from adapters.stripe_events import API_VERSION
from domain.keys import Keys
from usecases.ports.clock import Clock
from usecases.ports.payments import PaymentBusy
from usecases.ports.secrets import Secrets, SecretsAway

if TYPE_CHECKING:
    from stripe import HTTPXClient, RequestOptions, StripeClient, StripeObject

KEY_NAME: Final = "stripe-secret-key"
WEBHOOK_NAME: Final = "stripe-webhook-secret"
"""The secrets by their names in the vault."""

SERVICE: Final = "stripe"
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 20.0
"""A bank may take that long to say yes."""
TOTAL_SECONDS: Final = 25.0
"""All tries of a call together."""
TRIES: Final = 2
"""A connection that was cut is opened once more; a time-out is not waited for again."""
LIMITS: Final = Limits(timeout_seconds=TOTAL_SECONDS, failures_to_open=10, rest_seconds=5)
DOUBTED_EACH: Final = timedelta(minutes=1)
"""The vault is asked again for a secret that did not serve, and not more often: who forges could make us ask."""

type Call = Callable[["StripeClient", "RequestOptions"], Awaitable["StripeObject"]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: the answer, or what is raised in its place. ``trouble`` is why there was none at all."""

    answer: dict[str, Any]
    refusal: Exception | None = None
    trouble: str = ""


class StripeConnection:
    """Stripe as ``settings`` say; ``secrets`` keeps the two secrets under the names above."""

    def __init__(self, settings: StripeSettings, secrets: Secrets, clock: Clock) -> None:
        self._settings, self._secrets, self._clock = settings, secrets, clock
        self._circuits = Circuits(clock, {SERVICE: LIMITS})
        self._client: StripeClient | None = None
        self._http: HTTPXClient | None = None
        self._good_key = b""
        self._doubted: dict[str, datetime] = {}

    async def ask(self, call: Call, *, key: str = "") -> dict[str, Any]:
        """The object that the call answers. Raises the port's errors; ``KeySpent`` where a new key is needed.

        While Stripe is left alone after too many failures nobody is asked, and it is ``PaymentBusy``.
        """
        api_keys = await self._api_keys()
        if not self._circuits.admits(SERVICE):
            raise PaymentBusy("stripe is left alone for a while")
        outcome = await self._tried(call, key, api_keys)
        if outcome.refusal is not None:
            raise outcome.refusal
        return outcome.answer

    async def webhook_secrets(self) -> Keys:
        """What webhooks may be signed with: two while one is rolled. Raises ``SecretsAway``."""
        return await self._secrets.keys(WEBHOOK_NAME)

    def doubt(self, name: str) -> None:
        """A secret did not serve: ask its keeper anew next time, but not all the time."""
        now = self._clock.now()
        if now - self._doubted.get(name, now - DOUBTED_EACH) >= DOUBTED_EACH:
            self._doubted[name] = now
            self._secrets.doubt(name)

    async def close(self) -> None:
        """Let go of the connections; the next call opens anew."""
        http, self._http, self._client = self._http, None, None
        if http is not None:
            await http.close_async()  # type: ignore[no-untyped-call]  # the SDK gives it no types

    async def _tried(self, call: Call, key: str, api_keys: Sequence[bytes]) -> Outcome:
        """Ask within the time there is, and note whether Stripe is well."""
        is_well = False
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                outcome = await self._answered(call, key, api_keys)
            is_well = not outcome.trouble
        except TimeoutError as late:
            outcome = Outcome({}, PaymentBusy("stripe did not answer in time"), type(late).__name__)
        finally:
            self._circuits.record(SERVICE, answered=is_well)
        return outcome

    async def _answered(self, call: Call, key: str, api_keys: Sequence[bytes]) -> Outcome:
        import stripe  # noqa: PLC0415 - cold start: see the package

        try:
            return Outcome(await self._with_a_good_key(call, key, api_keys))
        except stripe.StripeError as fault:
            trouble = "" if is_answer(fault) else type(fault).__name__
            return Outcome({}, translated(fault), trouble)

    async def _with_a_good_key(
        self, call: Call, key: str, api_keys: Sequence[bytes]
    ) -> dict[str, Any]:
        """Ask with the key that served last, and with the other one where it is not accepted any more."""
        import stripe  # noqa: PLC0415

        refused: stripe.AuthenticationError | None = None
        for api_key in api_keys:
            options: RequestOptions = {"api_key": api_key.decode()}
            if key:
                options["idempotency_key"] = key
            try:
                answer = await self._sent(call, options)
            except stripe.AuthenticationError as fault:
                refused = fault
                continue
            self._good_key = api_key
            return answer
        self.doubt(KEY_NAME)
        assert refused is not None, "there is always a key"
        raise refused

    async def _api_keys(self) -> list[bytes]:
        try:
            keys = await self._secrets.keys(KEY_NAME)
        except SecretsAway as away:
            raise PaymentBusy(f"the key for stripe: {away}") from None
        return sorted(keys, key=lambda one: one != self._good_key)

    async def _sent(self, call: Call, options: "RequestOptions") -> dict[str, Any]:
        import httpx  # noqa: PLC0415
        import stripe  # noqa: PLC0415

        client = self._opened()
        for _ in range(TRIES - 1):
            try:
                return (await call(client, options)).to_dict()
            except stripe.APIConnectionError as fault:
                if isinstance(fault.__cause__, httpx.TimeoutException):
                    raise
        return (await call(client, options)).to_dict()

    def _opened(self) -> "StripeClient":
        """The SDK's own retries are off: it waits between them, and would repeat a time-out.

        So is its telemetry, which keeps an id in the home folder and tells of this machine, and its log, whose
        lines quote what was answered.
        """
        if self._client is None:
            import httpx  # noqa: PLC0415
            import stripe  # noqa: PLC0415

            stripe.enable_telemetry = False
            logging.getLogger(SERVICE).setLevel(logging.WARNING)
            self._http = stripe.HTTPXClient(
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
            )
            self._client = stripe.StripeClient(
                "none: each call brings its own",
                stripe_version=API_VERSION,
                base_addresses={"api": self._settings.api_base},
                http_client=self._http,
                max_network_retries=0,
            )
        return self._client
