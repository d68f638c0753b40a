"""Every endpoint by everybody: the exact status, and after each refusal a store that is what it was."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import httpx

from blueprints._area import Declaration
from blueprints._areas import AREAS
from blueprints._errors import status_of
from blueprints._openapi import refusals_of
from domain.access import PERMISSIONS, Role
from tools.access.people import RANKS, People

NOT_THE_SHOPS = ("gate_buckets", "counter_", "event_log", "leases", "host", "hub_", "sqlite_")
"""Tables that change by themselves, or count who tried."""

LAST = ("DELETE", "api/users/me")
"""After this one somebody is somebody else."""


class Open(Exception):
    """Somebody got in who must not, or was kept out who may come in, or a refusal changed something."""


def endpoints() -> list[Declaration]:
    """Every HTTP endpoint that is declared; whoever is deleted by one is asked about it last."""
    found = [declaration for area in AREAS for declaration in area.declarations]
    return sorted(found, key=lambda one: (one.method, one.route) == LAST)


async def run(client: httpx.AsyncClient, people: People, file: Path) -> tuple[int, int]:
    """Knock everywhere as everybody; how often, and how often in vain. Raises ``Open``."""
    knocks = refusals = 0
    for declaration in endpoints():
        for name, headers in people.headers.items():
            expected = refusal_of(declaration, name)
            before = digest(file) if expected else ""
            status = await _knock(client, declaration, dict(headers))
            _check(declaration, name, status, expected)
            if expected and digest(file) != before:
                raise Open(f"{_named(declaration)}: refused to {name}, and yet something changed")
            knocks, refusals = knocks + 1, refusals + bool(expected)
    return knocks, refusals


def refusal_of(declaration: Declaration, name: str) -> int:
    """The status with which somebody is kept out; 0 for who may come in."""
    if name in ("expired", "forged"):
        return 401
    if name == "disabled":
        return 0 if declaration.public else 403
    needed = PERMISSIONS[declaration.may]
    if RANKS[name] >= needed:
        return 0
    return 401 if RANKS[name] is Role.ANONYMOUS else 403


def digest(file: Path) -> str:
    """Stands for everything that the shop keeps."""
    with closing(sqlite3.connect(file)) as connection:
        text = "\n".join(_rows(connection))
    return sha256(text.encode()).hexdigest()


def _rows(connection: sqlite3.Connection) -> Iterator[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in names.fetchall():
        if not table.startswith(NOT_THE_SHOPS):
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - from the schema
            yield from (f"{table}{row}" for row in sorted(rows, key=repr))


async def _knock(
    client: httpx.AsyncClient, declaration: Declaration, headers: dict[str, str]
) -> int:
    path = "/" + re.sub(
        r"\{\*?\w+[^}]*\}", "00000000-0000-0000-0000-000000000000", declaration.route
    )
    body: dict[str, str] | None = {} if declaration.method in ("POST", "PUT") else None
    answer = await client.request(declaration.method, path, headers=headers, json=body)
    return answer.status_code


def _check(declaration: Declaration, name: str, status: int, expected: int) -> None:
    if expected:
        allowed = {expected}
    else:
        told = {status_of(refusal) for refusal in refusals_of(declaration)} - {401, 403}
        own = {status_of(refusal) for refusal in declaration.raises}
        allowed = {declaration.status, *declaration.also, *told, *own}
    if status not in allowed:
        raise Open(f"{_named(declaration)}: {status} for {name}, not {sorted(allowed)}")


def _named(declaration: Declaration) -> str:
    return f"{declaration.method} /{declaration.route}"
