"""`python -m tools.canary.weight PERCENT --gateway ID`: so much of the traffic goes to the canary app.

It writes the gateway's pool and nothing else, so that who leads a canary needs rights on the gateway only, not on its
resource group. Provisioning writes the same pool (`infra/modules/api/backends.bicep`).
"""

import argparse
import json
import subprocess
import sys
from typing import Any

POOL = "shop-pool"
STABLE = "shop-stable"
CANARY = "shop-canary"
API_VERSION = "2024-05-01"
_SECONDS = 120


def pool(percent: int) -> dict[str, Any]:
    """The pool in which the canary has `percent` hundredths of the traffic; who would have none is left out."""
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is no share of a hundred")
    shares = {STABLE: 100 - percent, CANARY: percent}
    services = [
        {"id": f"/backends/{name}", "priority": 1, "weight": share}
        for name, share in shares.items()
        if share > 0
    ]
    return {"properties": {"type": "Pool", "pool": {"services": services}}}


def command(gateway: str, percent: int, program: str = "az") -> list[str]:
    """The call that writes the pool; `gateway` is the service's resource id."""
    url = f"https://management.azure.com{gateway}/backends/{POOL}?api-version={API_VERSION}"
    return [
        program,
        "rest",
        "--method",
        "put",
        "--url",
        url,
        "--body",
        json.dumps(pool(percent)),
        "--output",
        "none",
    ]


def main(arguments: list[str]) -> None:
    """Write the pool; a refusal ends the program with its exit status."""
    parser = argparse.ArgumentParser(description="Give the canary so much of the traffic.")
    parser.add_argument("percent", type=int, help="hundredths of the traffic, 0 to 100")
    parser.add_argument(
        "--gateway", required=True, help="resource id of the API Management service"
    )
    given = parser.parse_args(arguments)
    subprocess.run(command(given.gateway, given.percent), check=True, timeout=_SECONDS)
    print(f"the canary has {given.percent} %")


if __name__ == "__main__":
    main(sys.argv[1:])
