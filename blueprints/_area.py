"""An API area: what it declares, and what answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

from blueprints._triggers import Trigger
from domain.errors import Refusal
from usecases.shop import Shop

type OpenShop = Callable[[], Awaitable[Shop]]
type Serve = Callable[..., Awaitable[Any]]
"""What answers a call: it is given the way to the shop, then what the library hands over."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One endpoint as declared: what OpenAPI, the route table and the test matrices are made of."""

    name: str
    method: str
    route: str
    may: str
    status: int
    also: tuple[int, ...]
    doc: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    returns: TypeAdapter[Any] | None
    raises: tuple[type[Refusal], ...]
    public: bool
    media_type: str
    other_media_types: tuple[str, ...] = ()


class Area:
    """One API area: its functions, in one file, behind one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.declarations: list[Declaration] = []
        self.functions: dict[Trigger, Serve] = {}

    def add(self, trigger: Trigger, serve: Serve) -> None:
        """Declare a function: what sets it off, and what answers. Raises ``ValueError`` for a second one."""
        if trigger in self.functions:
            raise ValueError(f"{trigger.name} is declared twice")
        self.functions[trigger] = serve
