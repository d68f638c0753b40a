"""People and their own account."""

from typing import Any

from blueprints import _cookies
from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._cookies import gone
from blueprints._endpoint import Call, endpoint
from blueprints._versions import expected, versioned
from domain.access import Role
from domain.cursor import BadCursor
from domain.errors import PreconditionFailed
from domain.model import View
from domain.preferences import Preferences
from domain.user import EmailInUse, LastAdmin, User, UserNotFound
from usecases import dashboard, own_orders, preferences, users
from usecases.again import Contended
from usecases.dashboard import Dashboard
from usecases.own_orders import ListOrders, OwnOrders
from usecases.preferences import CurrencyNotSold, SavePreferences
from usecases.users import Profile, UpdateProfile, profile_of

area = Area("users")


class SelfService(View):
    """Passwords and second factors belong to Entra: ``url`` is where people change theirs."""

    managed_by: str
    url: str


@endpoint(area, "GET", "api/users/me", may="self:read", returns=Profile)
async def get_profile(call: Call[None]) -> Answer:
    """The caller's profile."""
    return _answer(await users.find_user(call.shop, call.who.user_id))


@endpoint(
    area,
    "PUT",
    "api/users/me",
    may="self:change",
    body=UpdateProfile,
    returns=Profile,
    raises=(EmailInUse, UserNotFound, PreconditionFailed, Contended),
)
async def update_profile(call: Call[UpdateProfile]) -> Answer:
    """Change name, phone or e-mail; a new e-mail waits in pending_email until Entra vouches for it.

    With If-Match only where the profile is still what was read.
    """
    return _answer(await users.update(call.shop, call.who, call.body, expected(call)))


@endpoint(
    area,
    "DELETE",
    "api/users/me",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=(LastAdmin, UserNotFound, Contended),
)
async def delete_profile(call: Call[None]) -> Answer:
    """Delete the account: it forgets who it was; orders stay as they were placed, all sessions end."""
    await users.erase(call.shop, call.who)
    return Answer(204, b"", cookies=(gone(call.shop, _cookies.SESSION),))


@endpoint(area, "GET", "api/users/me/dashboard", may="self:read", returns=Dashboard)
async def get_dashboard(call: Call[None]) -> Dashboard:
    """The caller in figures, the newest orders, and products by an agent's advice, or the popular ones."""
    return await dashboard.show_dashboard(call.shop, call.who)


@endpoint(
    area,
    "GET",
    "api/users/me/orders",
    may="self:read",
    query=ListOrders,
    returns=OwnOrders,
    raises=(BadCursor,),
)
async def list_orders(call: Call[None]) -> OwnOrders:
    """The caller's orders, newest first."""
    return await own_orders.list_orders(call.shop, call.who, call.query)


@endpoint(area, "GET", "api/users/me/preferences", may="self:read", returns=Preferences)
async def get_preferences(call: Call[None]) -> Answer:
    """Which messages the caller wants, and in which language."""
    return _preferences(call, await users.find_user(call.shop, call.who.user_id))


@endpoint(
    area,
    "PUT",
    "api/users/me/preferences",
    may="self:change",
    body=SavePreferences,
    returns=Preferences,
    raises=(CurrencyNotSold, UserNotFound, PreconditionFailed, Contended),
)
async def save_preferences(call: Call[SavePreferences]) -> Answer:
    """Replace all preferences; what is left out is as for somebody who never chose.

    With If-Match only where the caller's record is still what was read.
    """
    user = await preferences.save_preferences(call.shop, call.who, call.body, expected(call))
    return _preferences(call, user)


@endpoint(area, "PUT", "api/users/me/password", may="self:change", returns=SelfService)
async def change_password(call: Call[None]) -> SelfService:
    """Where to change the password; whatever is sent is neither read nor kept."""
    return _self_service(call)


@endpoint(area, "POST", "api/users/me/2fa/enable", may="self:change", returns=SelfService)
async def enable_second_factor(call: Call[None]) -> SelfService:
    """Where to set up a second factor."""
    return _self_service(call)


@endpoint(area, "POST", "api/users/me/2fa/verify", may="self:change", returns=SelfService)
async def verify_second_factor(call: Call[None]) -> SelfService:
    """Where a second factor is verified."""
    return _self_service(call)


def _answer(user: User) -> Answer:
    return versioned(200, profile_of(user), user.told)


def _preferences(call: Call[Any], user: User) -> Answer:
    return versioned(200, preferences.preferences_of(call.shop, user), user.told)


def _self_service(call: Call[None]) -> SelfService:
    sign_in = call.shop.gate.sign_in
    name = sign_in.names[-1 if call.who.role >= Role.STAFF else 0]
    return SelfService(managed_by="entra", url=sign_in.self_service(name))
