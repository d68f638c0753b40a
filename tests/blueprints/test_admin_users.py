"""What administrators do with people, over HTTP."""

import asyncio

from domain.access import Role
from domain.companions import AuditRecord, beside
from domain.user import User
from tests.blueprints.browser import Browser
from tests.blueprints.harness import Web, code
from tests.issuer_desk import id_of
from usecases.ports.store import Query

USERS = "/api/admin/users"


async def test_people_are_listed_by_role_a_page_at_a_time(web: Web) -> None:
    admin = web.token(Role.ADMIN)

    first = (await web.get(f"{USERS}?role=customer&limit=1", **admin)).json()
    rest = (await web.get(f"{USERS}?limit=1&cursor={first['next_cursor']}", **admin)).json()
    second = (await web.get(f"{USERS}?limit=1&page=2", **admin)).json()
    beyond = (await web.get(f"{USERS}?limit=1&page=9", **admin)).json()

    found = {line["email"] for page in (first, rest) for line in page["items"]}
    assert found == {"customer@example.com", "customer2@example.com"}
    assert second["items"] == rest["items"]
    assert (rest["next_cursor"], beyond["items"]) == (None, [])
    assert code(await web.get(f"{USERS}?cursor=x", **admin)) == (400, "INVALID_CURSOR")


async def test_an_invitation_gives_its_role_at_the_first_sign_in(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    body = {"email": "Customer3@example.com", "name": "Third", "role": "staff"}
    line = await web.send("POST", USERS, body, **admin)
    again = await web.send("POST", USERS, body | {"name": "3"}, **admin)
    listed = (await web.get(f"{USERS}?role=staff", **admin)).json()["items"]

    browser = Browser(web)
    await browser.sign_in("customer3")

    assert (line.status_code, line.json()["status"], again.status_code) == (201, "invited", 201)
    assert {one["status"] for one in listed} == {"active", "invited"}
    after = (await web.get(f"{USERS}?role=staff", **admin)).json()["items"]
    assert {one["status"] for one in after} == {"active"}
    assert id_of("customer3") in {one["id"] for one in after}
    me = await browser.look()
    assert me["role"] == "customer", "the token's claim lowers it"


async def test_an_invitation_can_be_withdrawn(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    body = {"email": "customer3@example.com", "role": "staff"}
    line = (await web.send("POST", USERS, body, **admin)).json()

    gone = await web.send("DELETE", f"{USERS}/{line['id']}", **admin)
    again = await web.send("DELETE", f"{USERS}/{line['id']}", **admin)
    await Browser(web).sign_in("customer3")

    assert (gone.status_code, again.status_code) == (204, 204)
    user = await web.shop.store.get(User, id_of("customer3"), id_of("customer3"))
    assert user is not None
    assert user.role == "customer"


async def test_who_is_here_already_is_not_invited(web: Web) -> None:
    body = {"email": "customer@example.com", "role": "admin"}
    with web.unchanged():
        answer = await web.send("POST", USERS, body, **web.token(Role.ADMIN))

    assert code(answer) == (409, "EMAIL_IN_USE")


async def test_a_role_counts_from_the_next_request_on(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    path = f"{USERS}/{id_of('staff')}/role"
    browser = Browser(web)
    await browser.sign_in("staff")

    lowered = await web.send("PUT", path, {"new_role": "customer"}, **admin)
    as_bearer = await web.get("/api/auth/me", **web.token(Role.STAFF))

    assert lowered.json()["role"] == "customer"
    assert as_bearer.json()["role"] == "customer"
    assert (await browser.look())["role"] == "customer"
    listed = (await web.get(f"{USERS}?role=staff", **admin)).json()["items"]
    assert listed == []
    await web.send("PUT", path, {"new_role": "staff"}, **admin)
    assert (await browser.look())["role"] == "staff"


async def test_the_audit_tells_who_changed_a_role_from_what_to_what(web: Web) -> None:
    path = f"{USERS}/{id_of('staff')}/role"
    await web.send("PUT", path, {"new_role": "customer"}, **web.token(Role.ADMIN))

    query = Query(id_of("staff"), limit=100)
    records = (await web.shop.store.find(beside(AuditRecord, "Users"), query)).items
    (record,) = [one for one in records if "role" in one.changes and one.action == "changed"]
    assert record.changes["role"] == {"before": "staff", "after": "customer"}
    assert record.actor_id == id_of("admin")
    assert "staff@example.com" not in record.model_dump_json()


async def test_who_is_deactivated_comes_in_no_more(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    browser = Browser(web)
    await browser.sign_in("customer")
    path = f"{USERS}/{id_of('customer')}"

    answer = await web.send("DELETE", path, **admin)
    again = await web.send("DELETE", path, **admin)

    assert (answer.status_code, again.status_code) == (204, 204)
    assert code(await web.get("/api/cart", **web.token(Role.CUSTOMER))) == (403, "ACCOUNT_DISABLED")
    assert code(await browser.send("GET", "/api/cart")) == (401, "UNAUTHORIZED")
    back = await Browser(web).way_back("customer")
    assert code(await web.get(back)) == (400, "SIGN_IN_LOST")
    late = Browser(web)
    refused = await late.send("GET", await late.way_back("customer"))
    assert code(refused) == (403, "ACCOUNT_DISABLED")
    listed = (await web.get(f"{USERS}?role=customer", **admin)).json()["items"]
    assert {one["status"] for one in listed} == {"active", "disabled"}


async def test_who_was_deactivated_can_be_let_in_again(web: Web) -> None:
    admin, id_ = web.token(Role.ADMIN), id_of("customer")
    path, body = f"{USERS}/{id_}/role", {"new_role": "staff", "status": "active"}
    browser = Browser(web)
    await browser.sign_in("customer")
    await web.send("DELETE", f"{USERS}/{id_}", **admin)

    lowered = await web.send("PUT", path, {"new_role": "staff"}, **admin)
    refused = await web.get("/api/users/me", **web.token(Role.CUSTOMER))
    back = await web.send("PUT", path, body, **admin)
    with web.unchanged():
        again = await web.send("PUT", path, body, **admin)

    assert lowered.json()["status"] == "disabled", "a role alone lets nobody in"
    assert code(refused) == (403, "ACCOUNT_DISABLED")
    assert (back.json()["role"], back.json()["status"]) == ("staff", "active")
    assert again.json() == back.json()
    assert (await web.get("/api/users/me", **web.token(Role.CUSTOMER))).status_code == 200
    listed = (await web.get(f"{USERS}?role=staff", **admin)).json()["items"]
    assert {one["status"] for one in listed if one["id"] == id_} == {"active"}
    bucket = await web.shop.store.find(beside(AuditRecord, "Users"), Query(id_, limit=100))
    assert {"before": "disabled", "after": "active"} in [
        record.changes.get("status") for record in bucket.items
    ]


async def test_an_administrator_who_is_let_in_again_counts_as_one(web: Web) -> None:
    admin, other = web.token(Role.ADMIN), id_of("staff")
    path = f"{USERS}/{other}/role"
    await web.send("PUT", path, {"new_role": "admin"}, **admin)
    await web.send("DELETE", f"{USERS}/{other}", **admin)
    await web.send("PUT", path, {"new_role": "admin"}, **admin)

    alone = await web.send("DELETE", f"{USERS}/{id_of('admin')}", **admin)
    await web.send("PUT", path, {"new_role": "admin", "status": "active"}, **admin)
    no_more = await web.send("DELETE", f"{USERS}/{id_of('admin')}", **admin)

    assert code(alone) == (422, "LAST_ADMIN")
    assert no_more.status_code == 204


async def test_nobody_is_deactivated_by_a_change_of_role(web: Web) -> None:
    path, body = f"{USERS}/{id_of('staff')}/role", {"new_role": "staff", "status": "disabled"}

    with web.unchanged():
        answer = await web.send("PUT", path, body, **web.token(Role.ADMIN))

    assert code(answer) == (400, "INVALID_REQUEST")


async def test_the_last_administrator_stays(web: Web) -> None:
    admin, path = web.token(Role.ADMIN), f"{USERS}/{id_of('admin')}"

    with web.unchanged():
        demoted = await web.send("PUT", f"{path}/role", {"new_role": "staff"}, **admin)
        removed = await web.send("DELETE", path, **admin)
        left = await web.send("DELETE", "/api/users/me", **admin)

    assert [code(one) for one in (demoted, removed, left)] == [(422, "LAST_ADMIN")] * 3


async def test_of_two_who_demote_each_other_at_once_one_stays(web: Web) -> None:
    admin = web.token(Role.ADMIN)
    ids = [id_of("admin"), id_of("staff")]
    await web.send("PUT", f"{USERS}/{ids[1]}/role", {"new_role": "admin"}, **admin)

    answers = await asyncio.gather(
        *(web.send("PUT", f"{USERS}/{id}/role", {"new_role": "customer"}, **admin) for id in ids)
    )

    users = [await web.shop.store.get(User, id, id) for id in ids]
    assert [user.role for user in users if user].count("admin") == 1
    assert sorted(one.status_code for one in answers) in ([200, 422], [200, 403])


async def test_nobody_is_not_found(web: Web) -> None:
    admin = web.token(Role.ADMIN)

    for method, path, body in (
        ("PUT", f"{USERS}/nobody/role", {"new_role": "staff"}),
        ("DELETE", f"{USERS}/nobody", None),
    ):
        assert code(await web.send(method, path, body, **admin)) == (404, "USER_NOT_FOUND")
    await web.send("DELETE", "/api/users/me", **web.token(Role.CUSTOMER))
    gone = await web.send("DELETE", f"{USERS}/{id_of('customer')}", **admin)
    assert code(gone) == (404, "USER_NOT_FOUND")
