"""Our ledger against the network's, over every pair of records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from domain.difference import (
    CLEARED_TTL_SECONDS,
    REMEDIES,
    Difference,
    Name,
    Ours,
    Theirs,
    compare,
    difference_id,
    told,
    unknown_there,
)
from domain.ledger import TAKEN, movements
from domain.money import Money
from domain.order import CardUsed
from domain.saga import Signal, Word, names, payment
from domain.saga.payment import BEFORE_AUTHORISED, UNDECIDED, Phase
from tests.domain.samples import LATER, NOON, ORDER_ID, an_order, usd

TOTAL, PART, NONE = usd(3007), usd(1), usd(0)
SUMS = (NONE, PART, TOTAL)
TWO_MINUTES = timedelta(minutes=2)


def ours(phase: Phase = Phase.WAITING, charged: Money = NONE, refunded: Money = NONE) -> Ours:
    return Ours("pi_1", TOTAL, phase, charged, refunded)


def theirs(taken: Money = NONE, returned: Money = NONE, *, held: bool = False) -> Theirs:
    return Theirs("pi_1", TOTAL, held, taken, returned)


def all_ours() -> Iterator[Ours]:
    for phase, charged, refunded in product(Phase, SUMS, SUMS):
        yield ours(phase, charged, refunded)


def all_theirs() -> Iterator[Theirs]:
    for held, taken, returned in product((False, True), SUMS, SUMS):
        yield theirs(taken, returned, held=held)


ROWS = [
    (ours(Phase.NOTHING), theirs(), None),
    (ours(Phase.AUTHORISED), theirs(held=True), None),
    (ours(Phase.CAPTURED, TOTAL), theirs(TOTAL), None),
    (ours(Phase.REFUNDED, TOTAL, TOTAL), theirs(TOTAL, TOTAL), None),
    (ours(Phase.FAILED), theirs(), None),
    (ours(Phase.NOTHING), theirs(held=True), Name.HELD_UNHEARD),
    (ours(Phase.IDLE), theirs(held=True), Name.HELD_UNHEARD),
    (ours(Phase.WAITING), theirs(held=True), Name.HELD_UNHEARD),
    (ours(Phase.FAILED), theirs(held=True), Name.HELD_AFTER_END),
    (ours(Phase.NOTHING), theirs(TOTAL), Name.TAKEN_UNHEARD),
    (ours(Phase.AUTHORISED), theirs(TOTAL), Name.TAKEN_UNHEARD),
    (ours(Phase.WAITING), theirs(TOTAL, TOTAL), Name.TAKEN_UNHEARD),
    (ours(Phase.FAILED), theirs(TOTAL), Name.TAKEN_AFTER_END),
    (ours(Phase.FAILED), theirs(TOTAL, TOTAL), Name.TAKEN_AFTER_END),
    (ours(Phase.CAPTURED, TOTAL), theirs(TOTAL, TOTAL), Name.REFUNDED_UNBOOKED),
    (ours(Phase.CAPTURED, TOTAL), theirs(TOTAL, PART), Name.AMOUNTS_DIFFER),
    (ours(Phase.CAPTURED, TOTAL), theirs(), Name.BOOKED_NOT_TAKEN),
    (ours(Phase.CAPTURED, TOTAL), theirs(held=True), Name.BOOKED_NOT_TAKEN),
    (ours(Phase.REFUNDED, TOTAL, TOTAL), theirs(TOTAL), Name.BOOKED_NOT_REFUNDED),
    (ours(Phase.REFUNDED, TOTAL, TOTAL), theirs(TOTAL, PART), Name.AMOUNTS_DIFFER),
    (ours(Phase.WAITING), theirs(PART), Name.AMOUNTS_DIFFER),
    (ours(Phase.CAPTURED, TOTAL), theirs(PART), Name.AMOUNTS_DIFFER),
    (ours(Phase.CAPTURED), theirs(TOTAL), Name.AMOUNTS_DIFFER),
    (ours(Phase.FAILED), theirs(TOTAL, PART), Name.AMOUNTS_DIFFER),
]


@pytest.mark.parametrize(("mine", "network", "name"), ROWS)
def test_each_pair_of_records_has_its_name(mine: Ours, network: Theirs, name: Name | None) -> None:
    assert compare(mine, network) is name


@pytest.mark.parametrize(("taken", "held"), [(TOTAL, False), (PART, False), (NONE, True)])
def test_money_without_an_order_and_money_of_another_payment_are_for_a_person(
    taken: Money, held: bool
) -> None:
    network = theirs(taken, held=held)
    foreign = replace(network, intent_id="pi_2")

    assert compare(None, network) is Name.NO_ORDER
    assert {compare(mine, foreign) for mine in all_ours()} == {Name.FOREIGN_PAYMENT}


@pytest.mark.parametrize("moved", SUMS)
def test_a_payment_that_has_no_money_of_the_customers_is_nobodys_business(moved: Money) -> None:
    gone = theirs(moved, moved)

    assert compare(None, gone) is None
    assert {compare(mine, replace(gone, intent_id="pi_2")) for mine in all_ours()} == {None}


@pytest.mark.parametrize("amount", [usd(1), usd(3008), Money(3007, "EUR")])
def test_a_payment_over_another_amount_never_counts(amount: Money) -> None:
    for mine, network in product(all_ours(), all_theirs()):
        assert compare(mine, replace(network, amount=amount)) is Name.AMOUNTS_DIFFER


def test_both_agree_exactly_where_all_sums_are_equal_and_no_hold_is_unheard() -> None:
    """Over every pair: a name is given if and only if a sum differs, or a hold is left that ought not be."""
    unheard = BEFORE_AUTHORISED | {Phase.FAILED}
    for mine, network in product(all_ours(), all_theirs()):
        same = (mine.charged, mine.refunded) == (network.taken, network.returned)
        agreed = same and not (network.is_held and mine.phase in unheard)
        assert (compare(mine, network) is None) == agreed, (mine, network)


def test_only_the_orders_own_payment_of_its_whole_total_can_heal_it() -> None:
    """No 1-cent and no foreign payment ever makes the payment participant hear anything."""
    intents, amounts = ("pi_1", "pi_2"), (TOTAL, PART)
    for mine, network, id_, amount in product(all_ours(), all_theirs(), intents, amounts):
        found = compare(mine, replace(network, intent_id=id_, amount=amount))
        if found in REMEDIES:
            assert (id_, amount) == ("pi_1", TOTAL)
            assert network.is_held or TOTAL in (network.taken, network.returned)


@pytest.mark.parametrize("phase", [*UNDECIDED, Phase.FAILED])
def test_what_heals_a_taking_leaves_equal_books(phase: Phase) -> None:
    """The participant hears the fact, and its ledger then says what the network says."""
    found = compare(ours(phase), theirs(TOTAL))
    assert found is not None
    before = Word(phase, declines=1)

    after = payment.decide(before, Signal(REMEDIES[found], "s-1"), ok=True).word

    order = an_order(payment=CardUsed(intent_id="pi_1"))
    moved = {one.move: one.amount for one in movements(order, before, after, LATER)}
    booked = ours(Phase(after.phase), moved["charge"], moved.get("refund", NONE))
    given_back = moved.get("refund", NONE)
    assert after.phase in TAKEN
    assert compare(booked, theirs(TOTAL, given_back)) is None
    assert given_back == (TOTAL if phase == Phase.FAILED else NONE)


def test_what_heals_a_refund_leaves_equal_books_and_gives_nothing_back_again() -> None:
    found = compare(ours(Phase.CAPTURED, TOTAL), theirs(TOTAL, TOTAL))
    assert found is not None
    before = Word(Phase.CAPTURED)

    answer = payment.decide(before, Signal(REMEDIES[found], "s-1"), ok=True)

    order = an_order(payment=CardUsed(intent_id="pi_1"))
    (entry,) = movements(order, before, answer.word, LATER)
    booked = ours(Phase(answer.word.phase), TOTAL, entry.amount)
    assert (entry.move, compare(booked, theirs(TOTAL, TOTAL))) == ("refund", None)
    assert not [do for do in answer.effects if hasattr(do, "verb")]


def test_a_hold_after_the_end_is_let_go() -> None:
    found = compare(ours(Phase.FAILED), theirs(held=True))
    assert found is not None

    answer = payment.decide(Word(Phase.FAILED), Signal(REMEDIES[found], "s-1"), ok=True)

    assert [do.verb for do in answer.effects if hasattr(do, "verb")] == ["stop"]


def test_every_name_is_given_and_five_have_a_remedy() -> None:
    given = {compare(mine, network) for mine, network in product(all_ours(), all_theirs())}

    assert given | {Name.NO_ORDER, Name.FOREIGN_PAYMENT} == {None, *Name}
    assert dict(REMEDIES) == {
        Name.HELD_UNHEARD: names.AUTHORISED,
        Name.HELD_AFTER_END: names.AUTHORISED,
        Name.TAKEN_UNHEARD: names.SUCCEEDED,
        Name.TAKEN_AFTER_END: names.SUCCEEDED,
        Name.REFUNDED_UNBOOKED: names.REFUNDED,
    }


def test_a_payment_that_the_network_does_not_know_matters_where_it_is_booked() -> None:
    assert unknown_there(TOTAL) is Name.BOOKED_NOT_TAKEN
    assert unknown_there(NONE) is None


def a_difference() -> Difference:
    return Difference(
        id=difference_id("pi_1"),
        intent_id="pi_1",
        owner="guest:g-1",
        order_id=ORDER_ID,
        name=Name.AMOUNTS_DIFFER,
        detail="one",
        parked_at=NOON,
    )


def test_a_difference_opens_when_it_has_lasted_and_not_before() -> None:
    first = a_difference()

    early = first.again(Name.NO_ORDER, "two", LATER - timedelta(minutes=4), TWO_MINUTES)
    late = early.again(Name.NO_ORDER, "two", LATER, TWO_MINUTES)
    later = late.again(Name.AMOUNTS_DIFFER, "three", LATER, TWO_MINUTES)

    assert (first.id, first.partition) == ("difference:pi_1", "ledger")
    assert (early.state, early.name, early.detail, early.opened_at) == (
        "seen",
        Name.NO_ORDER,
        "two",
        None,
    )
    assert (late.state, late.opened_at, late.parked_at) == ("open", LATER, NOON)
    assert (later.state, later.opened_at, later.name) == ("open", LATER, Name.AMOUNTS_DIFFER)


def test_a_settled_difference_is_forgotten_in_time_and_begins_anew_when_it_comes_back() -> None:
    opened = a_difference().again(Name.NO_ORDER, "two", LATER, TWO_MINUTES)

    settled = opened.settled(LATER)
    back = settled.again(Name.NO_ORDER, "two", LATER, TWO_MINUTES)

    assert (settled.state, settled.settled_at, settled.ttl) == (
        "settled",
        LATER,
        CLEARED_TTL_SECONDS,
    )
    assert (back.state, back.parked_at, back.opened_at, back.settled_at, back.ttl) == (
        "seen",
        LATER,
        None,
        None,
        None,
    )


def test_both_sides_are_told_in_words() -> None:
    assert told(ours(Phase.CAPTURED, TOTAL), theirs(TOTAL, PART)) == (
        "the network took 30.07 and gave back 0.01 of 30.07 USD; "
        "the books charged 30.07 and gave back 0.0 of 30.07 USD, the payment is captured"
    )
    assert told(None, theirs(held=True)) == (
        "the network took 0.0 and gave back 0.0 of 30.07 USD, held on the card now; "
        "there is no such order"
    )
    assert told(ours(Phase.NOTHING), None) == (
        "the network knows no such payment; "
        "the books charged 0.0 and gave back 0.0 of 30.07 USD, the payment is new"
    )
