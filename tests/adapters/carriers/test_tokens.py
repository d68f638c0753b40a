"""Tokens: one for all processes, fetched in time, and anew where one does not serve."""

import asyncio

import pytest

from adapters.carriers.tokens import EARLY_SECONDS
from adapters.embedded.cache import EmbeddedCache
from domain.carrier import CARRIERS, our_own
from domain.keys import Keys
from tests.adapters.carriers.peers import Peer
from tests.adapters.carriers_contract import HOME, SERVICES, World, a_label, in_the_end
from tools.carriers_emulator.accounts import SECRETS
from usecases.ports.carriers import CarrierBusy
from usecases.ports.secrets import SecretMissing

OLD, NEW = SECRETS[0], "another-secret"


async def asked_about(peer: Peer, carrier: str = "UPS") -> None:
    await peer.carriers.track(carrier, "1Z999")


async def test_many_calls_of_many_processes_fetch_one_token(peer: Peer) -> None:
    others = [peer.another() for _ in range(3)]

    await asyncio.gather(*(one.track("UPS", "1Z999") for one in others for _ in range(5)))

    assert peer.emulator.asked("track") == 15
    assert peer.emulator.asked("token") == 1


async def test_a_token_is_fetched_anew_before_it_ends(peer: Peer) -> None:
    seconds = peer.emulator.desk.tokens.seconds
    await asked_about(peer)
    peer.clock.move(seconds - EARLY_SECONDS - 1)
    await asked_about(peer)
    assert peer.emulator.asked("token") == 1

    peer.clock.move(2)
    await asked_about(peer)

    assert peer.emulator.asked("token") == 2
    assert {one.status for one in peer.emulator.log} <= {200, 404}


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_token_that_ends_too_early_is_replaced_and_nobody_notices(
    peer: Peer, world: World, carrier: str
) -> None:
    service = next(one for one in SERVICES if one.carrier == carrier)
    await a_label(world, service)
    peer.emulator.desk.tokens.expire()

    await a_label(world, service, key="another")

    assert len(await peer.good_labels()) == 2
    assert 401 in {one.status for one in peer.emulator.log}


async def test_a_payment_authorization_is_kept_like_a_token(peer: Peer, world: World) -> None:
    for number in range(3):
        await a_label(world, key=f"k{number}")

    assert (peer.emulator.asked("payment"), peer.emulator.asked("token")) == (1, 1)


class Vault:
    """A vault that counts how often it is doubted."""

    def __init__(self, *secrets: str) -> None:
        self.there, self.doubted = list(secrets), 0

    async def keys(self, name: str) -> Keys:
        if not self.there:
            raise SecretMissing(f"no {name}")
        first, *rest = (secret.encode() for secret in self.there)
        return Keys(first, rest[0] if rest else None)

    def doubt(self, name: str) -> None:
        assert name == "ups-client-secret"
        self.doubted += 1


async def test_while_a_secret_is_rolled_the_one_that_serves_is_used(peer: Peer) -> None:
    vault = Vault(NEW, OLD)
    ours = peer.another(secrets=vault, cache=EmbeddedCache(peer.clock))

    assert await ours.track("UPS", "1Z999") == []
    assert vault.doubted == 0


async def test_a_secret_that_was_replaced_is_found_without_a_restart(peer: Peer) -> None:
    vault = Vault(OLD)
    ours = peer.another(secrets=vault, cache=EmbeddedCache(peer.clock))
    peer.emulator.desk.secrets[:] = [NEW]

    for seconds in (0, 59, 1):
        peer.clock.move(seconds)
        with pytest.raises(CarrierBusy, match="ups is refused"):
            await ours.track("UPS", "1Z999")
    vault.there[:] = [NEW]

    assert vault.doubted == 2
    assert await ours.track("UPS", "1Z999") == []


async def test_a_vault_that_is_away_is_a_busy_carrier_of_whom_nothing_was_bought(
    peer: Peer, world: World
) -> None:
    vault = Vault()
    ours = peer.another(secrets=vault, cache=EmbeddedCache(peer.clock))
    own = our_own("overnight")

    with pytest.raises(CarrierBusy, match="the secret for ups"):
        await ours.buy_label("ORDER000000A-S1", HOME, service=own, key="k")

    assert peer.emulator.log == type(peer.emulator.log)()
    label = await in_the_end(world, lambda: a_label(world, own, key="k"))
    assert await peer.good_labels() == [label.tracking_number]


async def test_an_answer_without_a_token_is_a_refusal(peer: Peer) -> None:
    peer.emulator.desk.tokens.seconds = 0

    with pytest.raises(CarrierBusy):
        await asked_about(peer)
