"""People and their own account."""

from blueprints import _cookies
from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._cookies import gone
from blueprints._endpoint import Call, endpoint
from domain.access import Role
from domain.model import View
from domain.user import EmailInUse, LastAdmin, UserNotFound
from usecases import users
from usecases.again import Contended
from usecases.users import Profile, UpdateProfile, profile_of

area = Area("users")


class SelfService(View):
    """Passwords and second factors belong to Entra: ``url`` is where people change theirs."""

    managed_by: str
    url: str


@endpoint(area, "GET", "api/users/me", may="self:read", returns=Profile)
async def get_profile(call: Call[None]) -> Profile:
    """The caller's profile."""
    return profile_of(await users.find_user(call.shop, call.who.user_id))


@endpoint(
    area,
    "PUT",
    "api/users/me",
    may="self:change",
    body=UpdateProfile,
    returns=Profile,
    raises=(EmailInUse, UserNotFound, Contended),
)
async def update_profile(call: Call[UpdateProfile]) -> Profile:
    """Change name, phone or e-mail; a new e-mail waits in pending_email until Entra vouches for it."""
    return profile_of(await users.update(call.shop, call.who, call.body))


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


def _self_service(call: Call[None]) -> SelfService:
    sign_in = call.shop.gate.sign_in
    name = sign_in.names[-1 if call.who.role >= Role.STAFF else 0]
    return SelfService(managed_by="entra", url=sign_in.self_service(name))
