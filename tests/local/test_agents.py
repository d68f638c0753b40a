"""The stand-ins of the agents over HTTP."""

import json

import pytest

from adapters.embedded.agents import EmbeddedAgents
from local.agents import AgentPages
from tests.adapters.embedded.fixtures import StillClock

ETA = "/_local/agents/logistics-eta-computation"
ASKED = b'{"intent": "estimate", "payload": {"tracking_id": "late"}}'


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_local/agents/nobody/invoke", ASKED, 404),
        (ETA, ASKED, 404),
        (f"{ETA}/mcp", ASKED, 404),
        (f"{ETA}/invoke", b"", 422),
        (f"{ETA}/invoke", b"[]", 422),
        (f"{ETA}/invoke", b'{"payload": {}}', 422),
        (f"{ETA}/invoke", b'{"intent": "x", "payload": 1}', 422),
        ("/_local/agents/inventory-health-check/invoke", ASKED, 503),
    ],
)
async def test_what_no_agent_takes_is_refused(path: str, body: bytes, status: int) -> None:
    answer = AgentPages(EmbeddedAgents(StillClock()))

    refused, headers, why = await answer(path, {}, body)

    assert (refused, headers["content-type"]) == (status, "application/json")
    assert json.loads(why)["error"]


async def test_an_agent_that_is_asked_answers() -> None:
    status, _, said = await AgentPages(EmbeddedAgents(StillClock()))(f"{ETA}/invoke", {}, ASKED)

    assert (status, json.loads(said)["service"]) == (200, "logistics-eta-computation")
