"""Reads a query by recursive descent.

Grammar: https://learn.microsoft.com/azure/cosmos-db/nosql/query/select, …/from, …/where, …/order-by;
what an operator binds: https://learn.microsoft.com/azure/cosmos-db/nosql/query/logical-operators
"""

from functools import lru_cache
from typing import Final

from tools.cosmos_emulator.refusal import Refusal, bad_request
from tools.cosmos_emulator.sql.lexer import Word, words
from tools.cosmos_emulator.sql.tree import (
    Among,
    Call,
    Comparison,
    Expression,
    Literal,
    Logic,
    Not,
    Order,
    Parameter,
    Path,
    Select,
)

_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_COMPARISONS: Final = ("=", "!=", "<=", ">=", "<", ">")
_UNKNOWN: Final = ("DISTINCT", "JOIN", "GROUP", "OFFSET", "LIMIT", "BETWEEN", "EXISTS", "LIKE")


@lru_cache(512)
def parse(text: str) -> Select:
    """The query that ``text`` is. Raises ``Refusal`` 400 where the service would, or where it is unknown here."""
    return _Parser(text).whole()


@lru_cache(512)
def parse_condition(text: str) -> Expression:
    """The condition of a conditional patch: ``FROM c WHERE …``.

    https://learn.microsoft.com/azure/cosmos-db/partial-document-update#supported-modes
    """
    return _Parser(text).condition()


class _Parser:
    def __init__(self, text: str) -> None:
        self._words = words(text)
        self._at = 0
        self._alias = ""

    def whole(self) -> Select:
        self._need("SELECT")
        top = self._primary() if self._takes("TOP") else None
        counts = self._selected()
        self._from()
        where = self._expression() if self._takes("WHERE") else None
        order = self._order() if self._takes("ORDER") else ()
        self._end()
        return Select(counts, top, where, order)

    def condition(self) -> Expression:
        self._from()
        self._need("WHERE")
        condition = self._expression()
        self._end()
        return condition

    def _selected(self) -> bool:
        if self._takes("*"):
            return False
        self._need("VALUE")
        word = self._next()
        if word.text.upper() != "COUNT":
            raise self._wrong(word)
        for expected in ("(", "1", ")"):
            if self._next().text != expected:
                raise bad_request("Only COUNT(1) is counted here.")
        return True

    def _from(self) -> None:
        self._need("FROM")
        self._alias = self._name()
        if self._takes("AS") or self._word.sort == "name":
            self._alias = self._name()

    def _order(self) -> tuple[Order, ...]:
        self._need("BY")
        items = [self._order_item()]
        while self._takes(","):
            items.append(self._order_item())
        return tuple(items)

    def _order_item(self) -> Order:
        path = self._primary()
        if not isinstance(path, Path) or not path.names:
            raise bad_request(
                "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped."
            )
        if self._takes("DESC"):
            return Order(path, descending=True)
        self._takes("ASC")
        return Order(path, descending=False)

    def _expression(self) -> Expression:
        left = self._all()
        while self._takes("OR"):
            left = Logic("OR", left, self._all())
        return left

    def _all(self) -> Expression:
        left = self._one()
        while self._takes("AND"):
            left = Logic("AND", left, self._one())
        return left

    def _one(self) -> Expression:
        if self._takes("NOT"):
            return Not(self._one())
        left = self._primary()
        for operator in _COMPARISONS:
            if self._takes(operator):
                return Comparison(operator, left, self._primary())
        if self._takes("IN"):
            self._need("(")
            return Among(left, self._list())
        return left

    def _primary(self) -> Expression:
        word = self._next()
        match word.sort:
            case "constant":
                return Literal(word.value)
            case "parameter":
                return Parameter(word.text)
            case "keyword" if word.text in _CONSTANTS:
                return Literal(_CONSTANTS[word.text])
            case "sign" if word.text in ("(", "-"):
                return self._nested() if word.text == "(" else self._negative()
            case "name":
                return self._call(word) if self._takes("(") else self._path(word)
            case _:
                raise self._wrong(word)

    def _nested(self) -> Expression:
        inner = self._expression()
        self._need(")")
        return inner

    def _negative(self) -> Expression:
        word = self._next()
        if not isinstance(word.value, int | float) or word.sort != "constant":
            raise self._wrong(word)
        return Literal(-word.value)

    def _call(self, word: Word) -> Expression:
        arguments = () if self._takes(")") else self._list()
        return Call(word.text.upper(), arguments)

    def _list(self) -> tuple[Expression, ...]:
        items = [self._expression()]
        while self._takes(","):
            items.append(self._expression())
        self._need(")")
        return tuple(items)

    def _path(self, word: Word) -> Path:
        if word.text != self._alias:
            raise bad_request(f"Identifier '{word.text}' could not be resolved.")
        names: list[str] = []
        while self._word.text in (".", "["):
            names.append(self._step(self._next()))
        return Path(tuple(names))

    def _step(self, sign: Word) -> str:
        word = self._next()
        if sign.text == ".":
            if word.sort not in ("name", "keyword"):
                raise self._wrong(word)
            return str(word.value or word.text)
        if word.sort != "constant" or not isinstance(word.value, str):
            raise self._wrong(word)
        self._need("]")
        return word.value

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    def _next(self) -> Word:
        word = self._word
        self._at = min(self._at + 1, len(self._words) - 1)
        return word

    def _takes(self, text: str) -> bool:
        is_there = self._word.sort in ("keyword", "sign") and self._word.text == text
        self._at += is_there
        return is_there

    def _need(self, text: str) -> None:
        if not self._takes(text):
            raise self._wrong(self._word)

    def _name(self) -> str:
        word = self._next()
        if word.sort != "name":
            raise self._wrong(word)
        return word.text

    def _end(self) -> None:
        if self._word.sort != "end":
            raise self._wrong(self._word)

    @staticmethod
    def _wrong(word: Word) -> Refusal:
        if word.text in _UNKNOWN:
            return bad_request(f"{word.text} is not understood by this emulator.")
        return bad_request(f"Syntax error, incorrect syntax near '{word.text}'.")
