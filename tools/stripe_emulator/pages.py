"""The bank's page, where a customer proves to be the card's holder: https://docs.stripe.com/payments/3d-secure"""

from html import escape
from typing import Final
from urllib.parse import parse_qs

from tools.stripe_emulator import intents
from tools.stripe_emulator.account import Account
from tools.stripe_emulator.refusal import Refusal
from tools.stripe_emulator.wire import Answer, Request

AUTHENTICATE: Final = "authenticate"

_FORM: Final = """<!doctype html><title>Is it you?</title>
<form method=post><button name=outcome value=succeed>Complete</button>
<button name=outcome value=fail>Fail</button></form>"""


def answer(account: Account, request: Request) -> Answer:
    """The question, or after its answer the way back to the shop."""
    try:
        intent = account.get("payment_intent", request.segments[-1])
        action = intent["next_action"] or {}
        if request.method != "POST":
            return Answer(200, _FORM if action else "Nobody asks.", {"Content-Type": "text/html"})
        outcome = parse_qs(request.body.decode()).get("outcome", [""])[0]
        intents.authenticate(account, intent["id"], succeeds=outcome == "succeed")
    except Refusal as refusal:
        text = escape(refusal.message)
        return Answer(refusal.status, text, {"Content-Type": "text/html"})
    return Answer(303, "", {"Location": action["redirect_to_url"]["return_url"]})
