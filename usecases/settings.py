"""Every number and switch of the shop, in one frozen value, read once."""

from datetime import timedelta
from typing import Self

from pydantic import ConfigDict, Field, SecretBytes, model_validator

from domain.model import Model

LEAST_KEY_BYTES = 32


class Settings(Model):
    """What an operator may set. Durations are in seconds. A wrong value names itself at start.

    ``secret_key`` signs guest sessions, cursors and order ids and keys the hashes of the audit; it
    must be the same in every process and release.
    """

    model_config = ConfigDict(extra="forbid")

    secret_key: SecretBytes
    signing_secret: str = ""
    """The secret, by its name in the vault, that signs guest sessions and cursors instead and may be rotated."""
    release: str = "dev"
    local: bool = False
    """On a developer's machine: embedded ends, what a request cost the store in headers, local staff tokens."""
    https: bool = True
    """Cookies carry ``Secure`` and the ``__Host-`` prefix."""

    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")

    cart_guest_days: int = Field(default=14, ge=1)
    cart_customer_days: int = Field(default=90, ge=1)
    guest_session_days: int = Field(default=14, ge=1)

    session_customer_hours: int = Field(default=24, ge=1)
    session_staff_hours: int = Field(default=8, ge=1)
    """How long somebody stays signed in after the last request."""
    session_customer_most_hours: int = Field(default=7 * 24, ge=1)
    session_staff_most_hours: int = Field(default=24, ge=1)
    """How long at most after signing in, whatever was requested since."""
    shop_origins: str = "http://localhost:3000"
    """Origins of the shop's pages, separated by commas: where a sign-in may return to, the first by default,
    and where a write that a cookie vouches for may come from."""
    home_path: str = Field(default="/", pattern="^/[^/]*")
    """Where a sign-in returns to when nothing else was asked for."""
    invited: str = ""
    """``email=role`` by commas: who gets that role at the first sign-in. For the first administrator."""
    client_address_header: str = "x-azure-clientip"
    """Which header names the caller's address, as the nearest proxy of ours says it."""
    limit_scale: float = Field(default=1, gt=0)
    """Multiplies every limit's burst and pace, for load tests."""

    placing_seconds: float = Field(default=30, gt=0)
    """How long an attempt to place an order may take before anybody may end it."""
    resubmit_seconds: float = Field(default=600, ge=0)
    """How long after an order the same cart, submitted again, answers with that order."""
    idempotency_lease_seconds: float = Field(default=30, gt=0)
    idempotency_hours: int = Field(default=24, ge=1)

    inventory_deadline_seconds: float = Field(default=60, gt=0)
    payment_deadline_seconds: float = Field(default=300, gt=0)
    shipment_deadline_seconds: float = Field(default=600, gt=0)
    compensation_deadline_seconds: float = Field(default=300, gt=0)
    return_window_deadline_seconds: float = Field(default=30 * 24 * 3600, gt=0)
    saga_nudges: int = Field(default=2, ge=0, le=10)
    payment_declines: int = Field(default=3, ge=1, le=10)

    relay_after_seconds: float = Field(default=5, ge=0)
    """How old an unsent outbox document is before the sweep takes it up."""
    ledger_young_seconds: float = Field(default=120, ge=0)
    """How old a payment is before our books are compared with the network's, and how long a difference has to
    last before a person is called: whatever is still under way is left alone."""
    ledger_overlap_seconds: float = Field(default=3600, ge=0)
    """How far each comparison looks back behind the one before it."""
    ledger_reach_days: float = Field(default=35, gt=0)
    """How old payments are that are still compared, once a day: longer than anybody gives money back."""
    agents_enabled: bool = True

    @model_validator(mode="after")
    def _key_is_long_enough(self) -> Self:
        if len(self.secret_key.get_secret_value()) < LEAST_KEY_BYTES:
            raise ValueError(f"secret_key must have at least {LEAST_KEY_BYTES} bytes")
        return self

    def deadline(self, stage: str) -> timedelta:
        """How long the saga waits in that stage before it asks again or gives up."""
        return timedelta(seconds=getattr(self, f"{stage}_deadline_seconds"))
