"""What this process has seen of each container, so that it reads its own writes.

The SDK (4.17) keeps session tokens of its own but learns nothing from a batch, which is how everything
here is written; a read right after a commit could meet a replica that has not yet got it. So the tokens
of all answers are kept here and sent along:
https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-manage-consistency#utilize-session-tokens
"""

from collections.abc import Mapping
from typing import Any, Final

_HEADER: Final = "x-ms-session-token"


class Sessions:
    """The newest token of each container and physical partition."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def note(self, container: str, headers: Mapping[str, Any]) -> None:
        """Remember what an answer says about how far its replica has got; never going back."""
        seen = self._seen.setdefault(container, {})
        for told in filter(None, str(headers.get(_HEADER, "")).split(",")):
            partition, _, token = told.partition(":")
            if _progress(token) >= _progress(seen.get(partition, "")):
                seen[partition] = token

    def of(self, container: str) -> dict[str, Any]:
        """What a read has to say: nothing, while nothing was seen."""
        seen = self._seen.get(container, {})
        told = ",".join(f"{partition}:{token}" for partition, token in seen.items())
        return {"session_token": told} if told else {}

    def forget(self, container: str) -> None:
        """Begin anew, where no replica can follow any more (after a restore, say)."""
        self._seen.pop(container, None)


def _progress(token: str) -> tuple[int, int]:
    """Version and sequence number of ``<version>#<number>[#<region>=<number>…]``; a simple token is a number."""
    version, _, rest = token.partition("#")
    number = rest.partition("#")[0]
    return (int(version), int(number)) if number else (-1, int(version or -1))
