"""The pool that a weight makes, and that provisioning makes the same one."""

import json
from pathlib import Path

import pytest

from tools.canary.weight import API_VERSION, CANARY, POOL, STABLE, command, pool

BACKENDS = Path(__file__).parents[3] / "infra/modules/api/backends.bicep"
GATEWAY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim"


@pytest.mark.parametrize(
    ("percent", "services"),
    [
        (0, [(STABLE, 100)]),
        (10, [(STABLE, 90), (CANARY, 10)]),
        (25, [(STABLE, 75), (CANARY, 25)]),
        (50, [(STABLE, 50), (CANARY, 50)]),
        (100, [(CANARY, 100)]),
    ],
)
def test_the_canary_gets_its_share(percent: int, services: list[tuple[str, int]]) -> None:
    made = pool(percent)["properties"]

    assert made == {
        "type": "Pool",
        "pool": {
            "services": [
                {"id": f"/backends/{name}", "priority": 1, "weight": share}
                for name, share in services
            ]
        },
    }


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_that_is_none_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        pool(percent)


def test_only_the_pool_is_written() -> None:
    made = command(GATEWAY, 10)

    assert (
        made[5]
        == f"https://management.azure.com{GATEWAY}/backends/shop-pool?api-version=2024-05-01"
    )
    assert made[:5] == ["az", "rest", "--method", "put", "--url"]
    assert json.loads(made[7]) == pool(10)


def test_provisioning_makes_the_same_pool() -> None:
    if not BACKENDS.exists():
        pytest.skip("the Bicep of the gateway is not there")
    text = BACKENDS.read_text(encoding="utf-8")

    for part in (
        f"name: '{STABLE}'",
        f"name: '{CANARY}'",
        f"name: '{POOL}'",
        "type: 'Pool'",
        "priority: 1",
    ):
        assert part in text
    assert f"service/backends@{API_VERSION}" in text
