"""The card network's own pages on one machine: its dashboard, and where a customer proves to be the card's holder."""

from collections.abc import Mapping
from dataclasses import asdict
from html import escape

from adapters.embedded.cards import EmbeddedPayments, LedgerLine
from local.pages import Answer, amount, button, data, fields_of, html, table
from usecases.ports.payments import Intent, PaymentBusy, UnexpectedState

PREFIX = "/_local/cards"
MOST_SHOWN = 200
AUTHENTICATE = f"{PREFIX}/authenticate/"


class CardPages:
    """The pages under ``PREFIX``; ``await pages(path, query, body)`` answers one request."""

    def __init__(self, payments: EmbeddedPayments) -> None:
        self._payments = payments

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The page at ``path``; a request with a body is a posted form."""
        try:
            if path.rstrip("/") == PREFIX:
                return await self._list(query)
            if path.startswith(AUTHENTICATE):
                return await self._authenticate(path.removeprefix(AUTHENTICATE), body)
        except PaymentBusy:
            return html("Card network", "<p>Busy; try again.", 503)
        return html("Card network", "<p>There is no such page.", 404)

    async def _list(self, query: Mapping[str, str]) -> Answer:
        lines = await self._payments.ledger(MOST_SHOWN)
        if query.get("format") == "json":
            return data([asdict(line) for line in lines])
        heads = ["intent", "order", "status", "card", "held", "captured", "refunded", "declined"]
        return html("Card network", table(heads, map(_row, lines)))

    async def _authenticate(self, intent_id: str, body: bytes) -> Answer:
        intent = await self._payments.retrieve(intent_id)
        if intent is None:
            return html("Card network", "<p>There is no such payment.", 404)
        outcome = fields_of(body).get("outcome")
        if outcome not in ("succeed", "fail"):
            return html("Is it you?", _question(intent))
        try:
            after = await self._payments.authenticate(intent_id, outcome == "succeed")
        except UnexpectedState:
            return html("Is it you?", "<p>Nobody asks any more.", 409)
        said = "Thank you." if after.status == "requires_capture" else "Not authenticated."
        return html("Is it you?", f"<p>{said} You may go back to the shop.")


def _question(intent: Intent) -> str:
    if intent.status != "requires_action":
        return f"<p>Nobody asks: the payment is {escape(intent.status)}."
    return (
        f"<p>Pay {escape(amount(intent.amount))} with the card ending in {escape(intent.last4)}?"
        f"<p>{button('Complete', {'outcome': 'succeed'})} {button('Fail', {'outcome': 'fail'})}"
    )


def _row(line: LedgerLine) -> list[str]:
    url = f"{AUTHENTICATE}{escape(line.intent_id)}"
    asks = line.status == "requires_action"
    status = f'<a href="{url}">{escape(line.status)}</a>' if asks else escape(line.status)
    texts = [line.payment_method, amount(line.held), amount(line.captured), amount(line.refunded)]
    return [
        escape(line.intent_id),
        escape(line.order_id),
        status,
        *map(escape, texts),
        escape(line.decline_code),
    ]
