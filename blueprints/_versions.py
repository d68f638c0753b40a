"""Versions at the door: what people edit carries one in its entity tag, and ``If-Match`` says which was read."""

import re
from typing import Any, Final

from pydantic import BaseModel

from blueprints._answer import Answer, etag_of
from blueprints._call import Call
from blueprints._caller import header_of

_TAG: Final = re.compile(r'"([0-9]{1,15})(-[0-9a-f]+)?"')
"""A version, with or without the hash of the body that it was read in."""


def versioned(status: int, view: BaseModel, version: int) -> Answer:
    """The answer with a strong entity tag that begins with the version and ends with the hash of the body.

    So a cache tells apart two bodies of one version, and a writer need only have seen the version.
    """
    body = view.model_dump_json().encode()
    etag = f'"{version}-{etag_of(body)[1:]}'
    return Answer(status, body, headers={"ETag": etag}, etag=etag)


def expected(call: Call[Any]) -> frozenset[int] | None:
    """The versions that ``If-Match`` allows; ``None`` where any will do.

    A tag that is weak, or none of ours, allows nothing (RFC 9110, 13.1.1: the comparison is the strong one).
    """
    given = header_of(call.request, "if-match")
    if given.strip() in ("", "*"):
        return None
    tags = (_TAG.fullmatch(tag.strip()) for tag in given.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)
