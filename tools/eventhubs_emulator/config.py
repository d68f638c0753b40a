"""``Config.json`` as Microsoft's emulator reads it: one namespace, its hubs and their consumer groups."""

import json
from pathlib import Path
from typing import Any

from tools.eventhubs_emulator.hubs import RETENTION_SECONDS, Hub, Namespace

MOST_HUBS = 10
MOST_GROUPS = 20
MOST_PARTITIONS = 32


class BadConfig(ValueError):
    """A file that is no configuration, or asks for more than a namespace holds."""


def read_namespace(path: Path, retention_seconds: float = RETENTION_SECONDS) -> Namespace:
    """The namespace that the file describes. Raises ``BadConfig``."""
    try:
        config = json.loads(path.read_text("utf-8"))
        (namespace,) = config["UserConfig"]["NamespaceConfig"]
        hubs = [_hub(entity, retention_seconds) for entity in namespace["Entities"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadConfig(f"{path}: {error!r}") from error
    _limit("hubs", len(hubs), MOST_HUBS)
    for hub in hubs:
        _limit(f"consumer groups of {hub.name}", len(hub.groups), MOST_GROUPS)
        _limit(f"partitions of {hub.name}", hub.partition_count, MOST_PARTITIONS)
    return Namespace(hubs)


def _hub(entity: dict[str, Any], retention_seconds: float) -> Hub:
    groups = [group["Name"] for group in entity.get("ConsumerGroups") or ()]
    return Hub(entity["Name"], int(entity["PartitionCount"]), groups, retention_seconds)


def _limit(what: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise BadConfig(f"{count} {what}; between 1 and {most} can be had")
