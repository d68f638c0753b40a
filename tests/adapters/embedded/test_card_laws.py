"""Laws of the card network, over any course of calls."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.embedded.card_rules import CARDS
from adapters.embedded.cards import CardSettings, EmbeddedPayments, LedgerLine
from adapters.embedded.world import MemoryVault
from domain.money import Money
from tests.adapters.embedded.fixtures import StillClock, finish
from usecases.ports.payments import PaymentError

type Call = tuple[str, Any]

CALLS: st.SearchStrategy[Call] = st.one_of(
    st.tuples(st.just("confirm"), st.sampled_from([*CARDS, "pm_card_unknown"])),
    st.tuples(st.just("authenticate"), st.booleans()),
    st.tuples(st.sampled_from(["capture", "cancel"]), st.none()),
    st.tuples(st.just("refund"), st.integers(-5, 1_200)),
)
COURSES = st.lists(CALLS, max_size=12)


class World:
    """One intent of 10.00 and everything that is asked of it."""

    def __init__(self) -> None:
        self.vault = MemoryVault()
        self.payments = EmbeddedPayments(self.vault, StillClock(), CardSettings("whsec_test"))
        create = self.payments.create_intent(Money(1_000, "USD"), key="create", metadata={})
        self.intent_id = finish(create).id

    def ask(self, call: Call, key: str) -> str:
        """The answer, or the refusal, as text."""
        try:
            return str(finish(self._call(call, key)))
        except PaymentError as refusal:
            return repr(refusal)

    def _call(self, call: Call, key: str) -> Any:
        verb, value = call
        if verb == "confirm":
            return self.payments.confirm(self.intent_id, payment_method=value, key=key)
        if verb == "authenticate":
            return self.payments.authenticate(self.intent_id, value)
        if verb == "refund":
            return self.payments.refund(self.intent_id, Money(value, "USD"), key=key)
        return getattr(self.payments, verb)(self.intent_id, key=key)

    def line(self) -> LedgerLine:
        (line,) = finish(self.payments.ledger())
        return line


@given(COURSES)
def test_never_more_captured_than_authorized_nor_more_refunded_than_captured(
    course: list[Call],
) -> None:
    """After each call: 0 ≤ refunded ≤ captured ≤ authorized ≤ amount, and a hold only before a capture."""
    world = World()
    for number, call in enumerate(course):
        world.ask(call, f"k{number}")

        line = world.line()
        assert 0 <= line.refunded.amount_minor <= line.captured.amount_minor
        assert line.captured.amount_minor <= line.authorized.amount_minor <= 1_000
        assert (line.held.amount_minor > 0) == (line.status == "requires_capture")


@given(COURSES)
def test_no_course_leaves_money_held_or_takes_money_after_a_cancel(course: list[Call]) -> None:
    """Whatever came before and comes after, a cancelled intent holds nothing and takes nothing."""
    world = World()
    for number, call in enumerate(course):
        world.ask(call, f"k{number}")
    world.ask(("cancel", None), "cancel")
    ended = world.line()
    assert ended.held.amount_minor == 0

    for number, call in enumerate(call for call in course if call[0] != "refund"):
        world.ask(call, f"after{number}")

    assert world.line() == ended


@given(COURSES, st.data())
def test_any_repetition_under_its_key_changes_nothing(course: list[Call], data: Any) -> None:
    """A keyed call repeated at any later time answers what it answered and leaves the state as it is."""
    world = World()
    answers = [world.ask(call, f"k{number}") for number, call in enumerate(course)]
    before = world.vault.digest()

    for number, call in enumerate(course):
        lost = "PaymentBusy" in answers[number]
        if call[0] != "authenticate" and data.draw(st.booleans()):
            answer = world.ask(call, f"k{number}")
            assert answer == answers[number] or lost

    assert world.vault.digest() == before


@given(COURSES)
def test_a_refusal_of_a_state_or_an_amount_changes_nothing(course: list[Call]) -> None:
    """What the network refuses without asking the card leaves intent and webhooks as they were."""
    world = World()
    for number, call in enumerate(course):
        before = world.line()
        answer = world.ask(call, f"k{number}")

        if "UnexpectedState" in answer or "amount_too" in answer or "resource_missing" in answer:
            assert world.line() == before
