"""What the three peers share: the yard, the tokens, and who the one client is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.carriers_emulator.accounts import CLIENT, SECRETS
from tools.carriers_emulator.refusal import Fields, Refusal
from tools.carriers_emulator.tokens import Tokens
from tools.carriers_emulator.yard import Yard
from tools.stripe_emulator.wire import Request


@dataclass(slots=True)
class Desk:
    """One yard behind three APIs; ``secrets`` are those that the client may use now."""

    yard: Yard
    tokens: Tokens
    secrets: list[str] = field(default_factory=lambda: list(SECRETS))

    def json(self, request: Request) -> Fields:
        """The body of a request that has to have one. Raises ``Refusal``."""
        if request.headers.get("content-type") != "application/json":
            raise Refusal("UNSUPPORTED", "the body is JSON", 415)
        try:
            return Fields(json.loads(request.body))
        except ValueError:
            raise Refusal("INVALID.INPUT", "the body is no JSON") from None

    def check_client(self, client: object, secret: object, grant_type: object) -> None:
        """Raises ``Refusal`` for anybody else."""
        if grant_type != "client_credentials":
            raise Refusal("BAD.REQUEST", "grant_type is client_credentials")
        if client != CLIENT or secret not in self.secrets:
            raise Refusal("NOT.AUTHORIZED.ERROR", "this client is not known", 401)

    def level(self, levels: Mapping[str, str], code: str, refusal: str) -> str:
        """The shop's word for the carrier's service. Raises ``Refusal``."""
        for level, known in levels.items():
            if known == code:
                return level
        raise Refusal(refusal, f"there is no service {code}")
