"""An API area: a blueprint, what it declares, and the way to the shop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import azure.functions as func
from pydantic import BaseModel, TypeAdapter

from domain.errors import Refusal
from usecases.shop import Shop

type OpenShop = Callable[[], Awaitable[Shop]]


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


class Area(func.Blueprint):
    """One API area: its functions, in one file, behind one name."""

    def __init__(self, name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here
        self.name = name
        self.declarations: list[Declaration] = []
        self._open: OpenShop | None = None

    def behind(self, open_shop: OpenShop) -> "Area":
        """Say how its functions reach the shop; called once, by ``function_app``."""
        self._open = open_shop
        return self

    async def shop(self) -> Shop:
        """The shop of this process, built on the first call."""
        if self._open is None:
            raise RuntimeError(f"the area {self.name!r} was registered without a shop")
        return await self._open()
