"""What people wish of the shop, and change whenever they like; kept in their own record."""

from typing import Annotated

from pydantic import ConfigDict, Field

from domain.access import Caller
from domain.errors import RuleBroken
from domain.preferences import Notifications, Preferences
from domain.user import User
from usecases.again import again
from usecases.revising import check_meant
from usecases.shop import Shop
from usecases.users import find_active, tell

LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
"""Language, script and region in their usual letter case (RFC 5646, 2.1 and 2.1.1): en, en-US, zh-Hant-TW."""


class CurrencyNotSold(RuleBroken):
    """The shop does not sell in it; ``sold`` is what it sells in."""

    code = "CURRENCY_NOT_SOLD"
    message = "The shop does not sell in that currency."


class WantedNotifications(Notifications):
    """Which messages are wanted; what is left out is as for somebody who never chose."""

    model_config = ConfigDict(extra="forbid")


class SavePreferences(Preferences):
    """All preferences, in the place of those that were; what is left out is as for somebody who never chose."""

    model_config = ConfigDict(extra="forbid")

    notifications: WantedNotifications = Field(default_factory=WantedNotifications)
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""


def preferences_of(shop: Shop, user: User) -> Preferences:
    """What the person has chosen; the shop's currency where none was."""
    chosen = user.preferences or Preferences()
    return chosen.model_copy(update={"currency": chosen.currency or shop.settings.currency})


async def save_preferences(
    shop: Shop, who: Caller, command: SavePreferences, expected: frozenset[int] | None = None
) -> User:
    """Replace the caller's preferences, with UserUpdated; where nothing changes, nothing is told.

    ``expected`` are the versions as in ``users.update``. Raises ``AccountDisabled``, ``CurrencyNotSold``
    and ``PreconditionFailed``.
    """
    sold = shop.settings.currency
    if command.currency not in ("", sold):
        raise CurrencyNotSold(currency=command.currency, sold=sold)

    async def step() -> User:
        user = await find_active(shop, who.user_id)
        wanted = (user.preferences or Preferences()).replaced_by(command)
        is_said = wanted == user.preferences
        check_meant(user.told, expected, is_done=is_said)
        if is_said:
            return user
        fresh = user.but(preferences=wanted, updated_at=shop.clock.now())
        return await tell(shop, who, fresh, "preferences")

    return await again(shop, step)
