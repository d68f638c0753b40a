"""Rules on callers whom only a session's cookie vouches for: the gateway cannot tell what it is worth, the shop can."""

from collections.abc import Iterator

from lxml import etree

from tools.delivery.finding import Finding
from tools.gateway.policy import Contract, Policy

SESSION_COOKIE = "__Host-hph_session"
_CHECKED = (
    '@(context.Request.Headers.ContainsKey("Authorization")'
    ' || !context.Request.Headers.GetValueOrDefault("Cookie", "").Split(\';\')'
    f'.Any(pair => pair.Trim().StartsWith("{SESSION_COOKIE}=", StringComparison.Ordinal)))'
)
_IS_KNOWN = 'context.Variables.ContainsKey("caller")'
_CALLER = 'Variables["caller"]'
_ADDRESS = (
    'context.Request.Headers.GetValueOrDefault("X-Azure-SocketIP", context.Request.IpAddress)'
)


def session_check(policy: Policy, _: Contract) -> Iterator[Finding]:
    """The token check is skipped for one reason: no `Authorization`, and the session's cookie is there."""
    for node in policy.every("validate-jwt"):
        around = [str(above.get("condition")) for above in node.iterancestors("when")]
        if around != [_CHECKED] or next(node.iterancestors("otherwise"), None) is not None:
            yield policy.fault(
                node, "session-check", "the token check can be passed by without a session"
            )


def session_caller(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Whoever has a session has no token: an expression asks before it reads it, or the gateway fails."""
    for node in policy.every():
        for text in map(str, node.attrib.values()):
            if _CALLER in text and _IS_KNOWN not in text.partition(_CALLER)[0]:
                yield policy.fault(node, "session-caller", "a signed-in browser has no token")


def session_limit(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Sessions are counted by address: a cookie can be made up anew for each call, so its hash would count nobody."""
    rows = {row.policy: row for row in contract.products if row.token}
    name = policy.name.replace("fragments/customer-limit", "product-customer")
    if name not in rows:
        return
    row = rows[name]
    if row.session_calls_per_minute is None or row.calls_per_minute not in (
        None,
        row.session_calls_per_minute,
    ):
        yield policy.fault(None, "session-limit", "products.json gives sessions no limit of theirs")
    for node in policy.every("rate-limit-by-key"):
        yield from _counted_by_address(policy, node, is_for_all=row.calls_per_minute is not None)


def _counted_by_address(
    policy: Policy, node: etree._Element, *, is_for_all: bool
) -> Iterator[Finding]:
    around = "" if is_for_all else f"@(!{_IS_KNOWN})"
    if policy.conditions_around(node) != around:
        yield policy.fault(node, "session-limit", "the limit is not for whom the table says")
    if _ADDRESS not in str(node.get("counter-key")):
        yield policy.fault(node, "session-limit", "sessions are not counted by address")


def session_unsaid(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Nothing copies a cookie: it is asked for in conditions only, so no key, header, body or log can hold it."""
    for node in policy.every():
        for name, value in node.attrib.items():
            if "cookie" in str(value).lower() and (node.tag, name) != ("when", "condition"):
                yield policy.fault(node, "session-unsaid", "a cookie's value could be kept here")
        if "cookie" in str(node.text).lower():
            yield policy.fault(node, "session-unsaid", "a cookie's value could be said here")


RULES = (session_check, session_caller, session_limit, session_unsaid)
