"""The code, ``Config.json`` and Bicep's list name the same hubs and groups; and what a file may ask for."""

import json
from pathlib import Path
from typing import Any

import pytest

import tools.eventhubs_config as own
from adapters.names import HUBS
from adapters.sqlite.eventlog import PARTITIONS
from domain.events import GROUPS_BY_HUB
from tests.tools.eventhubs_emulator.conftest import CONFIG
from tools.eventhubs_emulator.config import BadConfig, read_namespace

NAMES = Path(__file__).parents[3] / "infra" / "names.json"


def entities(config: Any) -> dict[str, tuple[str, ...]]:
    """Hubs and groups of a configuration."""
    (namespace,) = config["UserConfig"]["NamespaceConfig"]
    return {
        entity["Name"]: tuple(group["Name"] for group in entity["ConsumerGroups"])
        for entity in namespace["Entities"]
    }


def test_code_emulators_and_bicep_have_one_list_of_hubs_and_groups() -> None:
    infra = {row["name"]: tuple(row["groups"]) for row in json.loads(NAMES.read_text())["hubs"]}

    assert tuple(GROUPS_BY_HUB) == HUBS
    assert entities(own.config()) == infra == {hub: tuple(g) for hub, g in GROUPS_BY_HUB.items()}
    assert CONFIG.read_text() == own.rendered()


def test_a_hub_of_ours_leaves_room_for_the_agents() -> None:
    assert len(GROUPS_BY_HUB) <= 7
    assert all(len(groups) <= 5 for groups in GROUPS_BY_HUB.values())


def test_the_file_is_served_as_it_says() -> None:
    namespace = read_namespace(CONFIG)

    assert [hub.name for hub in namespace.hubs] == list(GROUPS_BY_HUB)
    assert {hub.partition_count for hub in namespace.hubs} == {PARTITIONS}
    assert namespace.hub("ORDER-events").groups == (*GROUPS_BY_HUB["order-events"], "$default")


def test_partitions_may_be_written_as_text_and_groups_left_out(tmp_path: Path) -> None:
    path = tmp_path / "Config.json"
    entity = {"Name": "eh1", "PartitionCount": "2"}
    path.write_text(json.dumps({"UserConfig": {"NamespaceConfig": [{"Entities": [entity]}]}}))

    (hub,) = read_namespace(path).hubs
    assert (hub.partition_count, hub.groups) == (2, ("$default",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "JSONDecodeError"),
        ("{}", "UserConfig"),
        ('{"UserConfig": {"NamespaceConfig": []}}', "ValueError"),
        ('{"UserConfig": {"NamespaceConfig": [{"Entities": []}]}}', "0 hubs; between 1 and 10"),
        (
            '{"UserConfig": {"NamespaceConfig": [{"Entities": [{"Name": "h", "PartitionCount": 33}]}]}}',
            "33 partitions of h; between 1 and 32",
        ),
    ],
)
def test_a_file_that_cannot_be_served_says_why(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "Config.json"
    path.write_text(text)

    with pytest.raises(BadConfig, match=why):
        read_namespace(path)


def test_more_groups_than_a_hub_has_are_refused(tmp_path: Path) -> None:
    groups = [{"Name": f"g{number}"} for number in range(20)]
    entity = {"Name": "h", "PartitionCount": 1, "ConsumerGroups": groups}
    path = tmp_path / "Config.json"
    path.write_text(json.dumps({"UserConfig": {"NamespaceConfig": [{"Entities": [entity]}]}}))

    with pytest.raises(BadConfig, match="21 consumer groups of h"):
        read_namespace(path)
