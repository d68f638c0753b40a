"""Settings in Azure App Configuration; each change is first a document in the store, which audits it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from adapters.appconfig.client import AppConfigurationClient
from adapters.embedded.configuration import StoreConfiguration
from adapters.environment import BadSettings
from adapters.refreshed import Pace, Refreshed
from adapters.telemetry.dependency import Dependency
from domain.access import Caller
from domain.setting import SettingLocked
from usecases.ports.clock import Clock
from usecases.ports.configuration import FRESH_SECONDS, Configuration, ConfigurationAway
from usecases.ports.store import Store
from usecases.ports.telemetry import SILENT, Telemetry

ENDPOINT: Final = "APP_CONFIGURATION_ENDPOINT"
IDENTITY: Final = "AZURE_CLIENT_ID"
SLOW_SECONDS: Final = 1.0
"""A call that takes longer is told by itself; there is one every half a minute."""

PACE: Final = Pace(
    fresh=timedelta(seconds=FRESH_SECONDS), stale=timedelta.max, rest=timedelta(seconds=5)
)


class AppConfiguration:
    """The service, with the store's documents beside it: they hold what was last set through the shop."""

    def __init__(
        self, client: AppConfigurationClient, records: StoreConfiguration, clock: Clock
    ) -> None:
        self._client, self._records = client, records
        self._values = Refreshed(client.all, clock, PACE)

    async def read(self) -> Mapping[str, str]:
        """Every value. A process that begins while the service is away goes by the store's documents."""
        try:
            return await self._values.get()
        except ConfigurationAway:
            return await self._records.read()

    async def put(self, by: Caller, key: str, value: str) -> None:
        """Record the change, then write it through, if nobody changed it since this began.

        Of two who change a setting at once, the later one to record it either finds the document changed or writes
        first; the other is then refused by the service. So both end with the same value. A crash in between leaves
        a record of what was asked for: asking again writes it.
        """
        there, etag = await self._client.one(key)
        await self._records.put(by, key, value, repeats=there != value)
        if there != value:
            await self._client.put(key, value, etag)
        self._values.doubt()


def configuration_of(
    store: Store, clock: Clock, environment: Mapping[str, str], telemetry: Telemetry = SILENT
) -> Configuration:
    """App Configuration where it is named, else documents in the store. Raises ``BadSettings``."""
    endpoint, records = environment.get(ENDPOINT, ""), StoreConfiguration(store, clock)
    if not endpoint:
        return records
    if not endpoint.startswith("https://"):
        raise BadSettings(f"{ENDPOINT} is no https address: {endpoint!r}")
    heard = Dependency("appconfig", telemetry, slow_seconds=SLOW_SECONDS, answers=(SettingLocked,))
    client = AppConfigurationClient(endpoint, client_id=environment.get(IDENTITY, ""), heard=heard)
    return AppConfiguration(client, records, clock)
