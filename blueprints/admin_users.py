"""People as administrators see them."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from domain.user import EmailInUse, LastAdmin, UserNotFound
from usecases import administering
from usecases.administering import ChangeRole, Invite, ListUsers, UserLine, UserLines
from usecases.again import Contended

area = Area("admin_users")


@endpoint(
    area,
    "GET",
    "api/admin/users",
    may="user:administer",
    query=ListUsers,
    returns=UserLines,
    raises=(BadCursor,),
)
async def list_users(call: Call[None]) -> UserLines:
    """The people of a role, and who is invited to it."""
    return await administering.list_users(call.shop, call.query)


@endpoint(
    area,
    "POST",
    "api/admin/users",
    may="user:administer",
    body=Invite,
    returns=UserLine,
    status=201,
    raises=(EmailInUse, Contended),
)
async def invite_user(call: Call[Invite]) -> UserLine:
    """Invite somebody: the role is given at the first sign-in with this verified address."""
    return await administering.invite(call.shop, call.who, call.body)


@endpoint(
    area,
    "PUT",
    "api/admin/users/{id}/role",
    may="user:administer",
    body=ChangeRole,
    returns=UserLine,
    raises=(UserNotFound, LastAdmin, Contended),
)
async def change_role(call: Call[ChangeRole]) -> UserLine:
    """Give somebody another role, from the next request on; the last administrator keeps theirs.

    With "status": "active" somebody who was deactivated may sign in again.
    """
    return await administering.change_role(call.shop, call.who, call.path["id"], call.body)


@endpoint(
    area,
    "DELETE",
    "api/admin/users/{id}",
    may="user:administer",
    status=204,
    media_type="text/plain",
    raises=(UserNotFound, LastAdmin, Contended),
)
async def deactivate_user(call: Call[None]) -> None:
    """Let somebody in no more; an invitation is withdrawn."""
    await administering.deactivate(call.shop, call.who, call.path["id"])
