"""Who listens to the shop: Azure Monitor where a connection string is set, nobody elsewhere.

Nothing of OpenTelemetry's SDK or of Azure Monitor is imported here before it is known that it is wanted.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Final, cast

from adapters.environment import BadSettings
from adapters.telemetry.agents import WatchedAgents
from adapters.telemetry.dependency import Dependency, WatchedPort
from adapters.telemetry.store import WatchedStore
from usecases.ports.carriers import NoLabel
from usecases.ports.payments import Declined
from usecases.ports.telemetry import SILENT, Telemetry
from usecases.shop import Shop

if TYPE_CHECKING:
    from usecases.ports.carriers import Carriers
    from usecases.ports.payments import Payments

CONNECTION: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
AUTHENTICATION: Final = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
COSMOS: Final = "COSMOS_ACCOUNT_URI"


def telemetry_of(environment: Mapping[str, str], *, release: str) -> Telemetry:
    """Azure Monitor where ``APPLICATIONINSIGHTS_CONNECTION_STRING`` is set, else nobody. Raises ``BadSettings``."""
    authentication = environment.get(AUTHENTICATION, "")
    if not environment.get(CONNECTION):
        if authentication:
            raise BadSettings(f"{CONNECTION} is missing, while {AUTHENTICATION} is set")
        return SILENT
    if authentication and "Authorization=AAD" not in authentication:
        raise BadSettings(f"{AUTHENTICATION} names no identity: it has no Authorization=AAD")
    from adapters.telemetry.azure_monitor import azure_monitor  # noqa: PLC0415 - cold start: see above

    try:
        return azure_monitor(environment, release=release)
    except ValueError as fault:  # the exporter's word for a connection string that is none
        raise BadSettings(f"{CONNECTION}: {fault}") from None


def watched(telemetry: Telemetry, shop: Shop, environment: Mapping[str, str]) -> Shop:
    """The shop as it is where nobody listens, else with its ends watched."""
    if not telemetry.is_on:
        return shop
    system = "azure.cosmosdb" if environment.get(COSMOS) else "sqlite"
    return watched_by(telemetry, shop, store_system=system)


def watched_by(telemetry: Telemetry, shop: Shop, *, store_system: str) -> Shop:
    """The shop with its ports watched, telling ``telemetry`` what happens.

    Ends that keep answers for a while (cache, secrets, settings) tell of their own calls.
    """
    cards = Dependency("cards", telemetry, answers=(Declined,))
    carriers = Dependency("carriers", telemetry, answers=(NoLabel,))
    return replace(
        shop,
        telemetry=telemetry,
        store=WatchedStore(shop.store, telemetry, perf_counter, store_system),
        agents=WatchedAgents(shop.agents, telemetry, perf_counter),
        payments=cast("Payments", WatchedPort(shop.payments, cards, but=("read_webhook", "close"))),
        carriers=cast("Carriers", WatchedPort(shop.carriers, carriers)),
    )
