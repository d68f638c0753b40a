"""Idempotency keys: the first answer again, whatever it was.

https://docs.stripe.com/api/idempotent_requests: the same status and body, errors of the endpoint and 500s
included; other parameters are an error; a key that is under way conflicts; keys are pruned after 24 hours at
the earliest. https://docs.stripe.com/error-low-level#idempotency: ``Idempotent-Replayed`` marks a repeated one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tools.stripe_emulator.refusal import Refusal, bad
from tools.stripe_emulator.wire import Answer, Request

KEPT_SECONDS: Final = 24 * 3600
MOST_CHARACTERS: Final = 255


@dataclass(slots=True)
class _Kept:
    asked: str
    at: float
    answer: Answer | None = None


class Keys:
    """What each key was used for, and what it answered."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, _Kept] = {}

    def begin(self, request: Request) -> Answer | None:
        """The answer that the request's key gave before; else it is under way from now on.

        Raises ``Refusal``: 400 for another request under the key, 409 while one is under way.
        """
        key = request.headers.get("idempotency-key", "")
        if len(key) > MOST_CHARACTERS:
            raise bad(f"Idempotency keys can be at most {MOST_CHARACTERS} characters.")
        if not key or request.method != "POST":
            return None
        kept = self._kept.get(key)
        if kept is None or self._now() - kept.at >= KEPT_SECONDS:
            self._kept[key] = _Kept(_asked(request), self._now())
            return None
        if kept.asked != _asked(request):
            message = (
                f"Keys for idempotent requests can only be used with the same parameters: '{key}'."
            )
            raise Refusal(400, message, type="idempotency_error")
        if kept.answer is None:
            message = f"There is currently another in-progress request using this key: '{key}'."
            raise Refusal(409, message, "idempotency_key_in_use")
        return replace(kept.answer, headers={**kept.answer.headers, "Idempotent-Replayed": "true"})

    def keep(self, request: Request, answer: Answer) -> None:
        """The answer of the request that is under way."""
        kept = self._kept.get(request.headers.get("idempotency-key", ""))
        if kept is not None and kept.answer is None:
            kept.answer = answer

    def forget(self, request: Request) -> None:
        """The request under way was never begun: its key is free again."""
        key = request.headers.get("idempotency-key", "")
        kept = self._kept.get(key)
        if kept is not None and kept.answer is None:
            del self._kept[key]


def _asked(request: Request) -> str:
    text = f"{request.method} {request.path}\n".encode() + request.body
    return hashlib.sha256(text).hexdigest()
