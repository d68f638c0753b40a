"""What goes wrong in the cloud, when it is asked for: by number for a test, by chance for a long run."""

from dataclasses import dataclass, field, fields
from random import Random
from typing import Any


@dataclass
class Switch:
    """Strikes the next ``next`` times, and else with the chance ``rate``; counts how often it did."""

    next: int = 0
    rate: float = 0.0
    struck: int = 0

    def strikes(self, random: Random) -> bool:
        """Whether it happens now."""
        strikes = self.next > 0 or random.random() < self.rate
        self.next -= self.next > 0
        self.struck += strikes
        return strikes


@dataclass
class Faults:
    """The switches of one namespace, all off at first.

    ``lost_acks``: a transfer is kept and the connection cut before it says so. ``busy``: a transfer is
    refused as ``server-busy``. ``refused_tokens``: a token is. ``redelivered``: an event is sent twice in
    a row. ``dropped``: the connection is cut instead of keeping a transfer or sending an event. ``held``
    names hubs of which nothing is sent.
    """

    lost_acks: Switch = field(default_factory=Switch)
    busy: Switch = field(default_factory=Switch)
    refused_tokens: Switch = field(default_factory=Switch)
    redelivered: Switch = field(default_factory=Switch)
    dropped: Switch = field(default_factory=Switch)
    held: set[str] = field(default_factory=set)
    random: Random = field(default_factory=lambda: Random(1))


def read_faults(asked: str) -> Faults:
    """``"lost_acks=0.05,busy=0.1,seed=7"`` as switches with those rates. Raises ``ValueError``."""
    names = {each.name for each in fields(Faults)} - {"held", "random"}
    given: dict[str, Any] = {}
    for part in filter(None, asked.split(",")):
        name, _, value = part.strip().partition("=")
        if name == "seed":
            given["random"] = Random(int(value))
        elif name in names:
            given[name] = Switch(rate=float(value))
        else:
            raise ValueError(f"no switch is called {name!r}: {', '.join(sorted(names))}")
    return Faults(**given)
