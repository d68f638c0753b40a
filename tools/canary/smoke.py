"""`python -m tools.canary.smoke URL [RELEASE]`: a deployed shop answers the few requests that nothing works without.

Where a release is named it must be the one that answers: a deployment may take a while to be everywhere.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import sleep
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_TIMEOUT_SECONDS = 30
_LOOKS = 13
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """A status, and the body where it is JSON."""

    status: int
    body: object


@dataclass(frozen=True)
class Probe:
    """One request and the status that it must get; `holds` names a key that the body must have."""

    path: str
    status: int
    holds: str


PROBES = (
    Probe("/health/live", 200, "status"),
    Probe("/health/ready", 200, "status"),
    Probe("/api/products?limit=1", 200, "items"),
    Probe("/api/openapi.json", 200, "paths"),
    Probe("/api/users/me", 401, "error"),
    Probe("/api/admin/audit-logs", 401, "error"),
    Probe("/api/products/no-such-product", 404, "error"),
)
"""Nothing here writes: the same probes may be run on production."""


def faults(get: Callable[[str], Answer]) -> Iterator[str]:
    """What is wrong with a shop; `get` takes a path."""
    for probe in PROBES:
        answer = get(probe.path)
        if answer.status != probe.status:
            yield f"{probe.path}: {answer.status} instead of {probe.status}"
        elif not (isinstance(answer.body, dict) and probe.holds in answer.body):
            yield f"{probe.path}: no {probe.holds} in the answer"


def answers(
    get: Callable[[str], Answer], release: str, pause: Callable[[float], object] = sleep
) -> bool:
    """Whether that release answers, or begins to within a minute."""
    for look in range(_LOOKS):
        if look:
            pause(_PAUSE_SECONDS)
        body = get("/health").body
        if isinstance(body, dict) and body.get("version") == release:
            return True
    return False


def get_over_https(base: str, path: str) -> Answer:
    """Ask a deployed shop; a shop that cannot be reached raises, and so fails the run."""
    if not base.startswith("https://"):
        raise ValueError("a deployed shop is asked over https only")
    try:
        with urlopen(Request(base + path), timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - https, see above
            return _read(answer.status, answer.read())
    except HTTPError as refused:
        return _read(refused.code, refused.read())


def _read(status: int, body: bytes) -> Answer:
    try:
        return Answer(status, json.loads(body))
    except ValueError:
        return Answer(status, None)


def main(base: str, release: str) -> int:
    """Run the probes and print what is wrong."""

    def get(path: str) -> Answer:
        return get_over_https(base.rstrip("/"), path)

    if release and not answers(get, release):
        print(f"/health does not name the release {release}")
        return 1
    found = list(faults(get))
    for fault in found:
        print(fault)
    print(f"{len(PROBES)} probes, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
