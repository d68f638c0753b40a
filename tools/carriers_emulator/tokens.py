"""Tokens that the peers have given out, until they end or are ended by hand."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.carriers_emulator.refusal import Refusal
from tools.stripe_emulator.wire import Request


@dataclass(slots=True)
class Tokens:
    """By kind and token the moment of its end; ``seconds`` is how long a new one serves."""

    now: Callable[[], float]
    seconds: int = 3600
    given: int = 0
    _ends: dict[tuple[str, str], float] = field(default_factory=dict)

    def give(self, kind: str) -> str:
        """A new token of that kind."""
        self.given += 1
        token = secrets.token_urlsafe(24)
        self._ends[kind, token] = self.now() + self.seconds
        return token

    def expire(self) -> None:
        """All of them end, before the time that was told."""
        self._ends.clear()

    def check(self, kind: str, token: str) -> None:
        """Raises ``Refusal`` 401."""
        if self._ends.get((kind, token), 0.0) <= self.now():
            raise Refusal("NOT.AUTHORIZED.ERROR", f"this is no {kind} token of ours", 401)

    def check_bearer(self, kind: str, request: Request) -> None:
        """Raises ``Refusal`` 401 unless the request bears a token of that kind."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        self.check(kind, token if scheme == "Bearer" else "")
