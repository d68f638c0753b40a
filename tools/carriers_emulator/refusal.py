"""Why a request is turned away, and how a strict reader finds out."""

from typing import Any


class Refusal(Exception):
    """A request that is not done; each carrier has a form of its own for it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Fields:
    """A JSON body, read strictly: what is missing or of another kind is refused by its name."""

    def __init__(self, body: Any, name: str = "") -> None:
        self.body, self._name = body, name

    def at(self, *path: str | int) -> "Fields":
        """The part that must lie there."""
        found, name = self.body, self._name
        for step in path:
            name = f"{name}.{step}" if name else str(step)
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                raise Refusal("MISSING", f"{name} is required") from None
        return Fields(found, name)

    def text(self, *path: str | int, most: int = 100) -> str:
        """A text of at least one and at most so many characters."""
        part = self.at(*path)
        if not isinstance(part.body, str) or not 0 < len(part.body) <= most:
            raise Refusal("INVALID", f"{part._name} is a text of 1 to {most} characters")
        return part.body

    def number(self, *path: str | int, most: float) -> float:
        """A number over 0, at most that; UPS writes its numbers as text."""
        part = self.at(*path)
        try:
            found = float(part.body)
        except (TypeError, ValueError):
            found = 0.0
        if not 0 < found <= most:
            raise Refusal("INVALID", f"{part._name} is a number over 0, at most {most}")
        return found

    def must_be(self, value: object, *path: str | int) -> None:
        """Refuse anything but this value."""
        part = self.at(*path)
        if part.body != value:
            raise Refusal("INVALID", f"{part._name} is not {value!r}")
