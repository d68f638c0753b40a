"""Idempotency keys at the door: one answer for one key."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from blueprints._answer import Answer
from blueprints._area import Declaration
from blueprints._call import Call
from blueprints._errors import envelope, headers_of, status_of
from domain.access import Role
from domain.errors import Invalid, Refusal
from domain.idempotency import KeptAnswer
from usecases import idempotency
from usecases.idempotency import KeyedRequest

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

REPLAYED = {"Idempotent-Replayed": "true"}


async def under_key(
    call: Call[Any], declaration: Declaration, handler: Callable[[Call[Any]], Awaitable[Any]]
) -> Answer:
    """Answer the call once under its key: the first answer is kept, repeats get the same one.

    A refusal that may pass, and any fault, gives the key back.
    """
    if call.who.role is Role.ANONYMOUS:
        return Answer.of(await handler(call), declaration)
    request = _request(call, declaration)
    record = await idempotency.claim(call.shop, call.who, request)
    if record.is_answered:
        return _replayed(record)
    named = replace(call, command_id=request.command_id)
    try:
        answer = Answer.of(await handler(named), declaration)
    except Refusal as refusal:
        if _may_pass(refusal):
            await idempotency.forget(call.shop, call.who, record)
            raise
        answer = _refused(call, refusal)
    except Exception:
        await idempotency.forget(call.shop, call.who, record)
        raise
    await _kept_or_forgotten(call, record, answer)
    return answer


def _request(call: Call[Any], declaration: Declaration) -> KeyedRequest:
    key = call.request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Invalid("An Idempotency-Key has 1 to 255 printable characters without spaces.")
    path = "/".join(f"{name}={value}" for name, value in sorted(call.path.items()))
    query = urlsplit(call.request.url).query
    content = b"\n".join((path.encode(), query.encode(), call.request.get_body()))
    return KeyedRequest(declaration.name, key, content)


async def _kept_or_forgotten(call: Call[Any], record: KeptAnswer, answer: Answer) -> None:
    """An answer with a cookie is a secret: it is never kept, and without its cookie it means nothing."""
    if answer.cookies:
        await idempotency.forget(call.shop, call.who, record)
    else:
        await idempotency.keep(call.shop, call.who, _kept(record, answer))


def _kept(record: KeptAnswer, answer: Answer) -> KeptAnswer:
    return record.but(status=answer.status, body=answer.body.decode(), headers=answer.headers)


def _may_pass(refusal: Refusal) -> bool:
    return refusal.passing or status_of(type(refusal)) >= 500


def _refused(call: Call[Any], refusal: Refusal) -> Answer:
    """The refusal as an answer: made once, so that a repeat gets the same to the last byte."""
    status, at = status_of(type(refusal)), call.shop.clock.now()
    facts, request_id = refusal.facts, call.who.trace.causation_id
    body = envelope(refusal.code, str(refusal), facts, at, request_id)
    return Answer(status, body, headers_of(refusal, status))


def _replayed(record: KeptAnswer) -> Answer:
    assert record.status is not None
    return Answer(record.status, record.body.encode(), record.headers | REPLAYED)
