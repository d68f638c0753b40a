"""Guest sessions: a cart and a checkout without an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import session
from domain.session import SEED_BYTES
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun; ``token`` belongs into an HttpOnly cookie and nowhere else."""

    token: str
    user_id: str
    csrf_token: str
    expires_at: datetime
    seconds: int


def start_guest_session(shop: Shop) -> NewSession:
    """A new guest: signed, opaque, expiring; nothing is stored until the guest does something."""
    now = shop.clock.now()
    lasts = timedelta(days=shop.settings.guest_session_days)
    token = session.start(shop.secret, shop.ids.secret(SEED_BYTES), now + lasts)
    guest = session.read(shop.secret, token, now)
    assert guest is not None, "a session that was just signed is good"
    return NewSession(
        token, guest.user_id, guest.csrf_token, guest.expires_at, int(lasts.total_seconds())
    )
