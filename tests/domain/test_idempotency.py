"""The memory of answers."""

from domain.idempotency import KeptAnswer, KeyInFlight, KeyReused
from tests.domain.samples import NOON


def test_a_claim_becomes_an_answer() -> None:
    claim = KeptAnswer(id="key:1", user_id="g-1", request_hash="h", lease_until=NOON)

    assert (claim.is_answered, claim.body, claim.headers) == (False, "", {})
    assert claim.but(status=201, body="{}").is_answered


def test_only_a_request_in_flight_may_pass() -> None:
    assert (KeyInFlight.passing, KeyReused.passing) == (True, False)
