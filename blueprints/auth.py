"""Signing in, and shopping without."""

from datetime import datetime

from pydantic import BaseModel

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._caller import cookie_name, guest_session_of
from blueprints._endpoint import Call, endpoint
from domain.session import GuestSession
from usecases.sessions import NewSession, start_guest_session
from usecases.shop import Shop

area = Area("auth")


class GuestSessionView(BaseModel):
    """A guest session; send ``csrf_token`` as ``X-CSRF-Token`` with every write."""

    user_id: str
    csrf_token: str
    expires_at: datetime


@endpoint(
    area,
    "POST",
    "api/auth/guest",
    may="session:start",
    returns=GuestSessionView,
    status=201,
    also=(200,),
)
async def start_guest(call: Call[None]) -> Answer:
    """Start a guest session: it may hold a cart and check out with an e-mail.

    A browser that has one already is told about that one, so that it can find its csrf_token again.
    """
    known = guest_session_of(call.shop, call.request)
    if known:
        return Answer(200, _view(known))
    new = start_guest_session(call.shop)
    return Answer(201, _view(new.session), cookies=(_cookie(call.shop, new),))


def _view(guest: GuestSession) -> bytes:
    view = GuestSessionView(
        user_id=guest.user_id, csrf_token=guest.csrf_token, expires_at=guest.expires_at
    )
    return view.model_dump_json().encode()


def _cookie(shop: Shop, new: NewSession) -> str:
    secure = "; Secure" if shop.settings.https else ""
    return (
        f"{cookie_name(shop)}={new.token}; Path=/; Max-Age={new.seconds};"
        f" HttpOnly; SameSite=Strict{secure}"
    )
