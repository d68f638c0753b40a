"""Access tokens of the local host."""

import pytest
from adapters.local_identity import LASTS, LocalIdentity, token_for
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Role
from tests.adapters.embedded.fixtures import NOON, StillClock, finish
from usecases.ports.identity import Identified

SECRET = b"s" * 32
TOKEN = token_for(SECRET, Role.STAFF, NOON)


def verified(token: str, clock: StillClock | None = None, secret: bytes = SECRET) -> object:
    return finish(LocalIdentity(secret, clock or StillClock()).verify(token))


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.STAFF, Role.ADMIN])
def test_a_token_speaks_for_a_stand_in_of_its_role(role: Role) -> None:
    token = token_for(SECRET, role, NOON)

    assert verified(token) == Identified(f"local-{role.name.lower()}", role)


def test_a_token_is_good_for_eight_hours() -> None:
    clock = StillClock()
    clock.move(LASTS.total_seconds() - 1)
    assert verified(TOKEN, clock) is not None

    clock.move(1)
    assert verified(TOKEN, clock) is None


def test_another_shop_does_not_take_it() -> None:
    assert verified(TOKEN, secret=b"t" * 32) is None


@given(st.data())
def test_a_token_with_any_letter_changed_is_refused(data: st.DataObject) -> None:
    """No change of one letter, in prefix, claims or signature, leaves a token good."""
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    letter = data.draw(st.characters(exclude_categories=["Cs"], exclude_characters=TOKEN[place]))

    assert verified(TOKEN[:place] + letter + TOKEN[place + 1 :]) is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_made_up_token_is_accepted(text: str) -> None:
    """Whatever stands in the header, verifying it refuses and never fails."""
    assert verified(text) is None
    assert verified(f"local.{text}") is None
    assert verified(f"local.{text}.") is None
