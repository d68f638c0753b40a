"""What a carrier, the network or a crash does to us: one label, whatever is lost on the way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from adapters.carriers import api
from adapters.carriers.buying import LEASE, TRIES
from domain.carrier import CARRIERS, CarrierService
from tests.adapters.carriers.peers import Peer
from tests.adapters.carriers_contract import HOME, SERVICES, World, a_label, in_the_end
from tools.carriers_emulator.accounts import CLIENT, SECRETS
from tools.stripe_emulator.faults import Fault
from usecases.ports.carriers import CarrierBusy, Carriers, Label, NoLabel
from usecases.ports.store import Change, Committed, Store, StoreBusy

BY_CARRIER = {name: next(one for one in SERVICES if one.carrier == name) for name in CARRIERS}
WITHOUT_LOOK = "FedEx"
"""It cannot be asked what it has sold."""

NOT_DONE = [
    Fault("label", 429),
    Fault("label", 401, times=2),
    Fault("label", 403),
    Fault("label", 404),
    Fault("token", 500),
    Fault("token", 429),
    Fault("token", drops=True),
]
UNKNOWN = [
    Fault("label", 500),
    Fault("label", 500, applied=True),
    Fault("label", 503, applied=True),
    Fault("label", 302),
    Fault("label", 200),
    Fault("label", drops=True),
    Fault("label", drops=True, applied=True),
    Fault("label", delay_seconds=0.5),
]


def in_words(fault: Fault) -> str:
    what = "dropped" if fault.drops else str(fault.status or "late")
    return f"{fault.on} {what}{' done' if fault.applied else ''}"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out that a test can wait for."""
    monkeypatch.setattr(api, "CALL_SECONDS", 0.2)


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
@pytest.mark.parametrize("fault", NOT_DONE, ids=in_words)
async def test_who_was_turned_away_may_ask_again_at_once(
    peer: Peer, world: World, carrier: str, fault: Fault
) -> None:
    peer.emulator.faults.set(fault)
    with pytest.raises(CarrierBusy):
        await a_label(world, BY_CARRIER[carrier])

    label = await a_label(world, BY_CARRIER[carrier])

    assert await peer.good_labels() == [label.tracking_number]
    assert peer.emulator.asked("find") == 0
    assert (await peer.purchase()).attempt == 1


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("carrier", ["UPS", "USPS"])
@pytest.mark.parametrize("fault", UNKNOWN, ids=in_words)
async def test_a_label_whose_fate_is_not_known_is_looked_for_before_another_is_bought(
    peer: Peer, world: World, carrier: str, fault: Fault
) -> None:
    peer.emulator.faults.set(fault)
    with pytest.raises(CarrierBusy):
        await a_label(world, BY_CARRIER[carrier])

    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER[carrier]))

    assert await peer.good_labels() == [label.tracking_number]
    assert peer.emulator.asked("find") == 1
    assert (await peer.purchase()).doubtful == ()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", UNKNOWN, ids=in_words)
async def test_where_nobody_can_be_asked_one_label_is_used_and_the_other_is_on_record(
    peer: Peer, world: World, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    peer.emulator.faults.set(fault)
    with pytest.raises(CarrierBusy):
        await a_label(world, BY_CARRIER[WITHOUT_LOOK])
    first = (await peer.purchase()).reference

    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER[WITHOUT_LOOK]))

    purchase = await peer.purchase()
    assert (purchase.tracking_number, purchase.doubtful) == (label.tracking_number, (first,))
    assert (await peer.good_labels())[-1] == label.tracking_number
    (warning,) = caplog.records
    assert warning.message == "a label may have been bought that nobody uses"
    assert vars(warning)["shop.label.reference"] == first


async def test_a_look_that_fails_buys_nothing(peer: Peer, world: World) -> None:
    peer.emulator.faults.set(Fault("label", 500, applied=True), Fault("find", 503, times=3))

    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER["UPS"]))

    assert await peer.good_labels() == [label.tracking_number]
    assert (peer.emulator.asked("label"), peer.emulator.asked("find")) == (1, 4)


@pytest.mark.parametrize("carrier", ["UPS", "USPS"])
async def test_an_answer_to_a_look_that_nobody_understands_buys_nothing(
    peer: Peer, world: World, carrier: str
) -> None:
    peer.emulator.faults.set(Fault("label", 500), Fault("find", 400))
    with pytest.raises(CarrierBusy):
        await a_label(world, BY_CARRIER[carrier])
    world.clock.move(10)

    with pytest.raises(CarrierBusy, match="cannot say what it has sold"):
        await a_label(world, BY_CARRIER[carrier])

    assert await peer.good_labels() == []


@pytest.mark.parametrize("carrier", ["UPS", "USPS"])
async def test_a_label_that_was_given_back_by_hand_meanwhile_is_not_used(
    peer: Peer, world: World, carrier: str
) -> None:
    peer.emulator.faults.set(Fault("label", 500, applied=True))
    with pytest.raises(CarrierBusy):
        await a_label(world, BY_CARRIER[carrier])
    (lost,) = await peer.good_labels()
    peer.emulator.yard.void(lost)

    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER[carrier]))

    assert label.tracking_number != lost
    assert await peer.good_labels() == [label.tracking_number]


class Died(BaseException):
    """The process is gone."""


@dataclass
class Dying:
    """A store whose process dies at its ``at``-th operation: before it, or right after it."""

    inner: Store
    at: int
    after: bool
    operations: int = 0

    async def get(self, *given: Any) -> Any:
        return await self._passed(lambda: self.inner.get(*given))

    async def find(self, *given: Any) -> Any:
        return await self._passed(lambda: self.inner.find(*given))

    async def commit(self, change: Change) -> Committed:
        return await self._passed(lambda: self.inner.commit(change))

    async def _passed[T](self, operation: Callable[[], Awaitable[T]]) -> T:
        self.operations += 1
        if self.operations == self.at and not self.after:
            raise Died
        answer = await operation()
        if self.operations == self.at:
            raise Died
        return answer


async def bought_by(carriers: Carriers, service: CarrierService) -> Label:
    return await carriers.buy_label(
        "ORDER000000A-S1", HOME, service=service, key="ORDER000000A:label"
    )


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_crash_at_any_operation_leaves_one_recorded_label(
    peer: Peer, world: World, at: int, after: bool, carrier: str
) -> None:
    service = BY_CARRIER[carrier]
    dying = peer.another(store=Dying(peer.store, at, after))
    with pytest.raises(Died):
        await bought_by(dying, service)

    label = await in_the_end(world, lambda: a_label(world, service))

    assert (await peer.purchase()).tracking_number == label.tracking_number
    is_orphaned = carrier == WITHOUT_LOOK and (at, after) == (3, False)
    assert len(await peer.good_labels()) == 1 + is_orphaned
    assert await a_label(world, service) == label


@pytest.mark.parametrize("carrier", ["UPS", "USPS"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_a_crash_while_an_open_purchase_is_taken_over_leaves_one_label_too(
    peer: Peer, world: World, at: int, after: bool, carrier: str
) -> None:
    service = BY_CARRIER[carrier]
    peer.emulator.faults.set(Fault("label", 500, applied=at % 2 == 0))
    with pytest.raises(CarrierBusy):
        await a_label(world, service)
    world.clock.move(LEASE.total_seconds())
    dying = peer.another(store=Dying(peer.store, at, after))
    with suppress(Died):  # a purchase that was found takes one operation less
        await bought_by(dying, service)

    label = await in_the_end(world, lambda: a_label(world, service))

    assert await peer.good_labels() == [label.tracking_number]


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_of_many_who_buy_at_once_one_buys(peer: Peer, world: World, carrier: str) -> None:
    service, others = BY_CARRIER[carrier], [peer.another() for _ in range(3)]

    calls = [bought_by(one, service) for one in (peer.carriers, *others) for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    label = await in_the_end(world, lambda: a_label(world, service))

    assert all(one == label or isinstance(one, CarrierBusy) for one in outcomes)
    assert await peer.good_labels() == [label.tracking_number]


class Stalling:
    """A store whose process stands still before its record, until somebody else has bought."""

    def __init__(self, inner: Store, meanwhile: Callable[[], Awaitable[object]], at: int) -> None:
        self.inner, self.meanwhile, self.left = inner, meanwhile, at

    async def get(self, *given: Any) -> Any:
        return await self.inner.get(*given)

    async def find(self, *given: Any) -> Any:
        return await self.inner.find(*given)

    async def commit(self, change: Change) -> Committed:
        self.left -= 1
        if self.left == 0:
            await self.meanwhile()
        return await self.inner.commit(change)


async def test_who_wakes_up_with_a_label_that_another_has_found_agrees_with_it(
    peer: Peer, world: World
) -> None:
    async def meanwhile() -> None:
        world.clock.move(LEASE.total_seconds())
        await a_label(world, BY_CARRIER["UPS"])

    sleeper = peer.another(store=Stalling(peer.store, meanwhile, at=2))

    label = await bought_by(sleeper, BY_CARRIER["UPS"])

    assert await peer.good_labels() == [label.tracking_number]
    assert peer.emulator.asked("label") == 1


@pytest.mark.parametrize("refused", [False, True], ids=["given back", "not taken back"])
async def test_who_wakes_up_with_a_label_too_many_gives_it_back(
    peer: Peer, world: World, refused: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def meanwhile() -> None:
        world.clock.move(LEASE.total_seconds())
        await a_label(world, BY_CARRIER[WITHOUT_LOOK])

    peer.emulator.faults.set(*[Fault("void", 500)] * refused)
    sleeper = peer.another(store=Stalling(peer.store, meanwhile, at=2))

    label = await bought_by(sleeper, BY_CARRIER[WITHOUT_LOOK])

    assert (await peer.purchase()).tracking_number == label.tracking_number
    assert label.tracking_number in await peer.good_labels()
    assert len(await peer.good_labels()) == 1 + refused
    told = caplog.records[-1]
    assert told.message == (
        "a label too many could not be given back" if refused else "a label too many was given back"
    )
    assert (told.levelno, vars(told)["shop.carrier"]) == (
        logging.ERROR if refused else logging.WARNING,
        WITHOUT_LOOK,
    )


async def test_who_wakes_up_while_another_is_asking_comes_again(peer: Peer, world: World) -> None:
    async def meanwhile() -> None:
        world.clock.move(LEASE.total_seconds())
        peer.emulator.faults.set(Fault("label", 500))
        with pytest.raises(CarrierBusy):
            await a_label(world, BY_CARRIER[WITHOUT_LOOK])

    sleeper = peer.another(store=Stalling(peer.store, meanwhile, at=2))

    with pytest.raises(CarrierBusy, match="being bought by another"):
        await bought_by(sleeper, BY_CARRIER[WITHOUT_LOOK])

    assert await peer.good_labels() == []
    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER[WITHOUT_LOOK]))
    assert await peer.good_labels() == [label.tracking_number]


async def test_who_slept_before_asking_does_not_ask(peer: Peer, world: World) -> None:
    class Late(Stalling):
        async def commit(self, change: Change) -> Committed:
            done = await self.inner.commit(change)
            world.clock.move(LEASE.total_seconds())
            return done

    async def nothing() -> None:
        """Nobody else is there."""

    sleeper = peer.another(store=Late(peer.store, nothing, at=0))

    with pytest.raises(CarrierBusy, match="ours for too long"):
        await bought_by(sleeper, BY_CARRIER["UPS"])

    assert peer.emulator.asked("label") == 0


class Busy(Stalling):
    """A store that is busy for some commits after the first, which it may have made all the same."""

    def __init__(self, inner: Store, times: int, *, applied: bool) -> None:
        self.inner, self.times, self.applied, self.begun = inner, times, applied, False

    async def commit(self, change: Change) -> Committed:
        if not self.begun or not self.times:
            self.begun = True
            return await self.inner.commit(change)
        self.times -= 1
        if self.applied:
            await self.inner.commit(change)
        raise StoreBusy("away")


@pytest.mark.parametrize("applied", [False, True])
async def test_an_answer_is_written_though_the_store_is_busy(
    peer: Peer, world: World, applied: bool
) -> None:
    ours = peer.another(store=Busy(peer.store, TRIES - 1, applied=applied))

    label = await bought_by(ours, BY_CARRIER[WITHOUT_LOOK])

    assert await peer.good_labels() == [label.tracking_number]
    assert await a_label(world, BY_CARRIER[WITHOUT_LOOK]) == label


async def test_an_answer_that_cannot_be_written_is_told_with_its_number(
    peer: Peer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ours = peer.another(store=Busy(peer.store, TRIES, applied=False))

    with pytest.raises(CarrierBusy, match="cannot be read or written"):
        await bought_by(ours, BY_CARRIER["UPS"])

    (number,) = await peer.good_labels()
    assert vars(caplog.records[-1])["shop.label.number"] == number
    label = await in_the_end(world, lambda: a_label(world, BY_CARRIER["UPS"]))
    assert label.tracking_number == number


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_parcel_on_its_way_is_not_given_up(peer: Peer, world: World, carrier: str) -> None:
    label = await a_label(world, BY_CARRIER[carrier])
    await peer.pick_up(label.tracking_number)

    with pytest.raises(NoLabel):
        await peer.carriers.void_label(carrier, label.tracking_number, key="v")


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_void_whose_answer_is_lost_is_repeated(
    peer: Peer, world: World, carrier: str
) -> None:
    label = await a_label(world, BY_CARRIER[carrier])
    peer.emulator.faults.set(Fault("void", drops=True, applied=True))
    with pytest.raises(CarrierBusy):
        await peer.carriers.void_label(carrier, label.tracking_number, key="v")

    await peer.carriers.void_label(carrier, label.tracking_number, key="v")

    assert await peer.good_labels() == []


async def test_a_carrier_in_trouble_is_left_alone_and_then_asked_by_one(peer: Peer) -> None:
    peer.emulator.faults.set(Fault("track", 503, times=api.LIMITS.failures_to_open))
    for _ in range(api.LIMITS.failures_to_open):
        with pytest.raises(CarrierBusy, match="UPS answered 503"):
            await peer.carriers.track("UPS", "1Z999")
    asked = peer.emulator.asked("track")

    with pytest.raises(CarrierBusy, match="left alone"):
        await peer.carriers.track("UPS", "1Z999")
    await peer.carriers.track("FedEx", "1")

    assert peer.emulator.asked("track") == asked + 1
    peer.clock.move(api.LIMITS.rest_seconds)
    assert await peer.carriers.track("UPS", "1Z999") == []


async def test_a_carrier_that_wants_fewer_questions_still_sells_labels(
    peer: Peer, world: World
) -> None:
    peer.emulator.faults.set(Fault("track", 429, times=api.LIMITS.failures_to_open))
    for _ in range(api.LIMITS.failures_to_open):
        with pytest.raises(CarrierBusy):
            await peer.carriers.track("USPS", "9")

    assert (await a_label(world)).carrier == "USPS"


async def test_nobody_listening_is_a_busy_carrier_and_nothing_was_bought(peer: Peer) -> None:
    nowhere = peer.another(given={"UPS_API_BASE": "http://127.0.0.1:9"})

    with pytest.raises(CarrierBusy, match="UPS is not reached: ConnectError"):
        await bought_by(nowhere, BY_CARRIER["UPS"])

    assert (await peer.purchase()).is_open is False


async def test_no_secret_token_or_person_is_logged(
    peer: Peer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    for fault in (*NOT_DONE, *UNKNOWN[:2]):
        peer.emulator.faults.set(fault)
    for name, service in BY_CARRIER.items():
        await in_the_end(world, partial(a_label, world, service, key=name))

    told = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "a carrier does not let us in" in told
    tokens = [token for _, token in peer.emulator.desk.tokens._ends]
    assert len(tokens) > 3
    for private in (*tokens, *SECRETS, "Ada Byron", "1 Main St", f"{CLIENT}:{SECRETS[0]}"):
        assert private not in told
