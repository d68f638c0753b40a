"""The app's functions: all are registered from the index, and each area is loaded by its first call.

An instance in Azure serves one timer, one consumer group or the HTTP functions, and needs few of the areas for
its first answer.
"""

from functools import partial
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import azure.functions as func

from blueprints._index import INDEX
from blueprints._triggers import Trigger

if TYPE_CHECKING:
    from blueprints._area import OpenShop  # which would load the shop's models


class Functions:
    """Every function of the app, before the shop that is opened by the first call."""

    def __init__(self, open_shop: "OpenShop") -> None:
        self._open_shop = open_shop

    def behind(self, open_shop: "OpenShop") -> None:
        """Answer from another shop from now on."""
        self._open_shop = open_shop

    def register(self, app: func.FunctionApp) -> None:
        """Tell the library of every function that the index names: a blueprint for each area."""
        for _, triggers in groupby(INDEX, key=attrgetter("area")):
            blueprint = func.Blueprint()  # type: ignore[no-untyped-call]  # the library has no types here
            for trigger in triggers:
                trigger.register(blueprint, partial(self.call, trigger))
            app.register_functions(blueprint)

    async def call(self, trigger: Trigger, *given: Any) -> Any:
        """Let the function's area answer.

        Safe for many first calls at once: a process imports a file once, and only one call does. Whatever keeps an
        area from being loaded is raised by each of its calls.
        """
        area = import_module(f"blueprints.{trigger.area}").area
        return await area.functions[trigger](self._open_shop, *given)
