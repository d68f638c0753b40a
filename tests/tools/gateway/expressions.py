"""The policies' expressions in Python: the fixed list that the simulated gateway understands, one for one.

Nothing here compiles C#. An expression that is not in this list does not run, and a test says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.tools.gateway.simulator import Context

_CALLER = '((Jwt)context.Variables["caller"])'
_HAS = 'context.Variables.ContainsKey("caller")'
_ADDRESS = (
    'context.Request.Headers.GetValueOrDefault("X-Azure-SocketIP", context.Request.IpAddress)'
)
_USER = f'{_CALLER}.Claims.GetValueOrDefault("oid", {_CALLER}.Subject)'
_PREFIXES = ("x-user-", "x-ms-client-principal")
_CODES = {400: "INVALID_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "RESOURCE_NOT_FOUND"}
_MORE_CODES = {429: "RATE_LIMIT_EXCEEDED", 503: "SERVICE_UNAVAILABLE"}


def _address(context: Context) -> str:
    return context.headers.get("x-azure-socketip", context.address)


def _user(context: Context) -> str:
    if "caller" not in context.variables:
        return _address(context)
    claims = context.variables["caller"]
    return str(claims.get("oid", claims["sub"]))


def _is_checked(context: Context) -> bool:
    pairs = context.headers.get("cookie", "").split(";")
    is_session = any(pair.strip().startswith("__Host-hph_session=") for pair in pairs)
    return "authorization" in context.headers or not is_session


def _roles(context: Context) -> list[str]:
    return list(context.variables["caller"].get("roles", []))


def _envelope(code: str, message: str) -> str:
    return json.dumps({"error": {"code": code, "message": message}})


def _keeps(context: Context) -> bool:
    headers = context.response_headers
    public = "public" in headers.get("cache-control", "")
    anonymous = context.variables.get("anonymous-get", False)
    return bool(anonymous and context.status == 200 and public and "set-cookie" not in headers)


EXPRESSIONS: dict[str, Callable[[Context], Any]] = {
    '@("{{front-door-id}}" == "none")': lambda c: c.named["front-door-id"] == "none",
    '@(context.Request.Headers.Keys.Any(name => name.StartsWith("X-User-", StringComparison.OrdinalIgnoreCase)'
    ' || name.StartsWith("X-MS-CLIENT-PRINCIPAL", StringComparison.OrdinalIgnoreCase)))': lambda c: (
        any(name.startswith(_PREFIXES) for name in c.headers)
    ),
    "@(context.Request.IpAddress)": lambda c: c.address,
    "@(context.RequestId.ToString())": lambda c: "request-1",
    '@(context.LastError.Source == "forward-request")': lambda c: c.error == "forward-request",
    "@(context.Response.StatusCode == 401)": lambda c: c.status == 401,
    "@(context.Product == null)": lambda c: c.product is None,
    "@(context.Request.OriginalUrl.Path)": lambda c: c.original_path,
    '@(context.Operation.Id.StartsWith("customer-"))': lambda c: c.operation.startswith(
        "customer-"
    ),
    '@(context.Api.Path != "health")': lambda c: c.api_path != "health",
    f'@("public:" + {_ADDRESS})': lambda c: f"public:{_address(c)}",
    f'@("admin:" + {_ADDRESS})': lambda c: f"admin:{_address(c)}",
    f'@("customer:" + ({_HAS} ? {_USER} : {_ADDRESS}))': lambda c: f"customer:{_user(c)}",
    f'@("staff:" + ({_HAS} ? {_USER} : {_ADDRESS}))': lambda c: f"staff:{_user(c)}",
    '@(context.Request.Headers.ContainsKey("Authorization")'
    ' || !context.Request.Headers.GetValueOrDefault("Cookie", "").Split(\';\')'
    '.Any(pair => pair.Trim().StartsWith("__Host-hph_session=", StringComparison.Ordinal)))': _is_checked,
    f"@(!{_HAS})": lambda c: "caller" not in c.variables,
    f'@({_HAS} && !({_CALLER}.Claims.ContainsKey("roles") && ({_CALLER}.Claims["roles"].Contains("staff")'
    f' || {_CALLER}.Claims["roles"].Contains("admin"))))': lambda c: (
        "caller" in c.variables and not {"staff", "admin"} & set(_roles(c))
    ),
    f'@({_HAS} && !({_CALLER}.Claims.ContainsKey("roles") && ({_CALLER}.Claims["roles"].Contains("admin"))))': (
        lambda c: "caller" in c.variables and "admin" not in _roles(c)
    ),
    "@(400)": lambda c: 400,
    "@(403)": lambda c: 403,
    "@(true)": lambda c: True,
    '@((int)context.Variables["refused"])': lambda c: c.variables["refused"],
    '@(context.Request.Method == "GET" && !context.Request.Headers.ContainsKey("Authorization")'
    ' && !context.Request.Headers.ContainsKey("Cookie"))': lambda c: (
        c.method == "GET" and "authorization" not in c.headers and "cookie" not in c.headers
    ),
    '@(context.Variables.GetValueOrDefault<bool>("anonymous-get", false) && context.Response.StatusCode == 200'
    ' && context.Response.Headers.GetValueOrDefault("Cache-Control", "").Contains("public")'
    ' && !context.Response.Headers.ContainsKey("Set-Cookie"))': _keeps,
}
BODIES: dict[str, Callable[[Context], str]] = {
    '(int)context.Variables["refused"] == 403': lambda c: _envelope(
        _CODES[c.variables["refused"]], c.variables["refused-because"]
    ),
    "var status = context.Response.StatusCode;": lambda c: _envelope(
        (_CODES | _MORE_CODES).get(c.status, "INTERNAL_SERVER_ERROR"),
        "The gateway did not pass this request on.",
    ),
}
"""Expressions of several lines, by a part that no other has."""


def evaluate(text: str, context: Context) -> Any:
    """The value of an attribute or text; what is no expression is itself."""
    if not text.startswith("@"):
        return text
    body = next((made for part, made in BODIES.items() if part in text), None)
    return body(context) if body else EXPRESSIONS[text](context)


def is_known(text: str) -> bool:
    """Whether the list has this expression."""
    return text in EXPRESSIONS or any(part in text for part in BODIES)
