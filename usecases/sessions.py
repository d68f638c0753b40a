"""Guest sessions: a cart and a checkout without an account."""

from dataclasses import dataclass
from datetime import timedelta

from domain.session import SEED_BYTES, GuestSession, read, start
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun; ``token`` belongs into an HttpOnly cookie and nowhere else."""

    token: str
    session: GuestSession
    seconds: int


def start_guest_session(shop: Shop) -> NewSession:
    """A new guest: signed, opaque, expiring; nothing is stored until the guest does something."""
    now = shop.clock.now()
    lasts = timedelta(days=shop.settings.guest_session_days)
    token = start(shop.secret, shop.ids.secret(SEED_BYTES), now + lasts)
    guest = read(shop.secret, token, now)
    assert guest is not None, "a session that was just signed is good"
    return NewSession(token, guest, int(lasts.total_seconds()))
