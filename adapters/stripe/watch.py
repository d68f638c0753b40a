"""How long Stripe takes, and how often it does not answer: a span and a measure for each call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from usecases.ports.telemetry import CALL_DURATION, SILENT, Telemetry

ADDRESS: Final = "api.stripe.com"


@dataclass(frozen=True, slots=True)
class Watch:
    """Tells ``telemetry``; ``seconds`` is a clock that only runs forward."""

    telemetry: Telemetry = SILENT
    seconds: Callable[[], float] = perf_counter

    @contextmanager
    def call(self, what: str) -> Iterator[Callable[[str], None]]:
        """A call under way, ``what`` as the SDK names it; yields how to say that it brought no answer, and why.

        A card that was declined is an answer.
        """
        started, attributes = self.seconds(), {"server.address": ADDRESS}
        with self.telemetry.span(f"stripe {what}", "call") as span:
            span.note(attributes)

            def failed(reason: str) -> None:
                attributes["error.type"] = reason
                span.fail(reason)

            yield failed
        self.telemetry.measure(CALL_DURATION, self.seconds() - started, attributes)
