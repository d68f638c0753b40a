"""The audit over HTTP: for administrators only, and it tells what was done here."""

import pytest

from domain.access import Role
from tests.blueprints.harness import Web, code
from tests.blueprints.test_timers import tick
from tests.issuer_desk import id_of

LOGS = "/api/admin/audit-logs"


async def test_a_change_is_in_the_audit_after_the_timers_next_run(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    path = f"/api/admin/users/{id_of('staff')}/role"
    await web.send("PUT", path, {"new_role": "customer"}, **admin)

    before = (await web.get(f"{LOGS}?entity_id={id_of('staff')}", **admin)).json()["items"]
    await tick(web, "project_audit")
    answer = await web.get(f"{LOGS}?entity_id={id_of('staff')}&actor={id_of('admin')}", **admin)

    assert before == []
    (line,) = answer.json()["items"]
    assert line["changes"]["role"] == {"before": "staff", "after": "customer"}
    assert (line["entity_type"], line["action"], line["actor_type"]) == ("user", "changed", "admin")
    assert "staff@example.com" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_it_is_read_a_page_at_a_time(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    await tick(web, "project_audit")

    first = (await web.get(f"{LOGS}?limit=2", **admin)).json()
    second = (await web.get(f"{LOGS}?limit=2&cursor={first['next_cursor']}", **admin)).json()

    ids = {line["id"] for page in (first, second) for line in page["items"]}
    assert len(ids) == 4


async def test_a_page_costs_four_queries_and_the_record_of_who_asks(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    await web.get(LOGS, **admin)
    await tick(web, "project_audit")

    answer = await web.get(f"{LOGS}?limit=5", **admin)

    assert answer.headers["x-store-operations"] == "5"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.STAFF])
async def test_nobody_else_reads_it(web: Web, role: Role) -> None:
    assert code(await web.get(LOGS, **web.token(role))) == (403, "FORBIDDEN")
    assert code(await web.get(LOGS)) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("cursor=x", "INVALID_CURSOR"),
        ("action=read", "INVALID_REQUEST"),
        ("start_date=soon", "INVALID_REQUEST"),
        ("limit=0", "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_asked_is_refused(web: Web, query: str, refusal: str) -> None:
    assert code(await web.get(f"{LOGS}?{query}", **web.token(Role.ADMIN))) == (400, refusal)
