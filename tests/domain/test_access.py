"""Roles and permissions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import PERMISSIONS, Caller, Role, Trace, system

TRACE = Trace(correlation_id="c-1", causation_id="r-1")


def caller(role: Role) -> Caller:
    return Caller(user_id="u-1", role=role, trace=TRACE)


@given(st.sampled_from(Role), st.sampled_from(Role), st.sampled_from(sorted(PERMISSIONS)))
def test_a_higher_role_may_do_all_that_a_lower_may(one: Role, other: Role, what: str) -> None:
    """Permissions only grow with the role."""
    lower, higher = sorted((one, other))

    assert caller(higher).may(what) or not caller(lower).may(what)


@pytest.mark.parametrize(("what", "lowest"), PERMISSIONS.items())
def test_a_permission_begins_with_its_role(what: str, lowest: Role) -> None:
    assert [role for role in Role if caller(role).may(what)] == [r for r in Role if r >= lowest]


def test_a_permission_that_nobody_defined_is_a_fault() -> None:
    with pytest.raises(KeyError):
        caller(Role.SYSTEM).may("world:rule")


def test_only_staff_and_above_see_what_belongs_to_others() -> None:
    assert [role.name for role in Role if caller(role).is_staff] == ["STAFF", "ADMIN", "SYSTEM"]


def test_the_shop_itself_acts_under_a_name() -> None:
    acting = system("watchdog", TRACE)

    assert (acting.user_id, acting.role, acting.trace) == ("system:watchdog", Role.SYSTEM, TRACE)


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (None, True, True),
        (frozenset(), False, False),
        (frozenset({"read"}), True, False),
        (frozenset({"write"}), True, True),
        (frozenset({"access_as_user", "x"}), True, True),
        (frozenset({"User.Read"}), False, False),
    ],
)
def test_a_token_serves_what_its_scopes_say(
    scopes: frozenset[str] | None, reads: bool, writes: bool
) -> None:
    who = replace(caller(Role.CUSTOMER), scopes=scopes)

    assert (who.has_scope(writes=False), who.has_scope(writes=True)) == (reads, writes)


def test_guests_share_the_limit_of_their_address() -> None:
    assert replace(caller(Role.GUEST), source="s").limit_key == "from:s"
    assert caller(Role.CUSTOMER).limit_key == "user:u-1"
