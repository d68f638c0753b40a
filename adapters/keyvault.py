"""Secrets in Azure Key Vault, through its SDK, which is imported with the first secret that is asked for.

A secret rotates by a new version in the vault. A process asks once a day, so for a while some know the new version
and some do not: everybody accepts it as soon as they have seen it, and signs with it only when everybody has. Who
must be rid of a version at once disables it in the vault and restarts the app.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from adapters.azure_answers import retry_after_of
from adapters.embedded.secrets import EnvironmentSecrets, variable_of
from adapters.environment import BadSettings
from adapters.managed_identity import ManagedIdentity
from adapters.refreshed import Pace, Refreshed
from adapters.telemetry.dependency import UNHEARD, Dependency
from domain.keys import Keys
from usecases.ports.clock import Clock
from usecases.ports.secrets import SecretMissing, Secrets, SecretsAway
from usecases.ports.telemetry import SILENT, Telemetry
from usecases.settings import Settings

if TYPE_CHECKING:
    from azure.keyvault.secrets import SecretProperties
    from azure.keyvault.secrets.aio import SecretClient

ADDRESS: Final = "KEY_VAULT_URL"
IDENTITY: Final = "AZURE_CLIENT_ID"

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 5
TOTAL_SECONDS: Final = 10.0
"""For all versions of a secret: they are listed in no order, so that none may be left out."""

PACE: Final = Pace(fresh=timedelta(hours=24), stale=timedelta(days=7), rest=timedelta(seconds=30))
SETTLED_AFTER: Final = PACE.fresh + timedelta(hours=1)
"""By then every process that the vault answers has seen a version."""


@dataclass(frozen=True, slots=True)
class Version:
    """An enabled version of a secret."""

    value: str
    made_at: datetime
    begins_at: datetime
    ends_at: datetime

    def is_in_force(self, now: datetime) -> bool:
        """Whether it may be used now, as the vault has it."""
        return self.begins_at <= now < self.ends_at


def in_force(versions: Sequence[Version], now: datetime) -> Keys:
    """What to sign with and what to accept, of versions with the newest first. Raises ``SecretMissing``."""
    usable = [one for one in versions if one.is_in_force(now)][:2]
    if not usable:
        raise SecretMissing("no version is in force")
    if len(usable) == 2 and usable[0].made_at + SETTLED_AFTER > now:
        usable.reverse()
    values = [one.value.encode() for one in usable]
    return Keys(values[0], values[1] if len(values) == 2 else None)


class KeyVaultSecrets:
    """The vault at ``address``; ``credential`` and ``options`` are the SDK's own, tests give others."""

    def __init__(
        self,
        address: str,
        clock: Clock,
        *,
        client_id: str = "",
        credential: Any = None,
        heard: Dependency = UNHEARD,
        **options: Any,
    ) -> None:
        self._address, self._clock, self._heard = address, clock, heard
        self._identity, self._options = ManagedIdentity(client_id, credential), options
        self._client: SecretClient | None = None
        self._kept: dict[str, Refreshed[Sequence[Version]]] = {}

    async def keys(self, name: str) -> Keys:
        """The versions in force; asks the vault once in 24 hours. Raises ``SecretsAway``."""
        if name not in self._kept:
            self._kept[name] = Refreshed(partial(self._load, name), self._clock, PACE)
        return in_force(await self._kept[name].get(), self._clock.now())

    def doubt(self, name: str) -> None:
        """Ask the vault anew next time; what it said before serves while it does not answer."""
        if name in self._kept:
            self._kept[name].doubt()

    async def close(self) -> None:
        """Let go of the connections; the next secret opens anew."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        await self._identity.close()

    async def _load(self, name: str) -> Sequence[Version]:
        from azure.core.exceptions import AzureError, ResourceNotFoundError  # noqa: PLC0415 - cold start

        try:
            with self._heard.call("secret_versions"):
                async with asyncio.timeout(TOTAL_SECONDS):
                    found = await _newest(self._opened(), name, self._clock.now())
        except ResourceNotFoundError:
            raise SecretMissing(f"the vault has no secret {name!r}") from None
        except (AzureError, TimeoutError) as fault:
            response = getattr(fault, "response", None)
            seconds = retry_after_of(response.headers) if response is not None else 0
            raise SecretsAway(f"{name}: {type(fault).__name__}", seconds) from None
        if not found:
            raise SecretMissing(f"{name!r} has no version that is in force")
        return found

    def _opened(self) -> "SecretClient":
        """One attempt at a time: who waits here is a caller of ours, and a throttled vault is left alone."""
        if self._client is None:
            from azure.keyvault.secrets.aio import SecretClient  # noqa: PLC0415

            self._client = SecretClient(
                self._address,
                self._identity.credential(),
                retry_total=0,
                connection_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                **self._options,
            )
        return self._client


async def _newest(client: "SecretClient", name: str, now: datetime) -> Sequence[Version]:
    """The two newest versions that are in force now or will be."""
    told = [each async for each in client.list_properties_of_secret_versions(name)]
    told.sort(key=lambda each: each.created_on or _EVER, reverse=True)
    usable = [each for each in told if each.enabled and (each.expires_on or _NEVER) > now]
    secrets = [await client.get_secret(name, each.version) for each in usable[:2]]
    return [_version(one.value or "", one.properties) for one in secrets]


_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def _version(value: str, properties: "SecretProperties") -> Version:
    return Version(
        value=value,
        made_at=properties.created_on or _EVER,
        begins_at=properties.not_before or _EVER,
        ends_at=properties.expires_on or _NEVER,
    )


def secrets_of(
    settings: Settings,
    clock: Clock,
    environment: Mapping[str, str],
    telemetry: Telemetry = SILENT,
) -> Secrets:
    """The vault that is named, else the environment. Raises ``BadSettings``.

    Also for a shop that is to sign with a secret which nobody keeps.
    """
    address = environment.get(ADDRESS, "")
    if address:
        if not address.startswith("https://"):
            raise BadSettings(f"{ADDRESS} is no https address: {address!r}")
        heard, identity = Dependency("keyvault", telemetry), environment.get(IDENTITY, "")
        return KeyVaultSecrets(address, clock, client_id=identity, heard=heard)
    name = settings.signing_secret
    if name and not environment.get(variable_of(name)):
        raise BadSettings(
            f"HPH_SIGNING_SECRET names {name!r}, but neither {ADDRESS} nor {variable_of(name)} is set"
        )
    return EnvironmentSecrets(environment)
