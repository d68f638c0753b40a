"""host.json, local.settings.json and the environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.settings import BadSetting, Settings, read_settings, resolve


def write(folder: Path, name: str, **content: Any) -> None:
    """A settings file."""
    (folder / name).write_text(json.dumps(content), "utf-8")


def test_without_files_the_defaults_of_the_cloud_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings(
        directory=tmp_path,
        data=tmp_path / ".local",
        store_file=tmp_path / ".local" / "shop.db",
        port=7071,
        route_prefix="api",
        origins=(),
        credentials=False,
        most_body_bytes=104_857_600,
        most_in_a_batch=100,
        lease_seconds=3.0,
        stop_seconds=2.5,
    )


def test_files_and_environment_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "host.json",
        extensions={"http": {"routePrefix": ""}, "eventHubs": {"maxEventBatchSize": 9}},
    )
    write(
        tmp_path,
        "local.settings.json",
        Values={"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "1048576", "A": "file", "B": 2},
        Host={
            "LocalHttpPort": 7073,
            "CORS": "http://a.test, http://b.test",
            "CORSCredentials": True,
        },
    )
    environment = {"A": "environment", "HPH_LEASE_SECONDS": "0.5", "HPH_LOCAL_DIR": "/data"}

    settings = read_settings(tmp_path, environment, port=None)

    assert settings == Settings(
        directory=tmp_path,
        data=Path("/data"),
        store_file=Path("/data/shop.db"),
        port=7073,
        route_prefix="",
        origins=("http://a.test", "http://b.test"),
        credentials=True,
        most_body_bytes=1_048_576,
        most_in_a_batch=9,
        lease_seconds=0.5,
    )
    assert settings.log_file == Path("/data/log.jsonl")
    assert (environment["A"], environment["B"]) == ("environment", "2")


def test_what_is_given_wins_over_the_files(tmp_path: Path) -> None:
    write(tmp_path, "local.settings.json", Host={"LocalHttpPort": 7073})

    assert read_settings(tmp_path, {}, port=7999).port == 7999


def test_the_sample_serves_where_nobody_wrote_settings(tmp_path: Path) -> None:
    write(tmp_path, "local.settings.sample.json", Values={"A": "sample"})
    environment: dict[str, str] = {}

    read_settings(tmp_path, environment)

    assert environment == {"A": "sample"}


def test_hosts_may_share_a_store_file(tmp_path: Path) -> None:
    environment = {"HPH_STORE_FILE": "/shared/shop.db", "HPH_LOCAL_DIR": "/data"}

    assert read_settings(tmp_path, environment).store_file == Path("/shared/shop.db")


def test_a_wrong_number_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="HPH_LEASE_SECONDS is no number: 'soon'"):
        read_settings(tmp_path, {"HPH_LEASE_SECONDS": "soon"})


def test_a_file_that_is_no_json_names_itself(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{", "utf-8")

    with pytest.raises(BadSetting, match=r"host\.json: Expecting"):
        read_settings(tmp_path, {})


def test_references_are_resolved_anywhere_in_a_text() -> None:
    assert resolve("%A%-x-%B%", {"A": "1", "B": "2"}) == "1-x-2"
    assert resolve("0 0 3 * * *", {}) == "0 0 3 * * *"
    with pytest.raises(BadSetting, match="'%A%' names the setting A, which is not there"):
        resolve("%A%", {})


def test_the_project_s_own_files_say_what_the_shop_needs() -> None:
    folder = Path(__file__).parents[2]
    environment: dict[str, str] = {}
    (settings,) = [read_settings(folder, environment)]

    assert settings.route_prefix == ""
    assert settings.most_in_a_batch == 64
    sample = json.loads((folder / "local.settings.sample.json").read_text("utf-8"))
    assert sample["Values"]["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] == "1048576"
    host = json.loads((folder / "host.json").read_text("utf-8"))
    assert host["telemetryMode"] == "OpenTelemetry"
    assert host["extensionBundle"]["version"] == "[4.*, 5.0.0)"
