"""Who can sign in on one machine: stand-ins named by their role, nobody that exists."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

TENANT: Final = "6d1f3c52-8a44-5b0e-9c7d-0f4e2a6b8d10"
"""The id of the tenant that lives on this machine."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A person at the embedded issuer; one that is ``disabled`` the issuer lets in nowhere."""

    key: str
    name: str
    roles: tuple[str, ...]
    disabled: bool = False

    @property
    def email(self) -> str:
        """An address that no mail reaches (RFC 2606)."""
        return f"{self.key}@example.com"

    @property
    def subject(self) -> str:
        """The person's id in the tenant, Entra's ``oid``."""
        return str(uuid5(UUID(TENANT), self.key))


PERSONAS: Final = {
    persona.key: persona
    for persona in (
        Persona("customer", "First Customer", ("customer",)),
        Persona("customer2", "Second Customer", ("customer",)),
        Persona("customer3", "Third Customer", ("customer",)),
        Persona("staff", "Staff Member", ("staff",)),
        Persona("admin", "Administrator", ("admin",)),
        Persona("disabled", "Disabled Account", ("customer",), disabled=True),
    )
}
"""Key to persona, in the order of the page."""

INVITED: Final = "staff@example.com=staff,admin@example.com=admin"
"""Who gets more than a customer's role at the first sign-in, as the setting ``invited`` says it."""
