"""Rules on the shape of policies: sections, base, fragments, names that must exist elsewhere."""

from collections.abc import Iterator

from lxml import etree

from tools.delivery.finding import Finding
from tools.gateway.policy import SECTIONS, Contract, Policy

_ALLOWED = {
    "inbound": frozenset(
        {
            *(
                "base",
                "cache-lookup",
                "check-header",
                "choose",
                "cors",
                "include-fragment",
                "rate-limit-by-key",
            ),
            *(
                "return-response",
                "rewrite-uri",
                "set-backend-service",
                "set-header",
                "set-variable",
                "validate-jwt",
            ),
        }
    ),
    "backend": frozenset({"base", "forward-request"}),
    "outbound": frozenset({"base", "cache-store", "choose", "set-header"}),
    "on-error": frozenset({"base", "choose", "set-body", "set-header", "set-status"}),
}
_BRANCHES = ("when", "otherwise")
TIMEOUT_SECONDS = 30


def sections(policy: Policy, _: Contract) -> Iterator[Finding]:
    """All four sections are there, in order, and nothing else: a missing one drops what the scope above says."""
    found = tuple(child.tag for child in policy.root if isinstance(child.tag, str))
    if policy.scope != "fragment" and found != SECTIONS:
        yield policy.fault(None, "sections", f"expected {', '.join(SECTIONS)}")


def base(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Below the global scope each section begins with base, or limits and checks above it never run."""
    for name in SECTIONS if policy.scope in ("product", "api") else ():
        first = policy.section(name)[:1]
        if not first or first[0].tag != "base":
            yield policy.fault(None, "base", f"{name} does not begin with <base />")
    if policy.scope in ("global", "fragment"):
        yield from (
            policy.fault(node, "base", "there is nothing above") for node in policy.every("base")
        )


def known_policies(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Each section holds only policies that work there and that somebody has thought about."""
    for name, allowed in _ALLOWED.items():
        for node in policy.section(name):
            yield from _unknown(policy, node, name, allowed)
    for node in policy.section(".") if policy.scope == "fragment" else ():
        yield from _unknown(policy, node, "a fragment", _ALLOWED["inbound"])


def _unknown(
    policy: Policy, node: etree._Element, place: str, allowed: frozenset[str]
) -> Iterator[Finding]:
    inside = (
        [node]
        if node.tag != "choose"
        else [one for branch in node.iter(*_BRANCHES) for one in branch]
    )
    for one in inside:
        if isinstance(one.tag, str) and one.tag not in allowed:
            yield policy.fault(one, "known-policies", f"<{one.tag}> has no place in {place}")


def fragments(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Fragments exist and hold no other fragment, which the gateway refuses."""
    for node in policy.every("include-fragment"):
        if policy.scope == "fragment":
            yield policy.fault(node, "fragments", "a fragment cannot hold another")
        elif node.get("fragment-id") not in contract.fragments:
            yield policy.fault(
                node, "fragments", f"no fragment is called {node.get('fragment-id')}"
            )


def named_values(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Every named value is one that Bicep makes."""
    for node, name in policy.named_values():
        if name not in contract.named_values:
            yield policy.fault(node, "named-values", f"nobody sets {{{{{name}}}}}")


def backends(policy: Policy, contract: Contract) -> Iterator[Finding]:
    """Requests go to a backend by name: an address in a policy would pass by the pool and its breaker."""
    for node in policy.every("set-backend-service"):
        if node.get("base-url") or node.get("backend-id") not in contract.backends:
            yield policy.fault(node, "backends", "not one of the known backends")
    if policy.scope == "api" and not policy.every("set-backend-service"):
        yield policy.fault(None, "backends", "no backend is chosen")


def whole_path(policy: Policy, _: Contract) -> Iterator[Finding]:
    """The shop gets the path that was asked for: the gateway would drop the API's own part of it."""
    kept = [("@(context.Request.OriginalUrl.Path)", "true")] if policy.scope == "api" else []
    found = [
        (node.get("template"), node.get("copy-unmatched-params"))
        for node in policy.every("rewrite-uri")
    ]
    if found != kept:
        yield policy.fault(None, "whole-path", "path and query do not reach the shop as they came")


def timeouts(policy: Policy, _: Contract) -> Iterator[Finding]:
    """The one forward to the shop has a time limit."""
    if policy.scope != "global":
        return
    limits = [int(node.get("timeout") or 0) for node in policy.every("forward-request")]
    if len(limits) != 1 or not 0 < limits[0] <= TIMEOUT_SECONDS:
        yield policy.fault(
            None, "timeouts", f"one forward-request of at most {TIMEOUT_SECONDS} s is expected"
        )


def expressions(policy: Policy, _: Contract) -> Iterator[Finding]:
    """Expressions are closed: nothing here can compile them, so at least brackets and quotes are counted."""
    for node, text in policy.strings():
        if not text.startswith("@"):
            continue
        brackets = all(text.count(one) == text.count(other) for one, other in ("()", "{}", "[]"))
        if text[1:2] not in "({" or text[-1:] not in ")}" or not brackets or text.count('"') % 2:
            yield policy.fault(node, "expressions", f"not a whole expression: {text[:60]}")


RULES = (
    sections,
    base,
    known_policies,
    fragments,
    named_values,
    backends,
    whole_path,
    timeouts,
    expressions,
)
