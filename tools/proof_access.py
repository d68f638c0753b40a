"""``python -m tools.proof_access``: nobody gets in where they do not belong. The last line tells the counts."""

import asyncio
import json
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx

from tools.access import chromium
from tools.access.attacks import ATTACKS
from tools.access.matrix import Open, endpoints, run
from tools.access.people import SECRET, People
from tools.instance import Instance
from tools.shopper import Shopper, client

QUIET: Final = {
    "RELAY_SCHEDULE": "0 0 0 1 1 *",
    "AUDIT_SCHEDULE": "0 0 0 1 1 *",
    "WATCHDOG_SCHEDULE": "0 0 0 1 1 *",
    "WEBHOOK_SCHEDULE": "0 0 0 1 1 *",
    "LEDGER_SCHEDULE": "0 0 0 1 1 *",
    "COUNTERS_SCHEDULE": "0 0 0 1 1 *",
    "CARRIER_SCHEDULE": "0 0 0 1 1 *",
    "ROLLUP_SCHEDULE": "0 0 0 1 1 *",
    "HPH_SECRET_KEY": SECRET,
}
"""Nothing happens but what is asked for."""

UNLIMITED: Final = {"HPH_LIMIT_SCALE": "100000"}
SECRETS: Final = re.compile(
    r"[\w.+-]+@example\.com|eyJ[\w-]{20,}|hph_(?:session|sign_in|guest)=[\w-]{20,}|Bearer \S{8,}"
)
MOST_SIGN_INS: Final = 30
GUESSES: Final = 10


def main() -> int:
    """Prove it; the exit status is 0 only if all of it held."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="holiday-peak-hub-") as folder:
            figures = asyncio.run(_prove(Path(folder)))
    except Open as fault:
        print(f"access: BROKEN, {fault}")
        return 1
    print(f"access: ok, {figures} in {time.monotonic() - began:.1f} s")
    return 0


async def _prove(folder: Path) -> str:
    instance = Instance(folder / "open", {**QUIET, **UNLIMITED})
    instance.start()
    try:
        async with client(instance.base) as asks:
            people = await People.gather(instance, asks)
            attacks = await _attacked(asks, people)
            knocks, refusals = await run(asks, people, instance.folder / "shop.db")
            _say("matrix", f"{len(endpoints())} endpoints by {len(people.headers)} callers")
            await _guessing(asks)
        browser = await _in_a_browser(instance.base)
        lines = _discreet(instance.folder)
    finally:
        instance.stop()
    limited = await _limited(Instance(folder / "limited", QUIET))
    return (
        f"{browser}{knocks} knocks at {len(endpoints())} endpoints, {refusals} refused and nothing changed,"
        f" {attacks} attacks, {limited} over a limit, {lines} lines of log and events without a secret"
    )


async def _attacked(asks: httpx.AsyncClient, people: People) -> int:
    total = 0
    for attack in ATTACKS:
        tried = await attack(asks, people)
        total += tried
        _say(attack.__name__.replace("_", " "), f"{tried} refused")
    return total


async def _in_a_browser(base: str) -> str:
    if absent := chromium.missing():
        _say("browser", f"SKIPPED: {absent} is not installed (Debian: chromium, chromium-driver)")
        return ""
    steps = await chromium.sign_in_and_out(base)
    _say("browser", f"Chromium signed in, renewed and signed out: {steps} steps")
    return f"{steps} steps of a browser, "


async def _guessing(asks: httpx.AsyncClient) -> None:
    """The times are printed and not asserted: answers, operations and the comparison are the same."""
    absent = "/api/orders/HPH-2026-AAAA-BBBB-CCCC"
    began = time.perf_counter()
    for number in range(GUESSES):
        answer = await asks.get(absent, params={"email": f"{number}@example.org"})
        if (answer.status_code, answer.headers["x-store-operations"]) != (404, "2"):
            raise Open(f"a guess was answered {answer.status_code}")
    each = (time.perf_counter() - began) / GUESSES * 1000
    _say("guessing", f"{GUESSES} e-mail guesses: 404 in 2 operations each, {each:.1f} ms")


async def _limited(instance: Instance) -> int:
    """Whoever tries too often is told to wait."""
    instance.start()
    try:
        async with client(instance.base) as asks:
            orders = "/api/orders/HPH-2026-AAAA-BBBB-CCCC"
            guest, code = await Shopper.arrive(asks), {"code": "GUESS1"}
            token = (await asks.get("/_local/token?role=customer")).json()["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            ticket = {"type": "question", "subject": "Again", "description": "And again"}
            doors: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
                "/api/auth/login": lambda: asks.get("/api/auth/login"),
                orders: lambda: asks.get(orders, params={"email": "a@example.org"}),
                "/api/checkout/promo": lambda: guest.post("/api/checkout/promo", code),
                "/api/tickets": lambda: asks.post("/api/tickets", json=ticket, headers=bearer),
            }
            return sum([await _until_429(path, knock) for path, knock in doors.items()])
    finally:
        instance.stop()


async def _until_429(path: str, knock: Callable[[], Awaitable[httpx.Response]]) -> int:
    for number in range(MOST_SIGN_INS):
        answer = await knock()
        if answer.status_code == 429 and int(answer.headers["retry-after"]) > 0:
            _say("limit", f"{path}: 429 after {number}, wait {answer.headers['retry-after']} s")
            return 1
    raise Open(f"{path} may be asked without end")


def _discreet(folder: Path) -> int:
    """Nothing that the host wrote names a person or a secret. Events: only UserCreated has the address."""
    lines = [
        line for path in (*folder.glob("*.jsonl"), *folder.glob("*.out")) for line in _lines(path)
    ]
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        events = [json.loads(body) for (body,) in connection.execute("SELECT body FROM event_log")]
    for event in events:
        if event["event_type"] in ("UserCreated", "OrderCreated"):
            event["data"].pop("email", None)
        lines.append(json.dumps(event))
    for line in lines:
        if found := SECRETS.search(line):
            raise Open(f"{found[0]!r} was written down: {line[:200]}")
    return len(lines)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "replace").splitlines()


def _say(what: str, text: str) -> None:
    print(f"{what:<22} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
