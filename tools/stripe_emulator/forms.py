"""Form-encoded parameters as Stripe reads them: brackets nest, nothing is passed over, nothing is guessed.

https://docs.stripe.com/api?lang=curl ("accepts form-encoded request bodies"); codes:
https://docs.stripe.com/error-codes
"""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from tools.stripe_emulator.refusal import bad
from tools.stripe_emulator.wire import Request

FORM: Final = "application/x-www-form-urlencoded"
MOST_METADATA: Final = 50
MOST_NAME, MOST_VALUE = 40, 500
"""https://docs.stripe.com/metadata/use-cases"""

_PART: Final = re.compile(r"\[([^\]]*)\]")


def read(request: Request) -> "Fields":
    """The parameters of a request: a POST has them in its body, others in their query."""
    text = request.query
    if request.method == "POST":
        kind = request.headers.get("content-type", FORM).partition(";")[0]
        if kind != FORM and request.body:
            raise bad(f"Invalid request (check that your POST content type is {FORM}).")
        text = request.body.decode()
    nested: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        _put(nested, name, value)
    return Fields(nested)


def _put(nested: dict[str, Any], name: str, value: str) -> None:
    head, _, rest = name.partition("[")
    parts = [head, *_PART.findall(f"[{rest}" if rest else "")]
    within = nested
    for part in parts[:-1]:
        within = within.setdefault(part, {})
    within[parts[-1] or str(len(within))] = value


class Fields:
    """Parameters that are taken one by one; what nobody took is refused at the end."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._left = given

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A parameter that is text."""
        value = self._taken(name, required)
        if value is not None and not isinstance(value, str):
            raise bad(f"Invalid string: {name}", "parameter_invalid_string", name)
        if value == "":
            raise bad(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset "
                "a parameter; however it cannot be unset.",
                "parameter_invalid_empty",
                name,
            )
        return value

    def integer(self, name: str, *, required: bool = False, least: int = 1) -> int | None:
        """A parameter that is a whole number."""
        text = self.text(name, required=required)
        if text is None:
            return None
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise bad(f"Invalid integer: {text}", "parameter_invalid_integer", name)
        if int(text) < least:
            message = f"This value must be greater than or equal to {least}."
            raise bad(message, "parameter_invalid_integer", name)
        return int(text)

    def choice(self, name: str, *known: str) -> str | None:
        """A parameter that is one of some words."""
        text = self.text(name)
        if text is not None and text not in known:
            raise bad(f"Invalid {name}: must be one of {', '.join(known)}", "", name)
        return text

    def texts(self, name: str) -> list[str]:
        """A parameter that is a list."""
        value = self._taken(name, required=False)
        if value is None:
            return []
        if not isinstance(value, dict):
            raise bad("Invalid array", "parameter_invalid_array", name)
        return [str(one) for one in value.values()]

    def record(self, name: str) -> dict[str, str]:
        """A parameter with parts of its own."""
        value = self._taken(name, required=False)
        if value is not None and not isinstance(value, dict):
            raise bad("Invalid object", "parameter_invalid_object", name)
        return value or {}

    def metadata(self) -> dict[str, str]:
        """The ``metadata``, within their limits."""
        given = self.record("metadata")
        if len(given) > MOST_METADATA:
            raise bad("Metadata may have up to 50 keys.", "", "metadata")
        for name, value in given.items():
            if len(name) > MOST_NAME or len(value) > MOST_VALUE:
                raise bad("Metadata keys have up to 40 characters, values up to 500.", "", name)
        return given

    def end(self) -> None:
        """Refuse what is left."""
        for name in self._left:
            raise bad(f"Received unknown parameter: {name}", "parameter_unknown", name)

    def _taken(self, name: str, required: bool) -> Any:
        if required and name not in self._left:
            raise bad(f"Missing required param: {name}.", "parameter_missing", name)
        return self._left.pop(name, None)
