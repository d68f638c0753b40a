"""Start a host: read the settings, load the app, listen; and stop it in order."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from adapters.embedded.tenant import MOUNT
from adapters.environment import BadSettings
from adapters.sqlite.guard import DataFileRefused
from local.asgi import App, HostApp
from local.background import Triggers
from local.checks import check
from local.cors import Cors
from local.defaults import fill
from local.faults import read_faults
from local.logs import write_logs
from local.settings import BadSetting, Settings, read_settings
from local.worker import AppRefused, load, shop_of_app
from local.world import Together, World

_KEEP_ALIVE_SECONDS = 65  # longer than any load balancer or browser pauses between two requests
_DRAIN_SECONDS = 2  # for answers on their way; triggers have their own time after it


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; the exit status: 0, 1 for an app that cannot be served.

    The web server itself ends the process with 3 when the port is taken.
    """
    asked = _parser().parse_args(arguments)
    try:
        settings = prepare(Path(asked.app).resolve(), os.environ, port=asked.port)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(serve(settings))
    except (AppRefused, BadSetting, BadSettings, DataFileRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def prepare(directory: Path, environment: MutableMapping[str, str], **given: Any) -> Settings:
    """Settings read, data folder made, and the app told where the store file is."""
    settings = read_settings(directory, environment, **given)
    settings.data.mkdir(parents=True, exist_ok=True)
    environment["HPH_STORE_FILE"] = str(settings.store_file)
    fill(environment, settings.data, settings.port)
    return settings


async def build(settings: Settings) -> HostApp:
    """The app behind its front, with the world outside beside it.

    Raises ``AppRefused`` and ``DataFileRefused``, and has then opened nothing.
    """
    worker = await load(settings.directory)
    router = check(worker, settings, os.environ)
    faults = read_faults(os.environ)
    world = World(str(settings.store_file), os.environ)
    triggers = Triggers(worker, settings, faults)
    return HostApp(
        worker,
        router,
        cors=Cors(settings.origins, settings.credentials),
        most_body_bytes=settings.most_body_bytes,
        background=Together(triggers, world, shop_of_app()),
        mounts=world.mounts(),
    )


async def serve(settings: Settings) -> int:
    """Load the app and serve it until a signal. Raises ``AppRefused`` and ``DataFileRefused``."""
    write_logs(settings.log_file)
    server = uvicorn.Server(server_options(await build(settings), settings.port))
    print(
        f"shop           http://localhost:{settings.port}",
        f"API reference  http://localhost:{settings.port}/api/docs",
        f"sign in        http://localhost:{settings.port}{MOUNT} (or: make token ROLE=staff)",
        f"log            {_relative(settings.log_file)}",
        sep="\n",
        flush=True,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # the server raises them again when it is done
    await server.serve()
    return 0 if server.started else 1


def server_options(app: App, port: int) -> uvicorn.Config:
    """How uvicorn runs it: uvloop and httptools where they are, no access log of its own."""
    return uvicorn.Config(
        app,
        port=port,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _loop_factory() -> Any:
    return uvicorn.Config(lambda: None, loop="auto", log_config=None).get_loop_factory()


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument(
        "--port", type=int, help="where to listen, 7071 unless settings say otherwise"
    )
    parser.add_argument("--app", default=".", help="the folder of function_app.py")
    return parser
