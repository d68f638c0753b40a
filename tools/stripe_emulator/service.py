"""The API: what each request asks, in the order in which Stripe looks at it."""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tools.stripe_emulator import auth, intents, methods, pages, refunds
from tools.stripe_emulator.account import API_VERSION, Account, Thing
from tools.stripe_emulator.expanding import expanded
from tools.stripe_emulator.faults import Fault, Faults
from tools.stripe_emulator.forms import Fields, read
from tools.stripe_emulator.idempotency import Keys
from tools.stripe_emulator.listing import listed
from tools.stripe_emulator.refusal import Refusal
from tools.stripe_emulator.webhooks import Webhooks
from tools.stripe_emulator.wire import Answer, ConnectionDropped, Request

CONTROL: Final = "_emulator"
"""The path under which switches are set and the log is read; Stripe has no such thing."""

_MOST_LOGGED: Final = 10_000
_LISTS: Final = {"payment_intents": "payment_intent", "refunds": "refund"}


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered; ``status`` is 0 where the connection was dropped instead."""

    sort: str
    path: str
    status: int
    key: str
    version: str


class Emulator:
    """One account behind the API. ``now`` gives seconds since 1970."""

    def __init__(
        self, *, keys: Sequence[str] = (auth.KEY,), now: Callable[[], float] = time.time
    ) -> None:
        self.account = Account(now, keys)
        self.webhooks = Webhooks(now)
        self.account.tell = self._tell
        self.faults, self.keys = Faults(), Keys(now)
        self.log: deque[Logged] = deque(maxlen=_MOST_LOGGED)

    async def answer(self, request: Request) -> Answer:
        """What Stripe answers. Raises ``ConnectionDropped``."""
        if request.segments[:1] == (CONTROL,):
            return self._control(request)
        if request.segments[:1] == (pages.AUTHENTICATE,):
            return pages.answer(self.account, request)
        try:
            answer = await self._asked(request)
        except ConnectionDropped:
            self._note(request, 0)
            raise
        self._note(request, answer.status)
        key = request.headers.get("idempotency-key")
        told = {"Request-Id": f"req_{secrets.token_hex(7)}", "Stripe-Version": API_VERSION}
        told |= {"Idempotency-Key": key} if key else {}
        return Answer(answer.status, answer.body, {**told, **answer.headers})

    def authenticate(self, intent_id: str, *, succeeds: bool = True) -> None:
        """The customer answers the question of her bank."""
        intents.authenticate(self.account, intent_id, succeeds=succeeds)

    def _tell(self, event: Thing) -> None:
        self.account.events.append(event)
        self.webhooks.tell(event)

    def _note(self, request: Request, status: int) -> None:
        given = request.headers
        key, version = given.get("idempotency-key", ""), given.get("stripe-version", "")
        self.log.append(Logged(request.sort, request.path, status, key, version))

    def _control(self, request: Request) -> Answer:
        if request.method == "POST":
            self.faults.set_json(json.loads(request.body))
        return Answer(200, [[each.sort, each.path, each.status, each.key] for each in self.log])

    async def _asked(self, request: Request) -> Answer:
        try:
            auth.check(request, self.account.keys)
            auth.version_of(request)
            kept = self.keys.begin(request)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)
        fault = self.faults.next(request.sort, is_write=request.is_write)
        if kept is not None:
            return await _replayed(kept, fault)
        try:
            return await self._begun(request, fault)
        finally:
            self.keys.forget(request)

    async def _begun(self, request: Request, fault: Fault | None) -> Answer:
        if fault is None:
            return self._done(request)
        await asyncio.sleep(fault.delay_seconds)
        answer = self._done(request, is_kept=not fault.is_kept) if fault.is_done else None
        if fault.drops:
            raise ConnectionDropped
        if fault.status:
            answer = _failed(fault)
            if fault.is_kept:
                self.keys.keep(request, answer)
        assert answer is not None
        return answer

    def _done(self, request: Request, *, is_kept: bool = True) -> Answer:
        """The endpoint's answer, kept under the key where the endpoint got to work."""
        self.account.key = request.headers.get("idempotency-key", "")
        try:
            answer, began = self._answer(request), True
        except Refusal as refusal:
            answer, began = Answer(refusal.status, refusal.body), refusal.is_kept
        if began and is_kept:
            self.keys.keep(request, answer)
        if self.account.loses_answer:
            self.account.loses_answer = False
            raise ConnectionDropped
        return answer

    def _answer(self, request: Request) -> Answer:
        fields = read(request)
        paths = fields.texts("expand")
        thing = self._thing(request, fields)
        return Answer(200, expanded(self.account, thing, paths))

    def _thing(self, request: Request, fields: Fields) -> Thing:
        account = self.account
        match (request.method, *request.segments):
            case ("POST", "v1", collection):
                return self._created(collection, fields)
            case ("POST", "v1", "payment_intents" | "payment_methods", id, verb):
                return self._moved(request, id, verb, fields)
            case ("GET", "v1", collection) if collection in _LISTS:
                return listed(account, _LISTS[collection], fields, request.path)
            case ("DELETE", "v1", "customers", id):
                return methods.delete_customer(account, id)
            case ("GET", "v1", "customers", id):
                return methods.shown_customer(account.get("customer", id))
            case ("GET", "v1", "payment_intents" | "payment_methods" | "refunds" as kind, id):
                fields.end()
                return account.get(kind.removesuffix("s"), id)
        raise _unknown(request)

    def _created(self, collection: str, fields: Fields) -> Thing:
        match collection:
            case "payment_intents":
                return intents.create(self.account, fields)
            case "refunds":
                return refunds.create(self.account, fields)
            case "customers":
                return methods.create_customer(self.account, fields)
            case "payment_methods":
                return methods.create_method(self.account, fields)
        raise Refusal(404, f"Unrecognized request URL (POST: /v1/{collection}).")

    def _moved(self, request: Request, id: str, verb: str, fields: Fields) -> Thing:
        match (request.segments[1], verb):
            case ("payment_intents", "confirm"):
                base_url = f"http://{request.headers.get('host', '')}"
                return intents.confirm(self.account, id, fields, base_url)
            case ("payment_intents", "capture"):
                return intents.capture(self.account, id, fields)
            case ("payment_intents", "cancel"):
                return intents.cancel(self.account, id, fields)
            case ("payment_methods", "attach"):
                return methods.attach(self.account, id, fields)
            case ("payment_methods", "detach"):
                return methods.detach(self.account, id, fields)
        raise _unknown(request)


async def _replayed(kept: Answer, fault: Fault | None) -> Answer:
    """What a key gives again can be lost or turned away on its way, too."""
    if fault is None:
        return kept
    await asyncio.sleep(fault.delay_seconds)
    if fault.drops:
        raise ConnectionDropped
    return _failed(fault) if fault.status and not fault.is_kept else kept


def _failed(fault: Fault) -> Answer:
    """https://docs.stripe.com/error-low-level, https://docs.stripe.com/rate-limits"""
    kind = "invalid_request_error" if fault.status == 429 else "api_error"
    error: dict[str, Any] = {"message": "A switch of the emulator.", "type": kind}
    if fault.code:
        error["code"] = fault.code
    return Answer(fault.status, {"error": error})


def _unknown(request: Request) -> Refusal:
    return Refusal(404, f"Unrecognized request URL ({request.method}: {request.path}).")
