"""What the cloud lets through and a shop must not: faults of an app that only show when it is used."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.routing import BadRoute, Route, Router
from local.settings import BadSetting, Settings, resolve
from local.timers import BadSchedule, Schedule
from local.worker import AppRefused, Function, Worker, builders, is_own, place

_RESERVED = ("admin", "runtime")
_KINDS = ("httptrigger", "eventhubtrigger", "timertrigger")


def check(worker: Worker, settings: Settings, environment: Mapping[str, str]) -> Router:
    """The app's routes, if the app is sound. Raises ``AppRefused`` with every fault, one a line."""
    faults = [*_unregistered(settings.directory), *_wrong_triggers(worker, environment)]
    routes = []
    for function in worker.of("httptrigger"):
        try:
            routes.append(route_of(function, settings.route_prefix))
        except BadRoute as error:
            faults.append(f"{function.place}: {error}")
    router = Router(routes)
    faults += _shadowed(router, {function.name: function.place for function in worker.functions})
    if faults:
        raise AppRefused("\n".join(faults))
    return router


def route_of(function: Function, prefix: str) -> Route:
    """The route of an HTTP function. Raises ``BadRoute``."""
    own = function.trigger.get("route") or function.name
    methods = frozenset(method.upper() for method in function.trigger.get("methods") or ())
    route = Route(function.name, "/".join(part for part in (prefix, own) if part), methods)
    if route.template.lower().split("/")[0] in _RESERVED:
        raise BadRoute(f"{route.template}: the host keeps {' and '.join(_RESERVED)} for itself")
    return route


def _unregistered(directory: Path) -> Iterator[str]:
    import azure.functions as library  # noqa: PLC0415 - loaded by the app

    registered = {id(builder) for builder in builders()}
    for module in list(sys.modules.values()):
        if not is_own(getattr(module, "__file__", None) or "", directory):
            continue
        for name, value in vars(module).items():
            if isinstance(value, library.Blueprint):
                lost = [one for one in value._function_builders if id(one) not in registered]
                for builder in lost[:1]:
                    where = place(builder._function.get_user_function())
                    yield f"{where}: the app does not register the blueprint {name!r}"


def _wrong_triggers(worker: Worker, environment: Mapping[str, str]) -> Iterator[str]:
    for function in worker.functions:
        if function.kind not in _KINDS:
            yield f"{function.place}: this host has no {function.trigger['type']}"
        try:
            for name in ("eventHubName", "consumerGroup", "schedule"):
                resolve(str(function.trigger.get(name) or ""), environment)
            if function.kind == "timertrigger":
                Schedule(resolve(function.trigger["schedule"], environment))
        except (BadSetting, BadSchedule) as error:
            yield f"{function.place}: {error}"


def _shadowed(router: Router, places: Mapping[str, str]) -> Iterator[str]:
    for route, method, first in router.shadowed():
        yield (
            f"{places[route.name]}: {method} /{route.template} ({route.name}) is never reached:"
            f" /{first.template} ({first.name}, {places[first.name]}) stands before it"
        )
