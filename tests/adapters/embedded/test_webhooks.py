import pytest

from adapters.embedded.webhooks import (
    ABANDONED,
    DELIVERED,
    KEPT_SECONDS,
    KEPT_TRYING_SECONDS,
    LEASE_SECONDS,
    Webhook,
    Webhooks,
    pause_seconds,
    post,
)
from adapters.embedded.world import Vault
from tests.adapters.embedded.fixtures import StillClock


@pytest.fixture
def webhooks(vault: Vault) -> Webhooks:
    return Webhooks(vault)


async def posted(vault: Vault, clock: StillClock, *ids: str) -> None:
    bodies = {event_id: f"body of {event_id}" for event_id in ids}
    await vault.change(lambda records: post(records, bodies, clock.now()))


async def test_a_posted_webhook_is_due_at_once_for_one_claimer(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "evt_1")

    assert await webhooks.claim(clock.now()) == [Webhook("evt_1", b"body of evt_1", 0)]
    assert await webhooks.claim(clock.now()) == []
    assert await webhooks.waiting() == 1


async def test_a_dead_claimers_webhook_is_due_again_after_its_lease(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "evt_1")
    await webhooks.claim(clock.now())

    clock.move(LEASE_SECONDS - 1)
    assert await webhooks.claim(clock.now()) == []
    clock.move(1)
    assert [webhook.id for webhook in await webhooks.claim(clock.now())] == ["evt_1"]


async def test_a_delivered_webhook_is_never_due_again(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "evt_1")
    (webhook,) = await webhooks.claim(clock.now())

    await webhooks.settle(webhook, clock.now(), accepted=True)
    await webhooks.settle(webhook, clock.now(), accepted=False)

    clock.move(KEPT_TRYING_SECONDS)
    assert await webhooks.claim(clock.now()) == []
    assert await webhooks.waiting() == 0
    delivered = await vault.look(lambda r: r.oldest(DELIVERED, 9))
    assert [key for key, _ in delivered] == ["evt_1"]


async def test_a_refused_webhook_comes_back_after_a_pause(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "evt_1")
    (webhook,) = await webhooks.claim(clock.now())

    await webhooks.settle(webhook, clock.now(), accepted=False)

    clock.move(0.4)
    assert await webhooks.claim(clock.now()) == []
    clock.move(0.1)
    assert await webhooks.claim(clock.now()) == [Webhook("evt_1", b"body of evt_1", 1)]


async def test_a_webhook_is_given_up_after_three_days(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "evt_1")
    clock.move(KEPT_TRYING_SECONDS + 1)
    (webhook,) = await webhooks.claim(clock.now())

    await webhooks.settle(webhook, clock.now(), accepted=False)

    assert await webhooks.waiting() == 0
    assert await vault.look(lambda r: r.get(ABANDONED, "evt_1")) is not None


async def test_a_claim_takes_at_most_its_limit_and_the_next_one_goes_on(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    await posted(vault, clock, "a", "b", "c")

    assert [w.id for w in await webhooks.claim(clock.now(), 2)] == ["a", "b"]
    assert [w.id for w in await webhooks.claim(clock.now(), 2)] == ["c"]


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause_seconds(n) for n in (1, 2, 3, 8, 9, 10_000)] == [0.5, 1.0, 2.0, 60, 60, 60]


async def test_old_deliveries_are_forgotten(
    webhooks: Webhooks, vault: Vault, clock: StillClock
) -> None:
    for event_id in ("a", "b", "c", "d"):
        await posted(vault, clock, event_id)
        (webhook,) = await webhooks.claim(clock.now())
        await webhooks.settle(webhook, clock.now(), accepted=True)
        clock.move(KEPT_SECONDS / 2)

    delivered = await vault.look(lambda r: r.oldest(DELIVERED, 9))

    assert [key for key, _ in delivered] == ["b", "c", "d"]
