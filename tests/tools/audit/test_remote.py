"""The audit of a running shop, verified by what administrators read of it."""

import json
import sqlite3
from contextlib import closing

import pytest

from domain.access import Role
from tests.blueprints.harness import Web
from tests.blueprints.test_timers import tick
from tools.audit.remote import faults_of, main, read_entries


async def entries_of(web: Web) -> tuple[int, list[str]]:
    token = web.token(Role.ADMIN)["Authorization"].removeprefix("Bearer ")
    entries = await read_entries(web.client, token)
    return len(entries), faults_of(entries)


async def changed_twice(web: Web) -> None:
    """A setting that was changed two times: three links, all of them brought together."""
    admin = web.token(Role.ADMIN)
    for value in (40, 50, 60):
        answer = await web.send(
            "PUT", "/api/admin/config/cart.max_items", {"value": value}, **admin
        )
        assert answer.status_code == 200
    await tick(web, "project_audit")


async def test_what_was_not_touched_holds(web: Web) -> None:
    await changed_twice(web)

    count, faults = await entries_of(web)

    assert count > 10
    assert faults == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE AuditLogs SET body=json_set(body, '$.actor_id', 'x')", "is not what was written"),
        ("DELETE FROM AuditLogs", "which is missing"),
    ],
)
async def test_what_was_tampered_with_is_named(web: Web, statement: str, reason: str) -> None:
    await changed_twice(web)
    rows = "SELECT id, body FROM AuditLogs WHERE kind='audit-entry'"
    with closing(sqlite3.connect(web.path, isolation_level=None)) as file:
        told = [(id_, json.loads(body)) for id_, body in file.execute(rows)]
        chain = [one for one in told if one[1]["entity_type"] == "setting"]
        (_, (second, _), _) = sorted(chain, key=lambda one: str(one[1]["timestamp"]))
        file.execute(f"{statement} WHERE id=?", (second,))

    _, faults = await entries_of(web)

    assert faults[0].startswith("the audit of Settings/")
    assert reason in faults[0]
    assert second in faults[0]


def test_without_a_token_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)

    assert main(["http://localhost:1"]) == 2
    assert "bearer token" in capsys.readouterr().out


def test_a_shop_that_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOKEN", "t")

    assert main(["http://127.0.0.1:1"]) == 2
    assert capsys.readouterr().out.startswith("audit: ")
