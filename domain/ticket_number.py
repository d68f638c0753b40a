"""The id of a ticket, the number that people read, and the pointer that claims it."""

import re
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Final

from domain.entity import Entity
from domain.order import CROCKFORD

ID_LENGTH: Final = 8
_WRITTEN: Final = re.compile(f"(?:HPHT[0-9]{{4}})?([{CROCKFORD}]{{{ID_LENGTH}}})")
_LOOKALIKES: Final = str.maketrans("OIL", "011")
"""Letters that are read as digits (Crockford, "Base 32")."""


class TicketPointer(Entity):
    """From a ticket's id to whose partition it lies in; alone in its own partition, written first.

    It claims the id: ``opening`` tells the request that it was written for from any other.
    """

    kind: ClassVar[str] = "ticket-pointer"
    container: ClassVar[str] = "Tickets"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    owner: str
    opening: str


def ticket_pointer_key(ticket_id: str) -> str:
    """Both the id and the partition of the ticket's pointer."""
    return f"~{ticket_id}"


def opening_of(*parts: str) -> str:
    """What tells one request to open a ticket, or to say something on it, from all others.

    The same parts, the same opening: 160 bits of SHA-256, the length of each part within.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode()).hexdigest()[:40]


def ticket_id_of(opening: str, attempt: int) -> str:
    """The id of the ticket that this request opens: 40 bits of SHA-256 in Crockford's base 32.

    So short that people can read it out; where another ticket has it, the next ``attempt`` gives another.
    """
    bits = int.from_bytes(sha256(f"{opening}:{attempt}".encode()).digest()[:5])
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(ID_LENGTH)))


def ticket_number_of(ticket_id: str, at: datetime) -> str:
    """The number that people read: the same bits, in groups, after the year."""
    return f"HPH-T-{at.year}-{ticket_id[:4]}-{ticket_id[4:]}"


def ticket_id_from(text: str) -> str | None:
    """The ticket id that an id or a number means, read as people write it; ``None`` for neither."""
    bare = "".join(text.upper().replace("-", " ").split())
    found = _WRITTEN.fullmatch(bare.translate(_LOOKALIKES))
    return found[1] if found else None
