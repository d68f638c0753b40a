"""Signing in, and shopping without."""

from datetime import datetime

from pydantic import BaseModel

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._caller import cookie_name
from blueprints._endpoint import Call, endpoint
from usecases.sessions import NewSession, start_guest_session
from usecases.shop import Shop

area = Area("auth")


class GuestSessionView(BaseModel):
    """A guest session; send ``csrf_token`` as ``X-CSRF-Token`` with every write."""

    user_id: str
    csrf_token: str
    expires_at: datetime


@endpoint(area, "POST", "api/auth/guest", may="session:start", returns=GuestSessionView, status=201)
async def start_guest(call: Call[None]) -> Answer:
    """Start a guest session: it may hold a cart and check out with an e-mail."""
    new = start_guest_session(call.shop)
    view = GuestSessionView(
        user_id=new.user_id, csrf_token=new.csrf_token, expires_at=new.expires_at
    )
    return Answer(201, view.model_dump_json().encode(), cookies=(_cookie(call.shop, new),))


def _cookie(shop: Shop, new: NewSession) -> str:
    secure = "; Secure" if shop.settings.https else ""
    return (
        f"{cookie_name(shop)}={new.token}; Path=/; Max-Age={new.seconds};"
        f" HttpOnly; SameSite=Strict{secure}"
    )
