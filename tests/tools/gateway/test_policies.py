"""The gateway's policies, and every rule shown to catch the fault that it is there for."""

from pathlib import Path

import pytest

etree = pytest.importorskip("lxml.etree")

from tools.gateway import safety_rules, session_rules, shape_rules  # noqa: E402
from tools.gateway.check import CONTRACT, POLICIES, lint, lint_policy, read_contract  # noqa: E402
from tools.gateway.policy import Policy, read_policy  # noqa: E402

ROOT = Path(__file__).parents[3]

BROKEN = [
    ("sections", "api.xml", "<outbound>\n    <base />\n  </outbound>", ""),
    ("base", "product-customer.xml", "<inbound>\n    <base />", "<inbound>"),
    ("base", "fragments/refuse.xml", "<return-response>", "<base /><return-response>"),
    (
        "known-policies",
        "api.xml",
        '<set-backend-service backend-id="shop-pool" />',
        "<quota-by-key />",
    ),
    ("known-policies", "fragments/customer-limit.xml", "<fragment>", "<fragment><retry />"),
    ("fragments", "product-customer.xml", 'fragment-id="token"', 'fragment-id="tokens"'),
    (
        "fragments",
        "fragments/customer-limit.xml",
        "<fragment>",
        '<fragment><include-fragment fragment-id="token" />',
    ),
    ("named-values", "fragments/token.xml", "{{token-issuer}}", "{{issuer}}"),
    ("backends", "api.xml", 'backend-id="shop-pool"', 'base-url="http://shop.svc.cluster.local"'),
    ("backends", "api.xml", '<set-backend-service backend-id="shop-pool" />', ""),
    ("whole-path", "api.xml", ' copy-unmatched-params="true"', ""),
    ("whole-path", "api-catalogue.xml", "OriginalUrl.Path", "Url.Path"),
    ("timeouts", "global.xml", ' timeout="30"', ""),
    (
        "expressions",
        "product-webhook.xml",
        "<inbound>\n    <base />",
        '<inbound><base /><choose a="@((1)" />',
    ),
    ("cors-first", "global.xml", "<inbound>", '<inbound><set-variable name="early" value="1" />'),
    ("cors-first", "product-public.xml", "<choose>", "<cors /><choose>"),
    ("cors-origins", "global.xml", "{{shop-origin}}", "*"),
    ("cors-origins", "global.xml", "<header>authorization</header>", "<header>*</header>"),
    (
        "front-door",
        "global.xml",
        'check-header name="X-Azure-FDID"',
        'check-header name="X-Forwarded-For"',
    ),
    (
        "identity-headers",
        "global.xml",
        '<set-header name="X-User-Role" exists-action="delete" />',
        "",
    ),
    (
        "identity-headers",
        "global.xml",
        "name.StartsWith(&quot;X-User-&quot;",
        "name.StartsWith(&quot;X-Nobody-&quot;",
    ),
    (
        "identity-headers",
        "api.xml",
        "<set-backend",
        '<set-header name="X-User-Id" exists-action="skip" /><set-backend',
    ),
    ("product-guard", "api-catalogue.xml", "context.Product == null", "context.Product != null"),
    (
        "token-check",
        "fragments/token.xml",
        'require-signed-tokens="true"',
        'require-signed-tokens="false"',
    ),
    ("token-check", "fragments/token.xml", "<audience>{{token-audience}}</audience>", ""),
    ("caller-known", "product-staff.xml", '<include-fragment fragment-id="token" />', ""),
    ("product-terms", "product-admin.xml", '<include-fragment fragment-id="token" />', ""),
    (
        "product-terms",
        "product-admin.xml",
        ".Contains(&quot;admin&quot;)",
        ".Contains(&quot;staff&quot;)",
    ),
    ("limits", "product-public.xml", 'calls="100"', 'calls="1000"'),
    ("limits", "product-public.xml", "X-Azure-SocketIP", "X-Forwarded-For"),
    ("limits", "fragments/customer-limit.xml", 'renewal-period="60"', 'renewal-period="1"'),
    ("limits", "product-customer.xml", '<include-fragment fragment-id="customer-limit" />', ""),
    (
        "caching",
        "api-catalogue.xml",
        " &amp;&amp; !context.Request.Headers.ContainsKey(&quot;Authorization&quot;)",
        "",
    ),
    ("caching", "api-catalogue.xml", '<cache-store duration="60" />', ""),
    ("caching", "api-catalogue.xml", 'duration="60"', 'duration="3600"'),
    (
        "caching",
        "api-catalogue.xml",
        ".Contains(&quot;public&quot;)",
        ".Contains(&quot;max-age&quot;)",
    ),
    ("caching", "api-catalogue.xml", 'response-caching="false"', 'response-caching="true"'),
    ("untouched-webhook", "product-webhook.xml", "<inbound>", "<inbound><set-body>{}</set-body>"),
    ("session-check", "fragments/token.xml", "__Host-hph_session=", "hph_session="),
    ("session-check", "fragments/token.xml", "__Host-hph_session=", "__Host-hph_guest="),
    (
        "session-check",
        "fragments/token.xml",
        "context.Request.Headers.ContainsKey(&quot;Authorization&quot;) || ",
        "",
    ),
    ("session-check", "fragments/token.xml", "StartsWith", "Contains"),
    (
        "session-caller",
        "product-staff.xml",
        "context.Variables.ContainsKey(&quot;caller&quot;) &amp;&amp; ",
        "",
    ),
    (
        "session-caller",
        "fragments/customer-limit.xml",
        "context.Variables.ContainsKey(&quot;caller&quot;) ? ",
        "true ? ",
    ),
    ("session-limit", "product-staff.xml", "X-Azure-SocketIP", "Cookie"),
    ("session-limit", "fragments/customer-limit.xml", "X-Azure-SocketIP", "Cookie"),
    ("session-limit", "product-admin.xml", "@(!context.Variables", "@(context.Variables"),
    ("session-unsaid", "product-staff.xml", "X-Azure-SocketIP", "Cookie"),
    (
        "session-unsaid",
        "api.xml",
        "<set-backend",
        '<set-header name="X-Seen"><value>@(context.Request.Headers["Cookie"][0])</value></set-header><set-backend',
    ),
    (
        "session-unsaid",
        "api.xml",
        "<set-backend",
        '<set-variable name="seen" value="@(context.Request.Headers[&quot;cookie&quot;])" /><set-backend',
    ),
]


def test_the_policies_have_no_fault() -> None:
    assert list(lint(ROOT / POLICIES, read_contract(ROOT / CONTRACT))) == []


@pytest.mark.parametrize(("rule", "name", "whole", "broken"), BROKEN)
def test_a_broken_policy_is_caught(rule: str, name: str, whole: str, broken: str) -> None:
    text = (ROOT / POLICIES / name).read_text(encoding="utf-8")
    assert whole in text

    policy = Policy(name, etree.fromstring(text.replace(whole, broken)))

    assert rule in {fault.rule for fault in lint_policy(policy, read_contract(ROOT / CONTRACT))}


def test_every_rule_has_a_broken_policy() -> None:
    rules = {
        rule.__name__.replace("_", "-")
        for rule in (*shape_rules.RULES, *safety_rules.RULES, *session_rules.RULES)
    }

    assert rules == {rule for rule, *_ in BROKEN}


def test_a_file_that_is_no_xml_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "api.xml"
    path.write_text('<policies><when condition="@(1 && 2)" /></policies>', encoding="utf-8")

    fault = read_policy(tmp_path, path)

    assert not isinstance(fault, Policy)
    assert (fault.where, fault.line, fault.rule) == ("policies/api.xml", 1, "well-formed")


def test_a_policy_that_nobody_wrote_is_a_finding(tmp_path: Path) -> None:
    faults = list(lint(tmp_path, read_contract(ROOT / CONTRACT)))

    assert len(faults) == 10
    assert {fault.rule for fault in faults} == {"missing"}


def test_the_limits_are_those_of_the_plan() -> None:
    contract = read_contract(ROOT / CONTRACT)

    assert {row.name: row.calls_per_minute for row in contract.products} == {
        "public": 100,
        "customer": 500,
        "staff": 1000,
        "admin": None,
        "webhook": None,
    }
    assert {row.name: row.session_calls_per_minute for row in contract.products} == {
        "public": None,
        "customer": 500,
        "staff": 1000,
        "admin": 1000,
        "webhook": None,
    }


def test_the_session_that_policies_know_is_the_one_that_the_shop_gives() -> None:
    cookies = pytest.importorskip("blueprints._cookies")

    assert f"__Host-{cookies.SESSION}" == session_rules.SESSION_COOKIE
