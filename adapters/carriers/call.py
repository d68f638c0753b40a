"""What is asked of a carrier, what it answers, and by which right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LABELS: Final = "labels"
TRACKING: Final = "tracking"


@dataclass(frozen=True, slots=True)
class Grant:
    """A token by name, and how it is asked for: ``request`` makes the call of a secret (or of the bearer token,
    for one that another token vouches for), ``seconds`` is how long it serves where the answer does not say."""

    name: str
    request: Callable[[str], tuple["Call", Mapping[str, str]]]
    field: str = "access_token"
    secret_name: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``tokens`` are the further tokens that it needs, by the header that takes each; ``desk`` is what
    has a quota, and so a circuit, of its own: a carrier that wants fewer questions still sells labels."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, Grant] = field(default_factory=dict)
    desk: str = LABELS


@dataclass(frozen=True, slots=True)
class Answer:
    """What the carrier says; ``body`` is JSON, or ``None`` where there is none. Of an answer in several parts it is the
    part that is JSON, and ``attachment`` the text of the one that is not: USPS sends its labels so."""

    status: int
    body: Any
    attachment: str = ""

    @property
    def is_yes(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 300

    def at(self, *path: str | int) -> Any:
        """What lies there, or ``None``: nothing that comes from outside is taken for granted."""
        found = self.body
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def text(self, *path: str | int) -> str:
        """The text that lies there, empty where there is none."""
        found = self.at(*path)
        return found if isinstance(found, str) else ""
