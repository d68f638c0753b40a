"""Cookies in and out: out of reach of scripts and other sites, bound to this host where there is HTTPS."""

from typing import Final, Literal

import azure.functions as func

from usecases.shop import Shop

GUEST: Final = "hph_guest"
SESSION: Final = "hph_session"
SIGN_IN: Final = "hph_sign_in"

GONE: Final = "gone"
"""The value of a cookie that is taken away; it never was one."""


def name_of(shop: Shop, name: str) -> str:
    """The cookie's whole name."""
    return f"__Host-{name}" if shop.settings.https else name


def cookie(
    shop: Shop,
    name: str,
    value: str,
    seconds: int,
    *,
    same_site: Literal["Strict", "Lax"] = "Strict",
) -> str:
    """A ``Set-Cookie`` value. ``Lax`` only for what must survive the way back from the issuer."""
    secure = "; Secure" if shop.settings.https else ""
    return (
        f"{name_of(shop, name)}={value}; Path=/; Max-Age={seconds};"
        f" HttpOnly; SameSite={same_site}{secure}"
    )


def gone(shop: Shop, name: str) -> str:
    """The ``Set-Cookie`` value that takes the cookie away."""
    past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    secure = "; Secure" if shop.settings.https else ""
    return f"{name_of(shop, name)}={GONE}; Path=/; {past}; HttpOnly; SameSite=Strict{secure}"


def cookie_in(shop: Shop, req: func.HttpRequest, name: str) -> str:
    """The value that the request brings; empty without one."""
    if "cookie" not in req.headers:
        return ""
    pairs = (part.strip().partition("=") for part in req.headers["cookie"].split(";"))
    wanted = name_of(shop, name)
    return next((value for found, _, value in pairs if found == wanted), "")
