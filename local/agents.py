"""The stand-ins of the agents over HTTP, as the published ones answer: ``POST /_local/agents/{service}/invoke``.

``AGENT_BASE_URL`` may name this address, of this host or another one's, and agent teams try their calls here.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import from_json

from adapters.agent_services import AGENTS
from adapters.embedded.agents import UNANSWERED, EmbeddedAgents
from local.pages import Answer, data

PREFIX: Final = "/_local/agents/"


class AgentPages:
    """Passes on what the stand-ins say, be it advice or nonsense; 503 where they say nothing."""

    def __init__(self, agents: EmbeddedAgents) -> None:
        self._agents = agents

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one invocation."""
        service, _, verb = path.removeprefix(PREFIX).partition("/")
        if service not in AGENTS or verb != "invoke":
            return _refused(404, "there is no such agent")
        payload = _payload(body)
        if payload is None:
            return _refused(422, 'send {"intent": …, "payload": {…}}')
        said = await self._agents.invoked(service, payload, json.dumps(payload))
        return _refused(503, "no answer") if said is UNANSWERED else data(said)


def _payload(body: bytes) -> Mapping[str, Any] | None:
    try:
        asked = from_json(body)
    except ValueError:
        return None
    payload = asked.get("payload") if isinstance(asked, dict) and "intent" in asked else None
    return payload if isinstance(payload, dict) else None


def _refused(status: int, why: str) -> Answer:
    _, headers, body = data({"error": why})
    return status, headers, body
