"""Key Vault through its own SDK, over TLS: rotation, expiry, outage, throttling, a wrong token."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from adapters import keyvault
from adapters.embedded.secrets import EnvironmentSecrets
from adapters.environment import BadSettings, settings_from
from adapters.keyvault import KeyVaultSecrets, secrets_of
from domain.keys import Keys
from tests.adapters.embedded.fixtures import NOON, StillClock
from tests.adapters.https import Credential, certificate, served
from tests.adapters.keyvault.fake import FakeVault, Kept
from usecases.ports.secrets import NONE, SecretMissing, SecretsAway

DAY, HOUR = 24 * 3600, 3600
OLD = Kept("old", NOON - timedelta(days=90))
NAME = "shop-signing-key"


@dataclass
class Rig:
    """A vault and one process that uses it."""

    vault: FakeVault
    clock: StillClock
    secrets: KeyVaultSecrets
    credential: Credential


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    file, clock, credential = certificate(tmp_path), StillClock(), Credential()
    vault = FakeVault(secrets={NAME: [OLD]})
    async with served(vault, file) as address:
        secrets = KeyVaultSecrets(
            address,
            clock,
            credential=credential,
            connection_verify=str(file),
            verify_challenge_resource=False,
        )
        yield Rig(vault, clock, secrets, credential)
        await secrets.close()


async def test_a_secret_is_read_once_a_day_for_all_who_want_it(rig: Rig) -> None:
    found = await asyncio.gather(*(rig.secrets.keys(NAME) for _ in range(5)))
    rig.clock.move(DAY - 1)
    await rig.secrets.keys(NAME)

    asked = [f"GET /secrets/{NAME}/versions", f"GET /secrets/{NAME}/0"]
    assert found == [Keys(b"old")] * 5
    assert rig.vault.requests == asked
    rig.clock.move(1)
    await rig.secrets.keys(NAME)
    assert rig.vault.requests == asked * 2
    assert set(rig.credential.scopes) == {"https://vault.azure.net/.default"}


async def test_a_new_version_is_accepted_at_once_and_signs_when_everybody_has_seen_it(
    rig: Rig,
) -> None:
    rig.vault.secrets[NAME] = [OLD, Kept("new", NOON)]

    assert await rig.secrets.keys(NAME) == Keys(b"old", b"new")
    rig.clock.move(25 * HOUR - 1)
    assert await rig.secrets.keys(NAME) == Keys(b"old", b"new")
    rig.clock.move(1)
    assert await rig.secrets.keys(NAME) == Keys(b"new", b"old")


async def test_no_process_signs_with_what_another_does_not_accept(rig: Rig) -> None:
    """One process asks just before the rotation, another just after: for two days they understand each other."""
    late = KeyVaultSecrets(
        rig.secrets._address, rig.clock, credential=rig.credential, **rig.secrets._options
    )
    await rig.secrets.keys(NAME)
    rig.clock.move(1)
    rig.vault.secrets[NAME] = [OLD, Kept("new", rig.clock.now())]

    for _ in range(48):
        one, other = await rig.secrets.keys(NAME), await late.keys(NAME)
        assert one.current in other
        assert other.current in one
        rig.clock.move(HOUR)
    assert one == other == Keys(b"new", b"old")
    await late.close()


async def test_only_the_two_newest_that_are_enabled_and_in_force_count(rig: Rig) -> None:
    def made(days: int) -> Kept:
        return Kept(f"v{days}", NOON - timedelta(days=days))

    off, gone, early = made(3), made(4), made(5)
    off.enabled = False
    gone.expires = NOON
    rig.vault.secrets[NAME] = [made(9), made(2), made(8), off, gone, made(7)]
    assert await rig.secrets.keys(NAME) == Keys(b"v2", b"v7")

    early.begins, early.created = NOON + timedelta(hours=3), NOON - timedelta(days=1)
    rig.vault.secrets["other"] = [made(9), early]
    assert await rig.secrets.keys("other") == Keys(b"v9")


async def test_a_leaked_version_that_was_disabled_is_gone_after_a_restart(rig: Rig) -> None:
    rig.vault.secrets[NAME] = [
        Kept("leaked", NOON - timedelta(days=9), enabled=False),
        Kept("new", NOON),
    ]

    assert await rig.secrets.keys(NAME) == Keys(b"new")


async def test_a_version_ends_at_its_time_also_between_two_readings(rig: Rig) -> None:
    rig.vault.secrets[NAME] = [
        Kept("old", OLD.created, expires=NOON + timedelta(hours=1)),
        Kept("new", NOON - timedelta(days=3)),
    ]

    assert await rig.secrets.keys(NAME) == Keys(b"new", b"old")
    rig.clock.move(HOUR)
    assert await rig.secrets.keys(NAME) == Keys(b"new")
    rig.vault.secrets[NAME] = [Kept("old", OLD.created, expires=NOON + timedelta(hours=1))]
    rig.clock.move(DAY)
    assert await rig.secrets.keys(NAME) == Keys(b"new")


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_while_the_vault_is_away_the_last_word_counts_for_a_week(
    rig: Rig, status: int
) -> None:
    await rig.secrets.keys(NAME)
    rig.vault.fail(status)

    rig.clock.move(7 * DAY - 1)
    assert await rig.secrets.keys(NAME) == Keys(b"old")
    rig.clock.move(1)
    with pytest.raises(SecretsAway, match=f"{NAME}: HttpResponseError"):
        await rig.secrets.keys(NAME)
    rig.vault.fail(0)
    rig.clock.move(30)
    assert await rig.secrets.keys(NAME) == Keys(b"old")


async def test_a_throttled_vault_is_left_alone_for_as_long_as_it_says(rig: Rig) -> None:
    rig.vault.fail(429, **{"Retry-After": "120"})

    for wait in (0, 60, 59):
        rig.clock.move(wait)
        with pytest.raises(SecretsAway) as refusal:
            await rig.secrets.keys(NAME)
        assert refusal.value.retry_after == 120
    assert len(rig.vault.requests) == 1
    rig.vault.fail(0)
    rig.clock.move(1)
    assert await rig.secrets.keys(NAME) == Keys(b"old")


async def test_a_secret_that_is_doubted_is_asked_for_anew(rig: Rig) -> None:
    await rig.secrets.keys(NAME)
    rig.vault.secrets[NAME] = [Kept("new", NOON - timedelta(days=3))]

    rig.secrets.doubt("never asked for")
    assert await rig.secrets.keys(NAME) == Keys(b"old")
    rig.secrets.doubt(NAME)
    assert await rig.secrets.keys(NAME) == Keys(b"new")
    rig.secrets.doubt(NAME)
    rig.vault.fail(503)
    assert await rig.secrets.keys(NAME) == Keys(b"new")


async def test_who_has_the_wrong_token_gets_nothing(rig: Rig) -> None:
    rig.credential.token = "stolen"

    with pytest.raises(SecretsAway, match="ClientAuthenticationError"):
        await rig.secrets.keys(NAME)
    assert rig.vault.requests == []


async def test_what_nobody_keeps_is_missing(rig: Rig) -> None:
    rig.vault.secrets["empty"] = [Kept("x", NOON, enabled=False)]

    with pytest.raises(SecretMissing, match="the vault has no secret 'other'"):
        await rig.secrets.keys("other")
    with pytest.raises(SecretMissing, match="'empty' has no version that is in force"):
        await rig.secrets.keys("empty")


async def test_a_vault_that_is_not_there_is_away(rig: Rig) -> None:
    nowhere = KeyVaultSecrets("https://localhost:9", rig.clock, credential=rig.credential)

    with pytest.raises(SecretsAway, match="ServiceRequestError"):
        await nowhere.keys(NAME)
    await nowhere.close()


async def test_a_vault_that_takes_too_long_in_all_is_away(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyvault, "TOTAL_SECONDS", 0.0)

    with pytest.raises(SecretsAway, match="TimeoutError"):
        await rig.secrets.keys(NAME)


async def test_the_identity_is_let_go_of_with_the_connections() -> None:
    secrets = KeyVaultSecrets("https://localhost:9", StillClock(), client_id="id-1")
    client, credential = secrets._opened(), secrets._identity.credential()

    assert secrets._opened() is client
    await secrets.close()
    assert secrets._identity.credential() is not credential
    await secrets.close()


async def test_the_environment_is_a_vault_with_two_versions() -> None:
    kept = EnvironmentSecrets({"SHOP_SIGNING_KEY": "new", "SHOP_SIGNING_KEY_PREVIOUS": "old"})

    assert await kept.keys(NAME) == Keys(b"new", b"old")
    assert await EnvironmentSecrets({"SHOP_SIGNING_KEY": "new"}).keys(NAME) == Keys(b"new")
    with pytest.raises(SecretMissing, match="OTHER_KEY is not set"):
        await kept.keys("other-key")
    kept.doubt(NAME)
    NONE.doubt(NAME)
    assert await kept.keys(NAME) == Keys(b"new", b"old")


def test_the_vault_is_chosen_by_its_address() -> None:
    key = {"HPH_SECRET_KEY": "k" * 32}
    plain, named = settings_from(key), settings_from(key | {"HPH_SIGNING_SECRET": NAME})

    assert isinstance(secrets_of(plain, StillClock(), {}), EnvironmentSecrets)
    environment = {"KEY_VAULT_URL": "https://shop.vault.azure.net/"}
    assert isinstance(secrets_of(named, StillClock(), environment), KeyVaultSecrets)
    with pytest.raises(BadSettings, match="KEY_VAULT_URL is no https address: 'http://vault'"):
        secrets_of(plain, StillClock(), {"KEY_VAULT_URL": "http://vault"})
    with pytest.raises(BadSettings, match="neither KEY_VAULT_URL nor SHOP_SIGNING_KEY is set"):
        secrets_of(named, StillClock(), {})
