"""Where the documents lie."""

from domain.containers import PARTITION_KEYS
from domain.dead_letter import DeadLetter
from domain.difference import Difference
from domain.entity import Entity
from domain.hold import Hold
from domain.idempotency import KeptAnswer
from domain.ledger import LedgerEntry
from domain.order import Order, OrderFence, OrderPointer
from domain.participant import RecordedWord
from domain.payment_event import PaymentEvent
from domain.setting import Setting
from domain.shipment import Shipment
from domain.timeline import TimelineEntry
from domain.walk import Walk

KINDS: tuple[type[Entity], ...] = (
    DeadLetter,
    Difference,
    Hold,
    KeptAnswer,
    LedgerEntry,
    Order,
    OrderFence,
    OrderPointer,
    PaymentEvent,
    RecordedWord,
    Setting,
    Shipment,
    TimelineEntry,
    Walk,
)


def test_every_kind_lies_under_its_containers_key() -> None:
    for kind in KINDS:
        assert kind.partition_field == PARTITION_KEYS[kind.container]
        assert kind.partition_field in kind.model_fields


def test_no_two_kinds_have_one_name() -> None:
    assert len({kind.kind for kind in KINDS}) == len(KINDS)


def test_whatever_money_stock_or_staff_touches_is_audited() -> None:
    audited = {kind.kind for kind in KINDS if kind.audited}

    assert audited == {
        "dead-letter",
        "hold",
        "ledger",
        "ledger-difference",
        "order",
        "word",
        "setting",
        "shipment",
    }
    assert all("audit_head" in kind.model_fields for kind in KINDS if kind.audited)


def test_there_are_nineteen_containers() -> None:
    assert len(PARTITION_KEYS) == 19
    assert PARTITION_KEYS["Cart"] == PARTITION_KEYS["Orders"] == "user_id"
