"""What each end in Azure adds to a cold start: processor time and modules of its first call over the embedded one's.

Nobody answers here, so it is what is loaded and built that is measured, never the network. To add an end, write a
row of ``ENDS`` with the settings that choose it, and its first call into ``USES``.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from domain.setting import Setting
from tools.instance import ROOT, outer_environment
from usecases.shop import Shop

NOBODY: Final = "https://127.0.0.1:1/"
"""An address that refuses every connection at once."""

ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    "Cosmos DB": {"COSMOS_ACCOUNT_URI": NOBODY},
    "Event Hubs": {"EVENT_HUBS__fullyQualifiedNamespace": "127.0.0.1"},
    "Redis": {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "1"},
    "Key Vault": {"KEY_VAULT_URL": NOBODY},
    "App Configuration": {"APP_CONFIGURATION_ENDPOINT": NOBODY},
    "Stripe": {
        "STRIPE_SECRET_KEY": "sk_test_nobody",
        "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
        "STRIPE_API_BASE": NOBODY,
    },
    "agents": {"AGENT_BASE_URL": NOBODY},
    "telemetry": {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": (
            f"InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint={NOBODY}"
        )
    },
}
"""The settings that choose each end, as in Azure: the managed identity signs in."""

USES: Final[tuple[Callable[[Shop], Awaitable[object]], ...]] = (
    lambda shop: shop.store.get(Setting, "first", "use"),
    lambda shop: shop.events.check(),
    lambda shop: shop.cache.check(),
    lambda shop: shop.secrets.keys("shop-signing-key"),
    lambda shop: shop.configuration.read(),
    lambda shop: shop.payments.retrieve("pi_first_use"),
    lambda shop: shop.agents.ask("ecommerce-catalog-search", "search", {}, correlation_id="first"),
)
"""The first call of each port; telemetry is there as soon as the shop is."""

PATIENCE_SECONDS: Final = 0.5
"""A call loads what it needs before it first waits."""

STARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Loaded:
    """Processor seconds of a process, and the modules that it had loaded in the end."""

    cpu_seconds: float
    modules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Extra:
    """What an end costs over the embedded one; ``modules`` are those that came with it."""

    cpu_seconds: float
    modules: frozenset[str]


def extras() -> dict[str, Extra]:
    """What each end adds, and all of them together, which share much."""
    whole = {name: text for settings in ENDS.values() for name, text in settings.items()}
    embedded = first_use({})
    return {
        name: _over(embedded, first_use(settings))
        for name, settings in {**ENDS, "all of these": whole}.items()
    }


def first_use(settings: Mapping[str, str], starts: int = STARTS) -> Loaded:
    """The median of some processes that load the app, open the shop and call every port once."""
    with TemporaryDirectory(prefix="bench-ends-") as folder:
        environment = outer_environment() | {
            "HPH_LOCAL": "true",
            "HPH_SECRET_KEY": "k" * 32,
            "HPH_STORE_FILE": str(Path(folder) / "shop.db"),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        found = [_process(environment) for _ in range(starts)]
    return Loaded(median(one.cpu_seconds for one in found), found[0].modules)


def _over(embedded: Loaded, other: Loaded) -> Extra:
    return Extra(other.cpu_seconds - embedded.cpu_seconds, other.modules - embedded.modules)


def _process(environment: Mapping[str, str]) -> Loaded:
    command = [sys.executable, "-m", "tools.bench.ends"]
    with subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        told = run.stdout.read()
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise RuntimeError(f"the first use of the ends ended with {run.returncode}")
    return Loaded(usage.ru_utime + usage.ru_stime, frozenset(json.loads(told)))


async def _use_all() -> None:
    from adapters.opening import Opening  # noqa: PLC0415 - it is what is measured

    shop = await Opening()()
    for use in USES:
        with suppress(Exception):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await use(shop)


def main() -> None:
    """Start as an instance does, use every end once, and say what is loaded by then."""
    import function_app  # noqa: F401, PLC0415 - it is what is measured

    logging.disable()  # that nobody answers is as it should be
    asyncio.run(_use_all())
    sys.stdout.write(json.dumps(sorted(sys.modules)))
    sys.stdout.flush()
    os._exit(0)  # telemetry would wait for a collector that is not there


if __name__ == "__main__":
    main()
