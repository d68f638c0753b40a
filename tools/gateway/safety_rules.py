"""Rules on what policies do: who gets in, who is counted, what is kept."""

from collections.abc import Iterator

from lxml import etree

from tools.delivery.finding import Finding
from tools.gateway.policy import Contract, Policy, ProductRow

IDENTITY_HEADERS = frozenset(
    {
        *("X-User-Id", "X-User-Role", "X-User-Roles", "X-User-Email", "X-User-Name"),
        *("X-MS-CLIENT-PRINCIPAL", "X-MS-CLIENT-PRINCIPAL-ID"),
        *("X-MS-CLIENT-PRINCIPAL-IDP", "X-MS-CLIENT-PRINCIPAL-NAME"),
    }
)
_PREFIXES = ("X-User-", "X-MS-CLIENT-PRINCIPAL")
_CALLER = 'Variables["caller"]'
_COUNTED = {
    "client address": ('"X-Azure-SocketIP"', "context.Request.IpAddress"),
    "user": (_CALLER, '"oid"', "Subject"),
}
_LOOKUP = (
    'context.Request.Method == "GET"',
    '!context.Request.Headers.ContainsKey("Authorization")',
    '!context.Request.Headers.ContainsKey("Cookie")',
)
_STORE = (
    "context.Response.StatusCode == 200",
    '"anonymous-get", false',
    '.Contains("public")',
    '"Set-Cookie"',
)
_KEEP_SECONDS = 60


def cors_first(policy: Policy, _: Contract) -> Iterator[Finding]:
    """CORS is answered first and globally: a preflight has no token, so anything before it would refuse it."""
    places = policy.every("cors")
    if policy.scope != "global":
        yield from (
            policy.fault(node, "cors-first", "CORS belongs to the global policy") for node in places
        )
    elif [node.tag for node in policy.section("inbound")[:1]] != ["cors"]:
        yield policy.fault(None, "cors-first", "the first inbound policy is not <cors>")


def cors_origins(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Only origins that an environment names may read answers; a wildcard would hand them to any page."""
    for node in policy.every("origin"):
        if not (node.text or "").strip().startswith("{{"):
            yield policy.fault(node, "cors-origins", "an origin is a named value")
    for node in policy.every("header", "method"):
        if node.text == "*":
            yield policy.fault(node, "cors-origins", "no wildcards")


def front_door(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Nobody passes by the edge and its firewall."""
    checked = [node.get("name") for node in policy.every("check-header")]
    if policy.scope == "global" and checked != ["X-Azure-FDID"]:
        yield policy.fault(None, "front-door", "X-Azure-FDID is not checked")


def identity_headers(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Headers that claim an identity are deleted, their unlisted kin refused, and none is ever set."""
    touched = {str(node.get("name")): node for node in policy.every("set-header")}
    for name, node in touched.items():
        if name.startswith(_PREFIXES) and node.get("exists-action") != "delete":
            yield policy.fault(node, "identity-headers", f"{name} must not be set")
    if policy.scope == "global":
        refused = [str(node.get("condition")) for node in policy.every("when")]
        missing = sorted(IDENTITY_HEADERS - set(touched))
        missing += [
            f"{one}*"
            for one in _PREFIXES
            if not any(f'StartsWith("{one}"' in text for text in refused)
        ]
        yield from (
            policy.fault(None, "identity-headers", f"{name} is let through") for name in missing
        )


def product_guard(policy: Policy, _: Contract) -> Iterator[Finding]:
    """A request without a product has met neither token check nor limit, and is refused."""
    if policy.scope != "api":
        return
    guards = [
        node
        for node in policy.every("when")
        if node.get("condition") == "@(context.Product == null)"
    ]
    if not guards or [node.get("fragment-id") for node in guards[0].iter("include-fragment")] != [
        "refuse"
    ]:
        yield policy.fault(None, "product-guard", "a request without a product is let through")


def token_check(policy: Policy, _: Contract) -> Iterator[Finding]:
    """The token is checked whole: scheme, signature, age, audience and issuer."""
    for node in policy.every("validate-jwt"):
        wanted = {
            "require-scheme": "Bearer",
            "require-expiration-time": "true",
            "require-signed-tokens": "true",
        }
        wanted |= {"output-token-variable-name": "caller", "failed-validation-httpcode": "401"}
        wrong = sorted(name for name, value in wanted.items() if node.get(name) != value)
        wrong += [
            name
            for name in ("openid-config", "audiences/audience", "issuers/issuer")
            if node.find(name) is None
        ]
        yield from (
            policy.fault(node, "token-check", f"{name} is missing or wrong") for name in wrong
        )


def caller_known(policy: Policy, _: Contract) -> Iterator[Finding]:
    """The caller is read only after the token was checked; before it the variable does not exist."""
    known = policy.name == "fragments/customer-limit.xml"
    for node in policy.every():
        known = known or node.get("fragment-id") == "token"
        if not known and any(_CALLER in str(value) for value in node.attrib.values()):
            yield policy.fault(node, "caller-known", "the token has not been checked here")


def product_terms(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """A product asks for the token and the roles of its row."""
    row = _row(policy, contract)
    if row is None:
        return
    included = [node.get("fragment-id") for node in policy.section("inbound")]
    if row.token != ("token" in included):
        yield policy.fault(None, "product-terms", "token check and products.json disagree")
    refusals = " ".join(str(node.get("condition")) for node in policy.every("when"))
    asked = {
        role
        for role in ("customer", "staff", "admin")
        if f'["roles"].Contains("{role}")' in refusals
    }
    if asked != set(row.roles):
        yield policy.fault(
            None, "product-terms", f"roles {sorted(asked)} instead of {sorted(row.roles)}"
        )


def _row(policy: Policy, contract: Contract) -> ProductRow | None:
    return next((row for row in contract.products if row.policy == policy.name), None)


def limits(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Each limit is the number of the table, by the minute, and counts whom the table says."""
    row = _row(policy, contract)
    if policy.name == "fragments/customer-limit.xml":
        row = next((one for one in contract.products if one.name == "customer"), None)
    if row is None:
        return
    found = policy.every("rate-limit-by-key")
    apart = row.name == "customer" and policy.scope == "product"
    wanted = (row.calls_per_minute or row.session_calls_per_minute) is not None and not apart
    if len(found) != wanted:
        yield policy.fault(None, "limits", f"{len(found)} limits")
    if apart and "customer-limit" not in [
        node.get("fragment-id") for node in policy.section("inbound")
    ]:
        yield policy.fault(None, "limits", "customers are not counted")
    yield from (fault for node in found for fault in _limit(policy, row, node))


def _limit(policy: Policy, row: ProductRow, node: etree._Element) -> Iterator[Finding]:
    key = str(node.get("counter-key"))
    calls = row.calls_per_minute or row.session_calls_per_minute
    if (node.get("calls"), node.get("renewal-period")) != (str(calls), "60"):
        yield policy.fault(node, "limits", f"not {calls} calls in 60 s")
    if f'"{row.name}:"' not in key or not all(
        part in key for part in _COUNTED.get(row.counted_by or "", ())
    ):
        yield policy.fault(node, "limits", f"does not count by {row.counted_by}")


def caching(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Only what an anonymous GET was told may be kept, and only where it was looked up first."""
    lookups, stores = policy.every("cache-lookup"), policy.every("cache-store")
    if bool(lookups) != bool(stores):
        yield policy.fault(None, "caching", "look-up and store belong together")
    for node in lookups:
        if not all(part in policy.conditions_around(node) for part in _LOOKUP):
            yield policy.fault(node, "caching", "looked up for others than anonymous GETs")
        if (node.get("allow-private-response-caching"), node.get("downstream-caching-type")) != (
            "false",
            "none",
        ):
            yield policy.fault(node, "caching", "private answers could be kept")
    for node in stores:
        if not all(part in policy.conditions_around(node) for part in _STORE):
            yield policy.fault(node, "caching", "kept although it may belong to somebody")
        if int(node.get("duration") or 0) not in range(1, _KEEP_SECONDS + 1):
            yield policy.fault(node, "caching", f"kept for longer than {_KEEP_SECONDS} s")


def untouched_webhook(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Stripe signs the bytes: what changes the body on the way in breaks every signature."""
    for node in policy.every("set-body", "find-and-replace"):
        inside = next(node.iterancestors("inbound"), None) is not None
        if inside and next(node.iterancestors("return-response"), None) is None:
            yield policy.fault(node, "untouched-webhook", "requests are passed on as they came")


RULES = (
    cors_first, cors_origins, front_door, identity_headers, product_guard, token_check, caller_known, product_terms,
    limits, caching, untouched_webhook,
)  # fmt: skip
