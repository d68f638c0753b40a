"""``python -m tools.proofs.hosts``: two hosts that share the work, hand it over, stop in order and remember.

And a data file that is corrupt, foreign or of a newer release, which no host starts with or touches.
"""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from tools.instance import ROOT
from tools.proofs.crowd import Crowd
from tools.proofs.stage import Stage, check, product, stage
from tools.shopper import Shopper

PRODUCT: Final = "candle"
HANDED_OVER_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 0.05
REFUSED: Final = 1
KINDS: Final = ("corrupt", "scribbled", "foreign", "plain text", "newer")
APPLICATION_ID_AT, USER_VERSION_AT = 68, 60
"""Where SQLite keeps them in the file's header."""


def prove_sharing() -> str:
    """Leases, timers, clean ends and memory. Raises ``NotHeld``."""
    with stage({PRODUCT: 50}, {"HPH_LEASE_SECONDS": "1.5"}) as there:
        there.start()
        shared = _settled(there, 2)
        order_id = asyncio.run(_ordered(there))
        survivor, victim = there.hosts
        victim.kill()
        there.hosts.remove(victim)
        after_kill = _settled(there, 1)
        there.start(1)
        _settled(there, 2)
        began = time.monotonic()
        check(survivor.stop() == 0, "SIGTERM did not end the host with 0")
        stopped = time.monotonic() - began
        there.hosts.remove(survivor)
        after_stop = _settled(there, 1)
        there.stop()
        check(set(_owners(there)) == {"free"}, "a stopped host keeps leases")
        there.start(1)
        asyncio.run(_remembered(there, order_id))
        there.stop()
    return (
        f"2 hosts shared all leases in {shared:.1f} s; they passed on {after_kill:.1f} s after "
        f"kill -9, and {after_stop:.1f} s after SIGTERM, which took {stopped:.1f} s; "
        "the order was remembered"
    )


def prove_refusals(kinds: Sequence[str] = KINDS) -> str:
    """Files of these kinds, each offered to both steps of ``make run``. Raises ``NotHeld``."""
    with stage({PRODUCT: 1}) as there:
        whole = there.store.read_bytes()
        damaged = _damaged(whole)
        for name in kinds:
            content = damaged[name]
            there.store.write_bytes(content)
            for command in (["tools.seed", "--once"], ["local"]):
                ended = _run(there, command)
                said = ended.stderr.strip()
                told = f"{command[0]} with a {name} file ended with {ended.returncode}: {said}"
                check(ended.returncode == REFUSED and str(there.store) in said, told)
                check(len(said.splitlines()) == 1, told)
                check(there.store.read_bytes() == content, f"{command[0]} touched a {name} file")
        there.store.write_bytes(whole)
    return f"{', '.join(kinds)} files were refused with one line and status 1, untouched"


def _damaged(whole: bytes) -> Mapping[str, bytes]:
    return {
        "corrupt": whole[: len(whole) // 2],
        "scribbled": whole[:8192] + b"\xff" * 4096 + whole[12288:],
        "foreign": _with(whole, APPLICATION_ID_AT, 0x12345678),
        "plain text": b"This is a shopping list.\n" * 50,
        "newer": _with(whole, USER_VERSION_AT, 99),
    }


def _with(whole: bytes, at: int, number: int) -> bytes:
    return whole[:at] + number.to_bytes(4) + whole[at + 4 :]


def _run(there: Stage, command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=there.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _settled(there: Stage, hosts: int) -> float:
    """Wait until so many hosts hold all leases, in even parts; the seconds that took."""
    began = time.monotonic()
    while not _is_shared(_owners(there), hosts):
        waited = time.monotonic() - began
        check(waited < HANDED_OVER_SECONDS, f"the leases lie with {_owners(there)}")
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def _is_shared(held: Counter[str], hosts: int) -> bool:
    counts = held.values()
    return "free" not in held and len(held) == hosts and max(counts) - min(counts) <= 1


def _owners(there: Stage) -> Counter[str]:
    """How many leases each host holds that has not run out; ``free`` where one has."""
    now = time.time()
    rows = _rows(there, "SELECT owner, expires_at FROM leases")
    return Counter(owner if expires > now else "free" for owner, expires in rows)


def _rows(there: Stage, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{there.store}?mode=ro", uri=True)) as file:
        return file.execute(sql).fetchall()


async def _ordered(there: Stage) -> str:
    async with Crowd(there.bases) as crowd:
        (shopper,) = await crowd.arrive(1)
        await shopper.add(product(PRODUCT))
        order = (await shopper.order()).json()
        check((await shopper.pay(order["order_id"])).status_code == 200, "the payment failed")
        return str(order["order_id"])


async def _remembered(there: Stage, order_id: str) -> None:
    async with Crowd(there.bases) as crowd:
        shopper = await Shopper.arrive(crowd.clients[0])
        answer = await shopper.get(f"/api/orders/{order_id}", email="shopper@example.com")
        check(answer.status_code == 200, f"the order was forgotten: {answer.text}")


def main() -> int:
    """Both."""
    print(f"hosts: {prove_sharing()}", flush=True)
    print(f"hosts: ok, {prove_refusals()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
