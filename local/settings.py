"""What the host is told: host.json, local.settings.json and the environment, as Core Tools read them."""

import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST_BODY_BYTES = 104_857_600  # the cloud's own limit where none is set
_MOST_IN_A_BATCH = 100  # the Event Hubs extension's own
_REFERENCE = re.compile("%([^%]+)%")


class BadSetting(ValueError):
    """A setting that is missing or cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this host runs.

    ``data`` is the folder of what it writes; ``store_file`` the SQLite file of the shop, events and
    leases included, which several hosts may share. ``origins`` are the web origins that may call it
    (``*`` is all), ``lease_seconds`` the time after which another host takes over what a dead one
    held, ``stop_seconds`` the time for work in hand.
    """

    directory: Path
    data: Path
    store_file: Path
    port: int = 7071
    route_prefix: str = "api"
    origins: tuple[str, ...] = ()
    credentials: bool = False
    most_body_bytes: int = _MOST_BODY_BYTES
    most_in_a_batch: int = _MOST_IN_A_BATCH
    lease_seconds: float = 3.0
    stop_seconds: float = 2.5

    @property
    def log_file(self) -> Path:
        """One JSON object a line."""
        return self.data / "log.jsonl"


def read_settings(directory: Path, environment: MutableMapping[str, str], **given: Any) -> Settings:
    """Read the app's files; ``Values`` go into ``environment`` where it does not say otherwise.

    Without a local.settings.json the committed sample serves. ``given`` wins over the files, where it
    is not ``None``. Raises ``BadSetting``.
    """
    host = _json(directory / "host.json")
    local = _json(_local_file(directory))
    for name, value in local.get("Values", {}).items():
        environment.setdefault(name, str(value))
    extensions = host.get("extensions", {})
    known = {
        "route_prefix": extensions.get("http", {}).get("routePrefix", "api"),
        "most_in_a_batch": extensions.get("eventHubs", {}).get(
            "maxEventBatchSize", _MOST_IN_A_BATCH
        ),
        **_host_section(local.get("Host", {})),
        **_from_environment(directory, environment),
        **{name: value for name, value in given.items() if value is not None},
    }
    return Settings(directory=directory, **known)


def resolve(text: str, environment: Mapping[str, str]) -> str:
    """``text`` with every ``%NAME%`` replaced by that setting. Raises ``BadSetting``."""
    for name in _REFERENCE.findall(text):
        if name not in environment:
            raise BadSetting(f"{text!r} names the setting {name}, which is not there")
    return _REFERENCE.sub(lambda found: environment[found[1]], text)


def _local_file(directory: Path) -> Path:
    own = directory / "local.settings.json"
    return own if own.exists() else directory / "local.settings.sample.json"


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise BadSetting(f"{path}: {error}") from error
    return read


def _host_section(host: Mapping[str, Any]) -> dict[str, Any]:
    origins = tuple(origin.strip() for origin in host.get("CORS", "").split(",") if origin.strip())
    section = {"origins": origins, "credentials": bool(host.get("CORSCredentials", False))}
    return section | ({"port": host["LocalHttpPort"]} if "LocalHttpPort" in host else {})


def _from_environment(directory: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    data = Path(environment.get("HPH_LOCAL_DIR") or directory / ".local").resolve()
    return {
        "data": data,
        "store_file": Path(environment.get("HPH_STORE_FILE") or data / "shop.db").resolve(),
        "most_body_bytes": int(
            _number(environment, "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", _MOST_BODY_BYTES)
        ),
        "lease_seconds": _number(environment, "HPH_LEASE_SECONDS", 3.0),
        "stop_seconds": _number(environment, "HPH_STOP_SECONDS", 2.5),
    }


def _number(environment: Mapping[str, str], name: str, otherwise: float) -> float:
    try:
        return float(environment.get(name, otherwise))
    except ValueError as error:
        raise BadSetting(f"{name} is no number: {environment[name]!r}") from error
