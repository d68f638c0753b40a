"""``python -m tools.bench.answering APP [ROUTE]``: load the app in that folder, and answer one GET as its first call.

It is a process of its own, with the official worker library and nothing of the local host around it, so that what
it costs is what an instance in Azure pays. Without a route the app is only loaded.
"""

import asyncio
import os
import sys
from pathlib import Path

from local.protos import RpcHttp, TypedData
from local.worker import Worker, load


async def _answered(worker: Worker, route: str) -> None:
    function = next(one for one in worker.of("httptrigger") if one.trigger["route"] == route)
    url = f"http://localhost/{route}"
    request = RpcHttp(
        method="GET", url=url, headers={}, params={"id": "none"}, query={}, body=TypedData()
    )
    returned = await worker.invoke(function, TypedData(http=request), {})
    assert returned is not None
    assert returned.http is not None
    assert int(returned.http.status_code) < 500, returned.http.status_code


async def main(app: Path, *routes: str) -> None:
    """Load the app and call what is asked for."""
    worker = await load(app)
    for route in routes:
        await _answered(worker, route)
    os._exit(0)  # nothing that ends a process belongs to its start


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
