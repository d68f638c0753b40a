"""Set-Cookie lines as the Functions host writes them from what the worker tells it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

_SAME_SITE = {1: "lax", 2: "strict", 3: "none"}


def set_cookie(cookie: Any) -> bytes:
    """The header's value; the cookie's value is escaped, attributes stand in ASP.NET Core's order."""
    parts = [f"{cookie.name}={quote(cookie.value, safe='')}"]
    if cookie.expires:
        moment = datetime.fromtimestamp(cookie.expires.value.seconds, UTC)
        parts.append(f"expires={moment:%a, %d %b %Y %H:%M:%S} GMT")
    if cookie.max_age:
        parts.append(f"max-age={int(cookie.max_age.value)}")
    parts += [
        f"{name}={given.value}"
        for name, given in (("domain", cookie.domain), ("path", cookie.path))
        if given and given.value
    ]
    parts += ["secure"] if cookie.secure.value else []
    parts += [f"samesite={_SAME_SITE[cookie.same_site]}"] if cookie.same_site else []
    parts += ["httponly"] if cookie.http_only.value else []
    return "; ".join(parts).encode("latin-1")
