"""``python -m tools.audit.remote BASE``: hold the chains of a running shop's audit, as its administrators read it.

``TOKEN`` is an administrator's bearer token. Nothing is taken from the shop but the entries: their hashes are
made anew here. While the shop works, a record may be read before the one that it follows is there; ask again.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import httpx

from domain.audit import AuditEntry, broken_links
from tools.audit.books import Named, grouped

PATH: Final = "/api/admin/audit-logs"
PAGE: Final = 100
SECONDS: Final = 30.0
MOST_TOLD: Final = 50


async def read_entries(client: httpx.AsyncClient, token: str) -> list[AuditEntry]:
    """Every entry that the shop keeps. Raises ``httpx.HTTPError``."""
    entries: list[AuditEntry] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
        answer = await client.get(PATH, params=asked, headers={"Authorization": f"Bearer {token}"})
        page = answer.raise_for_status().json()
        entries += map(_entry, page["items"])
        cursor = page["next_cursor"]
    return entries


def faults_of(entries: Sequence[AuditEntry]) -> list[str]:
    """Every link that does not hold; the beginning of a chain may have been forgotten by age."""
    return [
        f"the audit of {'/'.join(entity)} is broken: {link}"
        for entity, chained in _chains(entries).items()
        for link in broken_links(chained, is_cut=True)
    ]


def _chains(entries: Sequence[AuditEntry]) -> dict[Named, list[AuditEntry]]:
    return grouped(
        ((one.source, one.place, one.entity_type, one.entity_id), one) for one in entries
    )


def _entry(line: dict[str, Any]) -> AuditEntry:
    return AuditEntry.model_validate({"bucket": "", "names": (), **line})


async def _verified(base: str, token: str) -> int:
    async with httpx.AsyncClient(base_url=base, timeout=SECONDS) as client:
        entries = await read_entries(client, token)
    faults = faults_of(entries)
    for fault in faults[:MOST_TOLD]:
        print(f"  {fault}")
    verdict = f"{len(faults)} faults" if faults else "ok"
    print(f"audit: {verdict}, {len(entries)} entries in {len(_chains(entries))} chains")
    return 1 if faults else 0


def main(arguments: Sequence[str]) -> int:
    """Read and verify; the exit status is 0 only if every chain holds."""
    token = os.environ.get("TOKEN", "")
    if len(arguments) != 1 or not token:
        print(__doc__)
        return 2
    try:
        return asyncio.run(_verified(arguments[0].rstrip("/"), token))
    except httpx.HTTPError as error:
        print(f"audit: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
