"""A host that serves HTTP and runs no trigger: in Azure, too, the HTTP functions scale apart from the rest.

What a request costs is then not mixed with what the saga costs that it starts.
"""

import asyncio
import os
import sys
from pathlib import Path

import uvicorn

from local.asgi import HostApp
from local.checks import check
from local.cors import Cors
from local.logs import write_logs
from local.serve import prepare, server_options
from local.settings import Settings
from local.worker import load


async def serve(settings: Settings) -> None:
    """Serve the app's HTTP functions until a signal."""
    write_logs(settings.log_file)
    worker = await load(settings.directory)
    host = HostApp(
        worker,
        check(worker, settings, os.environ),
        cors=Cors(settings.origins, settings.credentials),
        most_body_bytes=settings.most_body_bytes,
    )
    await uvicorn.Server(server_options(host, settings.port)).serve()


if __name__ == "__main__":
    given = prepare(Path.cwd(), os.environ, port=int(sys.argv[-1]))
    factory = uvicorn.Config(lambda: None, log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(given))
