"""A gateway that runs the real policy files over the real list of APIs, in process.

It stands in for the service as far as the policies use it: routing by the longest path, scopes joined by base,
products, limits, token check, cache and the forward to a shop that remembers what reached it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from tests.tools.gateway.expressions import evaluate

POLICIES = Path(__file__).parents[3] / "infra/modules/api/policies"
APIS = json.loads((POLICIES.parent / "apis.json").read_text(encoding="utf-8"))
NAMED = {
    "front-door-id": "door-1",
    "openid-config-url": "https://issuer.example/.well-known/openid-configuration",
    "token-issuer": "https://issuer.example/v2.0",
    "token-audience": "shop-client",
    "shop-origin": "https://shop.example",
    "staff-origin": "https://staff.example",
}


class Finished(Exception):
    """A policy has answered; nothing below it runs."""


class Failed(Exception):
    """A policy has refused; the error section runs. `args` are status and source."""


@dataclass
class Context:
    """One request on its way."""

    method: str
    original_path: str
    path: str
    headers: dict[str, str]
    address: str
    api_path: str
    operation: str
    product: str | None
    named: Mapping[str, str]
    variables: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    response_headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    backend: str = ""
    error: str = ""


@dataclass
class Reached:
    """What reached the shop: method, path, headers and by which backend."""

    method: str
    path: str
    headers: dict[str, str]
    backend: str


@dataclass
class Gateway:
    """The gateway of one minute: counters and cache start empty."""

    named: Mapping[str, str] = field(default_factory=lambda: NAMED)
    answer_headers: dict[str, str] = field(default_factory=dict)
    is_shop_away: bool = False
    is_product_skipped: bool = False
    reached: list[Reached] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    kept: dict[tuple[str, str], tuple[int, dict[str, str], str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, **headers: str) -> Context:
        """Send a request by Front Door (its id is added where none is given); header names use underscores."""
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        given.setdefault("x-azure-fdid", "door-1")
        api = _route(path)
        url = "/" + path.removeprefix(f"/{api['path']}").lstrip("/")
        name = _operation(api["name"], method, url)
        product = None if self.is_product_skipped else api["product"]
        context = Context(
            method, path, url, given, "10.0.0.1", api["path"], name, product, self.named
        )
        self._run(context, api)
        return context

    def _run(self, context: Context, api: Mapping[str, str]) -> None:
        scopes = [
            "global.xml",
            *([f"product-{api['product']}.xml"] if context.product else []),
            api["policy"],
        ]
        try:
            for section in ("inbound", "backend", "outbound"):
                self._section(context, section, scopes)
        except Finished:
            return
        except Failed as failed:
            context.status, context.error = failed.args
            self._section(context, "on-error", scopes)

    def _section(self, context: Context, section: str, scopes: list[str]) -> None:
        for node in _joined(section, scopes):
            self._do(context, node)

    def _do(self, context: Context, node: etree._Element) -> None:
        getattr(self, f"_{str(node.tag).replace('-', '_')}")(context, node)

    def _cors(self, context: Context, node: etree._Element) -> None:
        origin = context.headers.get("origin")
        if origin is None:
            return
        origins = [self.named[str(one.text).strip("{}")] for one in node.iter("origin")]
        if origin in origins:
            context.response_headers["access-control-allow-origin"] = origin
        if context.method == "OPTIONS" or (origin not in origins and context.method == "GET"):
            context.status = 200
            raise Finished

    def _choose(self, context: Context, node: etree._Element) -> None:
        for branch in node.iter("when", "otherwise"):
            if branch.tag == "otherwise" or evaluate(str(branch.get("condition")), context):
                for one in _policies(branch):
                    self._do(context, one)
                return

    def _set_header(self, context: Context, node: etree._Element) -> None:
        section = next(node.iterancestors("inbound", "outbound", "on-error", "fragment"))
        headers = context.headers if section.tag == "inbound" else context.response_headers
        name = str(node.get("name")).lower()
        if node.get("exists-action") == "delete":
            headers.pop(name, None)
        elif node.get("exists-action") == "override" or name not in headers:
            headers[name] = str(evaluate(str(node.findtext("value")), context))

    def _check_header(self, context: Context, node: etree._Element) -> None:
        wanted = self.named[str(node.findtext("value")).strip("{}")]
        if context.headers.get(str(node.get("name")).lower()) != wanted:
            raise Failed(int(str(node.get("failed-check-httpcode"))), "check-header")

    def _set_variable(self, context: Context, node: etree._Element) -> None:
        context.variables[str(node.get("name"))] = evaluate(str(node.get("value")), context)

    def _include_fragment(self, context: Context, node: etree._Element) -> None:
        for one in _policies(_read(f"fragments/{node.get('fragment-id')}.xml")):
            self._do(context, one)

    def _return_response(self, context: Context, node: etree._Element) -> None:
        for one in _policies(node):
            self._do(context, one)
        raise Finished

    def _set_status(self, context: Context, node: etree._Element) -> None:
        context.status = int(evaluate(str(node.get("code")), context))

    def _set_body(self, context: Context, node: etree._Element) -> None:
        context.body = evaluate(str(node.text), context)

    def _validate_jwt(self, context: Context, node: etree._Element) -> None:
        scheme, _, text = context.headers.get("authorization", "").partition(" ")
        claims = (
            json.loads(text)
            if scheme == node.get("require-scheme") and text.startswith("{")
            else {}
        )
        audience = self.named[str(node.findtext("audiences/audience")).strip("{}")]
        issuer = self.named[str(node.findtext("issuers/issuer")).strip("{}")]
        if (claims.get("aud"), claims.get("iss")) != (audience, issuer):
            raise Failed(int(str(node.get("failed-validation-httpcode"))), "validate-jwt")
        context.variables[str(node.get("output-token-variable-name"))] = claims

    def _rate_limit_by_key(self, context: Context, node: etree._Element) -> None:
        key = str(evaluate(str(node.get("counter-key")), context))
        self.counts[key] += 1
        if self.counts[key] > int(str(node.get("calls"))):
            raise Failed(429, "rate-limit-by-key")

    def _set_backend_service(self, context: Context, node: etree._Element) -> None:
        context.backend = str(node.get("backend-id"))

    def _rewrite_uri(self, context: Context, node: etree._Element) -> None:
        context.path = str(evaluate(str(node.get("template")), context))

    def _cache_lookup(self, context: Context, node: etree._Element) -> None:
        varied = "|".join(
            context.headers.get(str(one.text).lower(), "") for one in node.iter("vary-by-header")
        )
        context.variables["cache-key"] = (context.original_path, varied)
        if context.variables["cache-key"] in self.kept:
            context.status, context.response_headers, context.body = self.kept[
                context.variables["cache-key"]
            ]
            raise Finished

    def _cache_store(self, context: Context, _: etree._Element) -> None:
        self.kept[context.variables["cache-key"]] = (
            context.status,
            dict(context.response_headers),
            context.body,
        )

    def _forward_request(self, context: Context, _: etree._Element) -> None:
        if self.is_shop_away:
            raise Failed(500, "forward-request")
        self.reached.append(
            Reached(context.method, context.path, dict(context.headers), context.backend)
        )
        context.status, context.body = 200, "from the shop"
        context.response_headers |= {"x-powered-by": "Functions"} | self.answer_headers


def token(user: str, *roles: str, **claims: str) -> str:
    """An Authorization header that the simulated issuer vouches for, unless a claim says otherwise."""
    body = {
        "aud": NAMED["token-audience"],
        "iss": NAMED["token-issuer"],
        "oid": user,
        "sub": user,
    } | claims
    return "Bearer " + json.dumps(body | ({"roles": list(roles)} if roles else {}))


def _route(path: str) -> Mapping[str, str]:
    fitting = [api for api in APIS["apis"] if f"{path}/".startswith(f"/{api['path']}/")]
    found: Mapping[str, str] = max(fitting, key=lambda api: len(api["path"]))
    return found


def _operation(api: str, method: str, url: str) -> str:
    for one in APIS["operations"]:
        pattern = re.sub(r"\{\w+\}", "[^/]+", one["urlTemplate"])
        if (
            one["api"] == api
            and re.fullmatch(pattern, url)
            and method in (one["method"], "OPTIONS")
        ):
            return str(one["name"])
    raise LookupError(f"{method} {url} of {api}")


@cache
def _read(name: str) -> etree._Element:
    return etree.fromstring((POLICIES / name).read_bytes())


def _policies(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _joined(section: str, scopes: list[str]) -> Iterator[etree._Element]:
    found = _read(scopes[-1]).find(section)
    for node in [] if found is None else _policies(found):
        if node.tag == "base":
            yield from _joined(section, scopes[:-1])
        else:
            yield node
