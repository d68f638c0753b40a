"""What a query says, as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of the text: string, number, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """``@name``, given beside the text."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A property of the document, by its names; none for the document itself."""

    names: tuple[str, ...]

    @property
    def indexed_as(self) -> str:
        """The path as an indexing policy writes it."""
        return "".join(f"/{name}" for name in self.names)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Logic:
    """``AND`` or ``OR`` of two."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Among:
    """``value IN (choices)``."""

    value: "Expression"
    choices: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function, its name in upper case."""

    name: str
    arguments: tuple["Expression", ...]


type Expression = Literal | Parameter | Path | Comparison | Logic | Not | Among | Call


@dataclass(frozen=True, slots=True)
class Order:
    """One item of ORDER BY."""

    path: Path
    descending: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A whole query; ``counts`` where it asks ``VALUE COUNT(1)`` instead of documents."""

    counts: bool = False
    top: Expression | None = None
    where: Expression | None = None
    order: tuple[Order, ...] = ()


def conjuncts(expression: Expression | None) -> Iterator[Expression]:
    """The conditions that must all hold."""
    match expression:
        case None:
            return
        case Logic("AND", left, right):
            yield from conjuncts(left)
            yield from conjuncts(right)
        case _:
            yield expression


def paths(expression: Expression) -> Iterator[Path]:
    """Every property that an expression looks at."""
    match expression:
        case Path():
            yield expression
        case Comparison(_, left, right) | Logic(_, left, right):
            yield from paths(left)
            yield from paths(right)
        case Not(inner):
            yield from paths(inner)
        case Among(value, choices):
            yield from (path for each in (value, *choices) for path in paths(each))
        case Call(_, arguments):
            yield from (path for each in arguments for path in paths(each))
