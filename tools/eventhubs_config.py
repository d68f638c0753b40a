"""``python -m tools.eventhubs_config``: the hubs and groups of the code as ``Config.json``.

Microsoft's emulator and ours read it: ``python -m tools.eventhubs_config > tools/eventhubs_emulator/Config.json``.
"""

import json
from collections.abc import Sequence

from adapters.sqlite.eventlog import PARTITIONS
from domain.events import GROUPS_BY_HUB

NAMESPACE = "emulatorNs1"
"""The only name that Microsoft's emulator takes."""


def config() -> dict[str, object]:
    """The whole file as JSON."""
    namespace = {
        "Type": "EventHub",
        "Name": NAMESPACE,
        "Entities": [_entity(hub, groups) for hub, groups in GROUPS_BY_HUB.items()],
    }
    return {"UserConfig": {"NamespaceConfig": [namespace], "LoggingConfig": {"Type": "File"}}}


def rendered() -> str:
    """The text of the file."""
    return json.dumps(config(), indent=2) + "\n"


def _entity(hub: str, groups: Sequence[str]) -> dict[str, object]:
    consumer_groups = [{"Name": group} for group in groups]
    return {"Name": hub, "PartitionCount": PARTITIONS, "ConsumerGroups": consumer_groups}


if __name__ == "__main__":
    print(rendered(), end="")
