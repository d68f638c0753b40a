"""Guest sessions over HTTP."""

from datetime import datetime, timedelta

from domain.access import Role
from tests.blueprints.harness import Web, code


async def test_a_session_begins_without_anything_being_written(web: Web) -> None:
    with web.unchanged():
        answer = await web.send("POST", "/api/auth/guest")

    told = answer.json()
    assert answer.status_code == 201
    assert sorted(told) == ["csrf_token", "expires_at", "user_id"]
    lasts = datetime.fromisoformat(told["expires_at"]) - web.clock.now()
    assert timedelta(days=13, hours=23, minutes=59) < lasts <= timedelta(days=14)
    assert answer.headers["cache-control"] == "no-store"


async def test_two_sessions_are_two_guests(web: Web) -> None:
    guests = [await web.guest() for _ in range(3)]

    assert len({guest.user_id for guest in guests}) == 3
    assert len({guest.csrf_token for guest in guests}) == 3


async def test_a_session_that_is_over_is_followed_by_a_new_one(web: Web) -> None:
    guest = await web.guest()
    web.clock.move(15 * 24 * 3600)

    answer = await web.send("POST", "/api/auth/guest", Cookie=guest.cookie)

    assert answer.status_code == 201
    assert answer.json()["user_id"] != guest.user_id


async def test_a_bad_token_begins_no_session(web: Web) -> None:
    answer = await web.send("POST", "/api/auth/guest", Authorization="Bearer nonsense")

    assert code(answer) == (401, "UNAUTHORIZED")
    assert "set-cookie" not in answer.headers


async def test_a_cookie_is_never_kept_under_a_key(web: Web) -> None:
    """Without its cookie the answer means nothing, and with it the store would hold a secret."""
    headers = web.token(Role.CUSTOMER) | {"Idempotency-Key": "k"}

    with web.unchanged():
        first = await web.send("POST", "/api/auth/guest", **headers)
        again = await web.send("POST", "/api/auth/guest", **headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert "set-cookie" in again.headers
    assert first.json()["user_id"] != again.json()["user_id"]
