"""Who listens to the shop: Azure Monitor where a connection string is set, nobody elsewhere.

Nothing of OpenTelemetry's SDK or of Azure Monitor is imported here before it is known that it is wanted.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Final

from adapters.stripe.payments import StripePayments
from adapters.stripe.watch import Watch
from adapters.telemetry.agents import WatchedAgents
from adapters.telemetry.store import WatchedStore
from usecases.ports.telemetry import Telemetry
from usecases.shop import Shop

CONNECTION: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
COSMOS: Final = "COSMOS_ACCOUNT_URI"


def watched(shop: Shop, environment: Mapping[str, str]) -> Shop:
    """The shop as it is, or with its ends watched, where ``APPLICATIONINSIGHTS_CONNECTION_STRING`` is set."""
    if not environment.get(CONNECTION):
        return shop
    from adapters.telemetry.azure_monitor import azure_monitor  # noqa: PLC0415 - cold start: see above

    system = "azure.cosmosdb" if environment.get(COSMOS) else "sqlite"
    telemetry = azure_monitor(environment, release=shop.settings.release)
    return watched_by(telemetry, shop, store_system=system)


def watched_by(telemetry: Telemetry, shop: Shop, *, store_system: str) -> Shop:
    """The shop with its store, its agents and Stripe watched, telling ``telemetry`` what happens."""
    if isinstance(shop.payments, StripePayments):
        shop.payments.watch(Watch(telemetry))
    return replace(
        shop,
        telemetry=telemetry,
        store=WatchedStore(shop.store, telemetry, perf_counter, store_system),
        agents=WatchedAgents(shop.agents, telemetry, perf_counter),
    )
