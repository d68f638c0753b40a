"""Routes as the Functions host matches them.

The host gives ASP.NET Core one route a function, in the order of the functions' names without regard
to case, and the first whose template, constraints and method match wins: a literal does not beat a
parameter. Nothing matches: 404, also for a wrong method.
Source: "Routing in ASP.NET Core" (templates, constraints), and the trigger's documentation.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

_PARAMETER = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>[A-Za-z_]\w*)(?P<constraints>(?::(?:[^(){}:=?]+)(?:\(.*?\)(?=[:=?}]))?)*)"
    r"(?:=(?P<default>[^{}?]*))?(?P<optional>\?)?\}"
)
_CONSTRAINT = re.compile(r":(?P<name>[^(){}:=?]+)(?:\((?P<argument>.*?)\)(?=[:=?}]|$))?")
_HEX = "[0-9a-fA-F]"
_DASHED = f"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
_GUID = re.compile(rf"{_HEX}{{32}}|{_DASHED}|\{{{_DASHED}\}}|\({_DASHED}\)")
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_SAMPLES = (
    "7",
    "1234567",
    "3f2b8c1e-0a4d-4e57-9c1b-7d2a5e6f8091",
    "true",
    "abc",
    "zz-sample-zz",
    "2031-01-31",
    "2.5",
    "SKU-0001",
    "a@b.co",
    "0123456789abcdef0123456789abcdef",
)

type Check = Callable[[str], bool]


class BadRoute(ValueError):
    """A route template that the host could not serve."""


def _whole(lowest: int, highest: int) -> Check:
    def is_within(text: str) -> bool:
        return bool(_INTEGER.fullmatch(text)) and lowest <= int(text) <= highest

    return is_within


def _numbers(argument: str) -> list[int]:
    return [int(part) for part in argument.split(",")]


def _length(argument: str) -> Check:
    bounds = _numbers(argument)
    return lambda text: bounds[0] <= len(text) <= bounds[-1]


def _pattern(argument: str) -> Check:
    pattern = re.compile(argument.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
    return lambda text: bool(pattern.search(text))


def _full(pattern: re.Pattern[str]) -> Check:
    return lambda text: bool(pattern.fullmatch(text))


_LONG = 2**63 - 1
_CHECKS: dict[str, Callable[[str], Check]] = {
    "int": lambda _: _whole(-(2**31), 2**31 - 1),
    "long": lambda _: _whole(-_LONG - 1, _LONG),
    "float": lambda _: _full(_DECIMAL),
    "double": lambda _: _full(_DECIMAL),
    "decimal": lambda _: _full(_DECIMAL),
    "bool": lambda _: lambda text: text.strip().lower() in ("true", "false"),
    "guid": lambda _: lambda text: bool(_GUID.fullmatch(text.strip())),
    "alpha": lambda _: _full(re.compile("[A-Za-z]*")),
    "required": lambda _: bool,
    "length": _length,
    "minlength": lambda argument: lambda text: len(text) >= int(argument),
    "maxlength": lambda argument: lambda text: len(text) <= int(argument),
    "min": lambda argument: _whole(int(argument), _LONG),
    "max": lambda argument: _whole(-_LONG - 1, int(argument)),
    "range": lambda argument: _whole(*_numbers(argument)),
    "regex": _pattern,
}


def _checks(constraints: str, template: str) -> tuple[Check, ...]:
    checks = []
    for found in _CONSTRAINT.finditer(constraints):
        make = _CHECKS.get(found["name"].lower())
        if make is None:
            raise BadRoute(f"{template}: there is no constraint {found['name']!r}")
        checks.append(make(found["argument"] or ""))
    return tuple(checks)


def _segments(template: str) -> list[str]:
    """The template cut at its slashes, but for those inside braces."""
    return re.findall(r"(?:\{(?:[^{}]|\{\{.*?\}\})*\}|[^/{}])+", template)


@dataclass(slots=True, eq=False)
class Route:
    """A template such as ``api/orders/{id:guid}`` and the name of the function behind it.

    ``methods`` are upper case; none means all. Raises ``BadRoute``.
    """

    name: str
    template: str
    methods: frozenset[str] = frozenset()
    _pattern: re.Pattern[str] = field(init=False)
    _checks: dict[str, tuple[Check, ...]] = field(init=False, default_factory=dict)
    _defaults: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        segments = _segments(self.template)
        if "/".join(segments) != self.template.strip("/"):
            raise BadRoute(f"{self.template}: cannot be cut into segments")
        parts = [self._segment(segment) for segment in segments]
        self._pattern = re.compile("".join(parts) + "/?", re.IGNORECASE)

    def match(self, path: str) -> dict[str, str] | None:
        """The path's parameters, with defaults; ``None`` when it does not fit."""
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        values = {name: value for name, value in found.groupdict().items() if value}
        for name, value in values.items():
            if not all(check(value) for check in self._checks[name]):
                return None
        return self._defaults | values if self._defaults else values

    def takes(self, method: str) -> bool:
        """Whether the function lists this method."""
        return not self.methods or method in self.methods

    def head(self) -> tuple[str, str] | None:
        """The first two segments where both are plain words, to look routes up by."""
        first = [*_segments(self.template.lower()), "", ""][:2]
        return None if any("{" in segment for segment in first) else (first[0], first[1])

    def samples(self) -> list[str]:
        """Paths that fit this template, of as many kinds as its constraints leave."""
        fitting = {
            name: [value for value in _SAMPLES if all(check(value) for check in checks)]
            for name, checks in self._checks.items()
        }
        if not all(fitting.values()):
            return []
        return ["/" + self._filled(fitting, turn) for turn in range(len(_SAMPLES))]

    def _filled(self, values: dict[str, list[str]], turn: int) -> str:
        return _PARAMETER.sub(
            lambda found: values[found["name"]][turn % len(values[found["name"]])], self.template
        )

    def _segment(self, segment: str) -> str:
        pattern, end, optional = "", 0, False
        for found in _PARAMETER.finditer(segment):
            pattern += re.escape(segment[end : found.start()])
            pattern += f"(?P<{found['name']}>{'.*' if found['star'] else '[^/]+'})"
            end, optional = found.end(), optional or self._parameter(found)
        pattern += re.escape(segment[end:])
        if "{" in segment[end:] or (optional and not _PARAMETER.fullmatch(segment)):
            raise BadRoute(f"{self.template}: cannot read {segment!r}")
        return f"(?:/{pattern})?" if optional else f"/{pattern}"

    def _parameter(self, found: re.Match[str]) -> bool:
        """Note constraints and default; whether the parameter may be left out."""
        self._checks[found["name"]] = _checks(found["constraints"], self.template)
        if found["default"] is not None:
            self._defaults[found["name"]] = found["default"]
        return bool(found["star"] or found["optional"] or found["default"] is not None)


class Router:
    """All routes of an app, in the order in which the host tries them."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = sorted(routes, key=lambda route: route.name.lower())
        heads = {route.head() for route in self.routes} - {None}
        self._by_head = {head: self._tried_for(head) for head in heads}
        self._general = self._tried_for(None)

    def match(self, path: str, method: str) -> tuple[Route, dict[str, str]] | None:
        """The first route that fits ``path`` (decoded, with its leading slash), and its parameters."""
        words = path.lower().split("/", 3)
        head = (words[1], words[2] if len(words) > 2 else "")
        for route in self._by_head.get(head, self._general):
            if route.takes(method) and (parameters := route.match(path)) is not None:
                return route, parameters
        return None

    def shadowed(self) -> list[tuple[Route, str, Route]]:
        """Routes that no request reaches, with the method and the route that stands before them."""
        return [
            (route, method, first)
            for route in self.routes
            for method in sorted(route.methods or {"GET"})
            if (first := self._stands_before(route, method)) is not None
        ]

    def _stands_before(self, route: Route, method: str) -> Route | None:
        reached = [hit[0] for path in route.samples() if (hit := self.match(path, method))]
        return reached[0] if reached and route not in reached else None

    def _tried_for(self, head: tuple[str, str] | None) -> Sequence[Route]:
        return tuple(route for route in self.routes if route.head() in (None, head))


def decoded(raw_path: bytes) -> str:
    """The path as the host's web server hands it on: decoded, but for encoded slashes."""
    path = raw_path.decode("latin-1")
    if "%" not in path:
        return path
    return unquote(re.sub("%2f", lambda slash: f"%25{slash[0][1:]}", path, flags=re.IGNORECASE))
