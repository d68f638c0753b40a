"""The local console's pages: plain HTML without a framework, every value escaped."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from domain.money import Money, decimals_of

type Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_STYLE = (
    "body{font:16px/1.5 system-ui;margin:2rem auto;max-width:72rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;"
    "padding:.3rem .6rem;text-align:left}form{display:inline}"
)


def html(title: str, body: str, status: int = 200) -> Answer:
    """A page; ``body`` is HTML whose values were escaped already."""
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    return status, _HEADERS | {"content-type": "text/html; charset=utf-8"}, text.encode()


def data(value: Any) -> Answer:
    """The same as JSON, for scripts."""
    return 200, _HEADERS | {"content-type": "application/json"}, json.dumps(value).encode()


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; ``rows`` hold HTML cells."""
    head = "".join(f"<th>{escape(text)}" for text in heads)
    lines = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    return f"<table><tr>{head}{lines}</table>"


def button(label: str, fields: Mapping[str, str], action: str = "") -> str:
    """A button that posts ``fields`` to ``action``, or to the page that it stands on."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    to = f' action="{escape(action)}"' if action else ""
    return f'<form method="post"{to}>{inputs}<button>{escape(label)}</button></form>'


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a posted form; the last of a name counts."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))


def amount(money: Money) -> str:
    """The amount as a person reads it: ``1,199.00 USD``."""
    return f"{money.number:,.{decimals_of(money.currency)}f} {money.currency}"
