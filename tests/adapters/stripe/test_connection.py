"""Secrets that change while the shop runs, and how calls are watched."""

from dataclasses import dataclass, field

import pytest

from adapters.stripe.connection import StripeConnection
from adapters.stripe.payments import StripePayments
from adapters.stripe.settings import StripeSettings
from adapters.webhook_signature import sign
from domain.keys import Keys
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.payments_contract import a_key, an_intent
from tests.adapters.stripe.peers import SHOP, Peer
from tools.stripe_emulator.auth import KEY
from usecases.ports.payments import BadSignature, PaymentBusy
from usecases.ports.secrets import SecretsAway

NEW = "sk_test_rotated"
EVENT = (
    b'{"id": "evt_1", "type": "t", "data": {"object": {"object": "payment_intent", "id": "pi_1"}}}'
)


@dataclass
class Vault:
    """Says what it said before until it is doubted, as a cached vault does."""

    there: dict[str, tuple[str, ...]]
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    doubted: list[str] = field(default_factory=list)
    is_away: bool = False

    async def keys(self, name: str) -> Keys:
        if self.is_away:
            raise SecretsAway("away")
        known = self.known.setdefault(name, self.there[name])
        return Keys(*(one.encode() for one in known))

    def doubt(self, name: str) -> None:
        self.doubted.append(name)
        self.known.pop(name, None)


@pytest.fixture
def vault() -> Vault:
    return Vault({"stripe-secret-key": (KEY,), "stripe-webhook-secret": ("whsec_1",)})


@pytest.fixture
def ours(peer: Peer, vault: Vault) -> StripePayments:
    connection = StripeConnection(StripeSettings(peer.address), vault, peer.clock)
    return StripePayments(connection, return_url=SHOP)


async def test_while_a_key_rolls_either_serves(
    peer: Peer, ours: StripePayments, vault: Vault
) -> None:
    vault.there["stripe-secret-key"] = (NEW, KEY)
    await an_intent(ours)
    peer.emulator.account.keys[:] = [NEW]

    await an_intent(ours)
    await an_intent(ours)

    assert [one.status for one in peer.emulator.log] == [401, 200, 401, 200, 200]
    assert vault.doubted == []
    await ours.close()


async def test_a_key_that_was_replaced_is_found_without_a_restart(
    peer: Peer, ours: StripePayments, vault: Vault
) -> None:
    await an_intent(ours)
    peer.emulator.account.keys[:] = [NEW]
    vault.there["stripe-secret-key"] = (NEW,)

    key = a_key()
    with pytest.raises(PaymentBusy, match="AuthenticationError 401"):
        await an_intent(ours, key=key)

    assert (await an_intent(ours, key=key)).status == "requires_payment_method"
    assert vault.doubted == ["stripe-secret-key"]
    await ours.close()


async def test_the_vault_is_doubted_once_a_minute_at_most(
    peer: Peer, ours: StripePayments, vault: Vault, clock: StillClock
) -> None:
    peer.emulator.account.keys[:] = [NEW]
    for seconds in (0, 59, 1):
        clock.move(seconds)
        with pytest.raises(PaymentBusy):
            await an_intent(ours)

    assert len(vault.doubted) == 2
    await ours.close()


async def test_a_vault_that_is_away_is_a_busy_network(ours: StripePayments, vault: Vault) -> None:
    vault.is_away = True

    with pytest.raises(PaymentBusy, match="the key for stripe: away"):
        await an_intent(ours)
    with pytest.raises(SecretsAway):
        await ours.read_webhook(EVENT, "")


async def test_a_webhook_may_be_signed_with_either_secret(
    ours: StripePayments, vault: Vault
) -> None:
    from adapters.embedded.clock import SystemClock

    now = SystemClock().now()
    vault.there["stripe-webhook-secret"] = ("whsec_new", "whsec_old")

    for secret in ("whsec_new", "whsec_old"):
        event = await ours.read_webhook(EVENT, sign(EVENT, secret, now))
        assert (event.id, event.intent_id) == ("evt_1", "pi_1")
    with pytest.raises(BadSignature):
        await ours.read_webhook(EVENT, sign(EVENT, "whsec_other", now))

    assert vault.doubted == ["stripe-webhook-secret"]


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        (EVENT, ""),
        (EVENT, "t=1"),
        (EVENT, "v1=a"),
        (EVENT, "t=soon,v1=a"),
        (EVENT, "t=1,v1=é"),
        (EVENT, "t=1,v1=" + "a" * 1000),
        (b"\xff", "t=1,v1=a"),
    ],
)
async def test_what_is_signed_badly_is_refused(
    ours: StripePayments, payload: bytes, signature: str
) -> None:
    with pytest.raises(BadSignature):
        await ours.read_webhook(payload, signature)


async def test_an_old_signature_is_refused(ours: StripePayments, clock: StillClock) -> None:
    with pytest.raises(BadSignature):
        await ours.read_webhook(EVENT, sign(EVENT, "whsec_1", clock.now()))
