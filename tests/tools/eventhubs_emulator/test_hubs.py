"""What a namespace keeps, where its readers begin and who may read; without a network."""

import base64
import hashlib
import hmac
from random import Random
from urllib.parse import quote_plus

import pytest

from tools.eventhubs_emulator import encode, message, tokens
from tools.eventhubs_emulator.decode import Malformed
from tools.eventhubs_emulator.faults import Faults, Switch, read_faults
from tools.eventhubs_emulator.hubs import MOST_MESSAGE_BYTES, Hub, Refusal
from tools.eventhubs_emulator.positions import first_sequence
from tools.eventhubs_emulator.readers import Reader, Readers


def body(number: int, key: str | None = None) -> bytes:
    """A message with a partition key."""
    annotations = encode.described(
        message.ANNOTATIONS,
        encode.map_of({encode.symbol(message.PARTITION_KEY): encode.string(key)} if key else {}),
    )
    data = encode.described(message.DATA, encode.binary(str(number).encode()))
    return annotations + data


class HandClock:
    """Milliseconds that a test sets."""

    def __init__(self) -> None:
        self.moment = 1_000_000

    def __call__(self) -> int:
        return self.moment


@pytest.fixture
def hub() -> Hub:
    """A hub with ten events in its only partition, a second apart."""
    clock = HandClock()
    made = Hub("h", 1, ("g",), retention_seconds=60, clock=clock)
    for number in range(10):
        made.publish(body(number), 0, None)
        clock.moment += 1000
    return made


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (None, 0),
        ("amqp.annotation.x-opt-offset > '-1'", 0),
        ("amqp.annotation.x-opt-offset > '@latest'", 10),
        ("amqp.annotation.x-opt-sequence-number > '4'", 5),
        ("amqp.annotation.x-opt-sequence-number >= '4'", 4),
        ("amqp.annotation.x-opt-sequence-number > '99'", 10),
        ("amqp.annotation.x-opt-enqueued-time > '1003000'", 4),
    ],
)
def test_a_reader_begins_at_the_first_event_that_fits(
    hub: Hub, asked: str | None, first: int
) -> None:
    assert first_sequence(hub.partitions[0], asked) == first


def test_a_filter_that_cannot_be_read_is_refused(hub: Hub) -> None:
    with pytest.raises(Refusal, match="amqp:invalid-field"):
        first_sequence(hub.partitions[0], "x-opt-colour > '1'")


def test_what_is_older_than_the_retention_goes_with_the_next_event(hub: Hub) -> None:
    clock = hub.clock
    assert isinstance(clock, HandClock)
    clock.moment += 55_000

    hub.publish(body(10), 0, None)

    partition = hub.partitions[0]
    assert (partition.first_sequence, partition.next_sequence) == (5, 11)
    assert first_sequence(partition, "amqp.annotation.x-opt-sequence-number > '1'") == 5


def test_keys_go_to_one_partition_and_what_has_none_goes_round() -> None:
    hub = Hub("h", 4)
    for number in range(8):
        hub.publish(body(number), 0, None)
        hub.publish(body(number, "key"), 0, None)
    hub.publish(body(9, "key"), 0, hub.partition("3"))

    sizes = [len(partition.events) for partition in hub.partitions]
    assert sum(sizes) == 17
    assert sorted(sizes)[:2] == [2, 2]


def test_a_message_has_its_limit_and_partitions_their_names(hub: Hub) -> None:
    with pytest.raises(Refusal, match="message-size-exceeded"):
        hub.publish(b"x" * (MOST_MESSAGE_BYTES + 1), 0, None)
    with pytest.raises(Refusal, match="argument-out-of-range"):
        hub.partition("1")
    with pytest.raises(Malformed):
        hub.publish(b"\x41", 0, None)


class Seat:
    """A reader's link that notes why it was ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def end(self, condition: str, why: str) -> None:
        """Note it."""
        self.ended.append(f"{condition}: {why}")


def reader(hub: Hub, epoch: int | None = None, faults: Faults | None = None) -> Reader:
    """A reader from the first event."""
    return Reader(hub, "g", hub.partitions[0], faults or Faults(), 0, epoch)


def test_a_higher_epoch_ends_the_others_and_a_lower_one_is_refused(hub: Hub) -> None:
    readers, seats = Readers(), [Seat() for _ in range(4)]
    readers.join(reader(hub), seats[0])
    readers.join(first := reader(hub, 1), seats[1])

    readers.leave(first)
    readers.join(reader(hub, 2), seats[2])
    for epoch in (None, 1):
        with pytest.raises(Refusal, match="higher epoch '2'"):
            readers.join(reader(hub, epoch), seats[3])

    assert "epoch of '1'" in seats[0].ended[0]
    assert seats[1].ended == []
    assert seats[3].ended == []


def test_five_may_read_without_an_epoch(hub: Hub) -> None:
    readers = Readers()
    for _ in range(5):
        readers.join(reader(hub), Seat())

    with pytest.raises(Refusal, match="maximum number of allowed receivers"):
        readers.join(reader(hub), Seat())
    assert readers.count("h", "G", "0") == 5


def test_a_reader_takes_each_event_once_twice_or_not_yet(hub: Hub) -> None:
    faults = Faults(redelivered=Switch(next=1))
    one = reader(hub, faults=faults)
    taken = [one.take() for _ in range(11)]
    faults.held.add("h")
    hub.publish(body(10), 0, None)
    held = one.take()
    faults.held.clear()

    datas = [message.section(each or b"", message.DATA) for each in taken]
    assert datas == [b"0", b"0", *(str(n).encode() for n in range(1, 10))]
    assert held is None
    assert one.take() is not None
    assert one.take() is None


def test_switches_strike_by_number_or_by_chance() -> None:
    switch, often = Switch(next=2), Switch(rate=0.5)
    random = Random(1)

    assert [switch.strikes(random) for _ in range(4)] == [True, True, False, False]
    assert 30 < sum(often.strikes(random) for _ in range(100)) < 70
    assert switch.struck == 2


def test_switches_are_read_from_text() -> None:
    faults = read_faults("lost_acks=0.25, busy=0.5,seed=7")

    assert (faults.lost_acks.rate, faults.busy.rate, faults.dropped.rate) == (0.25, 0.5, 0.0)
    assert faults.random.random() == Random(7).random()
    for wrong in ("held=1", "busy=often", "nonsense"):
        with pytest.raises(ValueError, match=r"switch|convert"):
            read_faults(wrong)


def signed(uri: str, expiry: int, key: str = tokens.KEY, name: str = tokens.KEY_NAME) -> str:
    """A shared access signature."""
    digest = hmac.digest(key.encode(), f"{quote_plus(uri)}\n{expiry}".encode(), hashlib.sha256)
    signature = quote_plus(base64.b64encode(digest))
    return f"SharedAccessSignature sr={quote_plus(uri)}&sig={signature}&se={expiry}&skn={name}"


def test_a_signature_is_good_until_it_expires_and_with_the_right_key_only() -> None:
    kind, uri = "servicebus.windows.net:sastoken", "amqps://127.0.0.1/order-events"

    assert tokens.is_good(kind, signed(uri, 2000), 1999)
    assert not tokens.is_good(kind, signed(uri, 2000), 2000)
    assert not tokens.is_good(kind, signed(uri, 2000, key="other"), 0)
    assert not tokens.is_good(kind, signed(uri, 2000, name="other"), 0)
    assert not tokens.is_good(kind, signed(uri, 2000).replace("2000", "3000"), 0)
    assert not tokens.is_good(kind, "nonsense", 0)
    assert tokens.is_good("jwt", "anything", 0)
    assert not tokens.is_good("jwt", "", 0)
