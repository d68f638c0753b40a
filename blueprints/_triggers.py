"""What sets a function off, of each kind: how the index names it, and how the Functions library is told.

This file is read by every start, so it needs nothing but that library.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, List, NamedTuple  # noqa: UP035

import azure.functions as func

MOST_RETRIES: Final = 5
CONNECTION: Final = "EVENT_HUBS"

type Call = Callable[..., Awaitable[Any]]
"""What answers: it is given what the library hands over."""


class OnRequest(NamedTuple):
    """A request of that method to that route."""

    area: str
    name: str
    method: str
    route: str

    def register(self, area: func.Blueprint, call: Call) -> None:
        """Tell the library; the function itself decides who may call it."""

        async def function(req: func.HttpRequest) -> func.HttpResponse:
            response: func.HttpResponse = await call(req)
            return response

        routed = area.route(
            route=self.route, methods=[self.method], auth_level=func.AuthLevel.ANONYMOUS
        )(_named(self.name, function))
        area.function_name(self.name)(routed)


class OnEvents(NamedTuple):
    """A batch of events of that hub, read in that consumer group."""

    area: str
    name: str
    hub: str
    group: str

    def register(self, area: func.Blueprint, call: Call) -> None:
        """Tell the library, with the policy by which the host runs a batch again."""

        # the worker reads typing.List only
        async def function(events: List[func.EventHubEvent], context: func.Context) -> None:  # noqa: UP006
            await call(events, context)

        triggered = area.event_hub_message_trigger(
            arg_name="events",
            event_hub_name=self.hub,
            connection=CONNECTION,
            consumer_group=self.group,
            cardinality=func.Cardinality.MANY,
        )(_named(self.name, function))
        retried = area.retry(
            strategy="exponential_backoff",
            max_retry_count=str(MOST_RETRIES),
            minimum_interval="00:00:01",
            maximum_interval="00:00:30",
        )(triggered)
        area.function_name(self.name)(retried)


class OnTime(NamedTuple):
    """The clock: a six-field NCRONTAB, or ``%SETTING%``."""

    area: str
    name: str
    schedule: str

    def register(self, area: func.Blueprint, call: Call) -> None:
        """Tell the library."""

        async def function(timer: func.TimerRequest) -> None:
            await call(timer)

        timed = area.timer_trigger(arg_name="timer", schedule=self.schedule)
        area.function_name(self.name)(timed(_named(self.name, function)))


type Trigger = OnRequest | OnEvents | OnTime


def _named(name: str, function: Call) -> Call:
    """The function under the name by which the worker knows it: it reads the name of each for itself."""
    function.__name__ = function.__qualname__ = name
    return function
