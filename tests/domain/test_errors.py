"""Everything the shop can refuse."""

import re
from collections.abc import Iterator

import pytest

import usecases.carting
import usecases.commanding
import usecases.idempotency
import usecases.ordering
import usecases.paying
import usecases.quoting
import usecases.webhooks  # noqa: F401 - every refusal of the shop is defined by now
from domain import errors
from domain.errors import Conflict, Refusal, RuleBroken, TooMany, Unavailable

FAMILIES = (
    errors.Invalid,
    errors.Unauthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.Conflict,
    errors.RuleBroken,
    errors.TooMany,
    errors.Unavailable,
)


def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_a_refusal_says_what_it_is_and_what_stood_in_the_way() -> None:
    refusal = Conflict(order_id="o-1")

    assert (str(refusal), refusal.code) == ("The thing has changed; read it again.", "CONFLICT")
    assert refusal.facts == {"order_id": "o-1"}
    assert str(Conflict("Somebody was faster.")) == "Somebody was faster."


def test_the_base_itself_is_never_met() -> None:
    assert Refusal.code == "REFUSED"


@pytest.mark.parametrize("kind", sorted(below(Refusal), key=str))
def test_every_refusal_has_a_family_a_code_and_a_sentence(kind: type[Refusal]) -> None:
    assert issubclass(kind, FAMILIES)
    assert re.fullmatch("[A-Z]+(_[A-Z]+)*", kind.code)
    assert re.fullmatch(r"[A-Z].+[.]", kind.message)
    assert (kind.__doc__ or "").strip()


def test_what_may_pass_by_itself_is_passing() -> None:
    assert (TooMany.passing, Unavailable.passing) == (True, True)
    assert (RuleBroken.passing, Conflict.passing) == (False, False)
