"""The shop's own pages: where people may be sent back to, and from where they may write."""

from urllib.parse import urlsplit

from domain.errors import Invalid
from usecases.settings import Settings
from usecases.shop import Shop


class ReturnNotAllowed(Invalid):
    """The shop sends nobody to an address that is not its own."""

    code = "RETURN_NOT_ALLOWED"
    message = "The address in return_to is no page of the shop."


def page_of_shop(shop: Shop, return_to: str) -> str:
    """The whole address of a page of the shop: a path, or an address of one of its origins.

    Raises ``ReturnNotAllowed`` for everything that a browser could read as another place.
    """
    origins = origins_of(shop)
    if not return_to:
        return homes_of(shop.settings)[0]
    if any(ord(sign) <= 0x20 or ord(sign) >= 0x7F or sign == "\\" for sign in return_to):
        raise ReturnNotAllowed
    if return_to.startswith("/") and not return_to.startswith("//"):
        return f"{origins[0]}{return_to}"
    try:
        parts = urlsplit(return_to)
    except ValueError:
        raise ReturnNotAllowed from None
    if "@" in parts.netloc or f"{parts.scheme}://{parts.netloc}" not in origins:
        raise ReturnNotAllowed
    return return_to


def origins_of(shop: Shop) -> list[str]:
    """The origins of the shop's pages."""
    return _origins(shop.settings)


def homes_of(settings: Settings) -> list[str]:
    """Where people are when they are nowhere in particular: at each origin, the first by default."""
    return [f"{origin}{settings.home_path}" for origin in _origins(settings)]


def _origins(settings: Settings) -> list[str]:
    return [origin.strip().rstrip("/") for origin in settings.shop_origins.split(",")]
