"""A shop without a gate lets nobody sign in."""

import pytest

from domain.access import Role
from domain.limit import Limit
from domain.signed_in import SignedIn
from tests.adapters.embedded.fixtures import NOON
from usecases.gate import CLOSED
from usecases.ports.identity import Asked, IssuerAway


async def test_nobody_signs_in_at_a_closed_gate() -> None:
    sign_in = CLOSED.sign_in

    assert (sign_in.names, sign_in.self_service("x")) == ((), "")
    for call in (
        sign_in.address("x", Asked(state="s", nonce="n", challenge="c")),
        sign_in.exchange("x", code="c", verifier="v", nonce="n"),
        sign_in.refresh("x", "r"),
        sign_in.end_address("x", "/"),
    ):
        with pytest.raises(IssuerAway):
            await call


async def test_nothing_is_kept_at_a_closed_gate() -> None:
    session = SignedIn(
        id="s",
        user_id="u",
        family="f",
        issuer="i",
        ceiling=Role.CUSTOMER,
        refresh="",
        started_at=NOON,
        used_at=NOON,
    )

    assert not await CLOSED.sessions.put(session, 60)
    await CLOSED.sessions.drop("s")
    assert await CLOSED.sessions.get("s") is None
    assert await CLOSED.sessions.of_user("u") == ()
    assert await CLOSED.buckets.take("k", Limit(1, 1)) == 0
    assert CLOSED.sealer.open("p", "x") is None
    with pytest.raises(RuntimeError):
        CLOSED.sealer.seal("p", b"x")
