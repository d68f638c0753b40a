"""Finished answers, kept in the cache as the bytes that leave the shop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from pydantic import BaseModel

from usecases.shop import Shop

LISTING_SECONDS = 300
DETAIL_SECONDS = 600
CATEGORY_SECONDS = 900
ADVICE_SECONDS = 120
ANALYTICS_SECONDS = 600

_LONGEST_KEY = 160


@dataclass(frozen=True, slots=True)
class Served:
    """A JSON body with its strong entity tag, hashed once; ``subject`` is the id of what it is about, if of one."""

    body: bytes
    etag: str
    subject: str = ""

    @classmethod
    def of(cls, answer: BaseModel) -> Self:
        """The answer as it leaves the shop."""
        body = answer.model_dump_json().encode()
        etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        return cls(body, etag, getattr(answer, "id", ""))

    @classmethod
    def kept(cls, raw: bytes) -> Self:
        """The answer from what the cache kept of it."""
        head, _, body = raw.partition(b"\n")
        etag, _, subject = head.decode().partition(" ")
        return cls(body, etag, subject)

    def raw(self) -> bytes:
        """What the cache keeps of it."""
        return f"{self.etag} {self.subject}\n".encode() + self.body


type Build = Callable[[], Awaitable[tuple[BaseModel, int]]]
"""Makes an answer, and says for how many seconds it may be kept."""


async def served(shop: Shop, key: str, build: Build) -> Served:
    """The answer under that key, made where the cache has none. A refusal is not kept."""
    if len(key) > _LONGEST_KEY:
        area, _, name = key.partition(":")
        key = f"{area}:{blake2b(name.encode(), digest_size=16).hexdigest()}"

    async def finished() -> tuple[bytes, int]:
        answer, seconds = await build()
        return Served.of(answer).raw(), seconds

    raw = await shop.cache.fetch(key, finished)
    assert raw is not None, "finished makes something or raises"
    return Served.kept(raw)
