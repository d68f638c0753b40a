"""Links that staff write: to a page or a picture."""

from typing import Annotated

from pydantic import Field

type Link = Annotated[str, Field(max_length=2_000, pattern=r"^(https?:/)?/[^\s/]\S*$")]
"""A page of the web or of the shop itself; nothing that a browser would run."""

type MaybeLink = Annotated[str, Field(max_length=2_000, pattern=r"^((https?:/)?/[^\s/]\S*)?$")]
"""A link, or nothing."""
