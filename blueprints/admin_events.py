"""Events that could not be applied, for administrators: what waits, and publishing it again."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from domain.dead_letter import LetterNotFound, NotReplayable
from usecases import replaying
from usecases.replaying import LetterLine, LetterLines, ListLetters

area = Area("admin_events")


@endpoint(
    area,
    "GET",
    "api/admin/dead-letters",
    may="event:replay",
    query=ListLetters,
    returns=LetterLines,
    raises=(BadCursor,),
)
async def list_letters(call: Call[None]) -> LetterLines:
    """Events that a consumer could not apply, newest first, with the reason; by state, hub and reason."""
    return await replaying.list_letters(call.shop, call.query)


@endpoint(
    area,
    "POST",
    "api/admin/dead-letters/{id}/replay",
    may="event:replay",
    returns=LetterLine,
    raises=(LetterNotFound, NotReplayable),
)
async def replay(call: Call[None]) -> LetterLine:
    """Publish a parked event again; who has applied it drops it by its id."""
    return await replaying.replay(call.shop, call.who, call.path["id"])
