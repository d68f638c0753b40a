"""A request and an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends; ``headers`` by their names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded."""
        return tuple(unquote_plus(part) for part in self.path.strip("/").split("/") if part)

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    @property
    def sort(self) -> str:
        """A word for what is asked: the last segment of an action, else the method and the collection."""
        match (self.method, *self.segments[1:]):
            case ("POST", "payment_intents"):
                return "create"
            case ("POST", "refunds"):
                return "refund"
            case ("POST", _, _, action):
                return action
            case ("POST", collection):
                return f"create {collection}"
            case ("GET", _, _):
                return "retrieve"
            case ("DELETE", *_):
                return "delete"
            case _:
                return "list"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets; ``body`` is JSON, or a page as text."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ConnectionDropped(Exception):
    """The request gets no answer."""
