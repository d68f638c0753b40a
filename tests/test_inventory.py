"""What the app consists of: every function, its trigger and its way in, as the index has it.

To accept a change: ``python -m tools.index``, and read the difference.
"""

import csv
import re
from importlib import import_module
from pathlib import Path

import pytest

from blueprints._areas import AREAS
from blueprints._index import INDEX
from blueprints._openapi import access_of
from blueprints._triggers import MOST_RETRIES
from domain.access import Role
from domain.events import GROUPS_BY_HUB
from local.checks import route_of
from local.routing import Router
from local.worker import Function, Retry
from tests.blueprints.harness import Door
from tools.index import COMMAND, FILE, text_of
from tools.instance import ROOT

PLANNED = Path(__file__).resolve().parents[1].parent / "shared" / "spec" / "endpoints.tsv"

OTHER_WORDS = {"signature": "anonymous"}
"""Access that something else than a role decides: the door is open, the endpoint looks itself."""

type Access = dict[tuple[str, str], str]


def test_every_file_of_the_blueprints_is_an_area_under_its_own_name() -> None:
    """By that name it is imported when one of its functions is first called."""
    files = {path.stem for path in (ROOT / "blueprints").glob("[!_]*.py")}

    assert {area.name for area in AREAS} == files
    assert [import_module(f"blueprints.{area.name}").area for area in AREAS] == list(AREAS)


def test_the_index_is_what_the_areas_declare() -> None:
    assert FILE.read_text("utf-8") == text_of(AREAS), f"run {COMMAND}"


def test_the_app_consists_of_the_functions_of_the_index(door: Door) -> None:
    assert [_told(one) for one in door.worker.functions] == [one[1:] for one in INDEX]


def _told(function: Function) -> tuple[str, ...]:
    """What the worker knows of a function, in the order of the index."""
    trigger = function.trigger
    match function.kind:
        case "httptrigger":
            (method,) = trigger["methods"]
            return function.name, method, trigger["route"]
        case "eventhubtrigger":
            return function.name, trigger["eventHubName"], trigger["consumerGroup"]
        case _:
            return function.name, trigger["schedule"]


def test_each_kind_is_registered_with_all_that_the_host_must_know(door: Door) -> None:
    """The whole of one binding of each kind, and its retry policy."""
    request = {"methods": ["GET"], "authLevel": "ANONYMOUS", "route": "health/live"}
    events = {
        "eventHubName": "order-events",
        "connection": "EVENT_HUBS",
        "consumerGroup": "inventory",
        "cardinality": "MANY",
    }

    live, inventory, relay = (
        door.function(name) for name in ("health_live", "inventory_on_order_events", "relay_outbox")
    )

    assert live.trigger == {"direction": "IN", "type": "httpTrigger", "name": "req", **request}
    assert inventory.trigger == {
        "direction": "IN",
        "type": "eventHubTrigger",
        "name": "events",
        **events,
    }
    assert relay.trigger == {
        "direction": "IN",
        "type": "timerTrigger",
        "name": "timer",
        "schedule": "%RELAY_SCHEDULE%",
    }
    assert inventory.retry == Retry(MOST_RETRIES, 1.0, 30.0, is_exponential=True)
    assert live.retry is relay.retry is None


def test_every_declaration_is_a_function_and_every_http_function_is_declared(door: Door) -> None:
    declared = {
        (each.name, each.method, each.route) for area in AREAS for each in area.declarations
    }
    loaded = {
        (one.name, method, one.trigger["route"])
        for one in door.worker.of("httptrigger")
        for method in one.trigger["methods"]
    }

    assert loaded == declared


def test_no_route_stands_before_another(door: Door) -> None:
    router = Router([route_of(one, "") for one in door.worker.of("httptrigger")])

    assert router.shadowed() == []


def test_every_route_is_reached_under_its_own_name(door: Door) -> None:
    """A sample of each route, asked of all of them together, arrives where it belongs."""
    router = Router([route_of(one, "") for one in door.worker.of("httptrigger")])

    for route in router.routes:
        for method in route.methods:
            hit = router.match("/" + re.sub(r"\{[^}]*\}", "zz-sample", route.template), method)
            assert hit is not None
            assert hit[0].name == route.name


def test_every_event_trigger_reads_a_hub_in_a_group_that_is_ours(door: Door) -> None:
    read = [
        (one.trigger["eventHubName"], one.trigger["consumerGroup"])
        for one in door.worker.of("eventhubtrigger")
    ]

    assert len(set(read)) == len(read)
    for hub, group in read:
        assert group in GROUPS_BY_HUB[hub]


def ours() -> Access:
    """Method and path of every endpoint, and who may call it."""
    return {
        (each.method, _plain("/" + each.route)): access_of(each.may)
        for area in AREAS
        for each in area.declarations
    }


def planned() -> Access:
    """The same of every endpoint that is planned."""
    with PLANNED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    words = {role.name.lower() for role in Role} | OTHER_WORDS.keys() | {"session"}
    assert {row["access"] for row in rows} <= words
    return {
        (row["method"], _plain(row["path"])): OTHER_WORDS.get(row["access"], row["access"])
        for row in rows
    }


def _plain(path: str) -> str:
    return re.sub(r"\{\*?(\w+)[^}]*\}", r"{\1}", path)


@pytest.mark.skipif(not PLANNED.exists(), reason=f"{PLANNED.name} is not beside the project")
def test_every_endpoint_is_planned_with_the_same_access() -> None:
    wanted, have = planned(), ours()

    missing = sorted(f"{method} {path}" for method, path in wanted.keys() - have.keys())
    told = [f"{len(have)} of {len(wanted)} planned endpoints; still missing:", *missing]
    print("\n  ".join(told))  # noqa: T201 - for whoever runs it with -s
    assert {key: wanted.get(key) for key in have} == have
