"""The shop as the use cases see it: its ports, its clock and its settings."""

from dataclasses import dataclass

from usecases.gate import CLOSED, Gate
from usecases.ports.agents import Agents
from usecases.ports.cache import Cache
from usecases.ports.carriers import Carriers
from usecases.ports.clock import Clock, Ids
from usecases.ports.configuration import NOTHING_SET, Configuration
from usecases.ports.counters import UNCOUNTED, Counters
from usecases.ports.events import Events
from usecases.ports.identity import Identity
from usecases.ports.payments import Payments
from usecases.ports.postal import NOWHERE, PostalRules
from usecases.ports.secrets import NONE, Secrets
from usecases.ports.store import Store
from usecases.ports.telemetry import SILENT, Telemetry
from usecases.settings import Settings


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything a use case may reach. One is built for each process, on the first call."""

    store: Store
    events: Events
    cache: Cache
    payments: Payments
    carriers: Carriers
    agents: Agents
    identity: Identity
    clock: Clock
    ids: Ids
    settings: Settings
    gate: Gate = CLOSED
    secrets: Secrets = NONE
    configuration: Configuration = NOTHING_SET
    telemetry: Telemetry = SILENT
    postal: PostalRules = NOWHERE
    counters: Counters = UNCOUNTED

    @property
    def secret(self) -> bytes:
        """The secret that every key is derived from."""
        return self.settings.secret_key.get_secret_value()
