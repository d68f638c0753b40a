"""Words as a shop compares them: case, accents and punctuation do not count."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
"""Letters that do not decompose into a base letter and an accent (Unicode gives them no mapping)."""

_WORD: Final = re.compile(r"[^\W_]+")
_OF_A_URL: Final = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """The text without case and accents, for comparing and sorting: ``Café`` is ``cafe``."""
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words(text: str) -> tuple[str, ...]:
    """The folded words in their order; apostrophes join, other punctuation parts."""
    return tuple(_WORD.findall(folded(_joined(text))))


def slugged(text: str) -> str:
    """The text as a part of a URL: folded words joined by hyphens, of the letters a to z and digits only."""
    return "-".join(_OF_A_URL.findall(folded(_joined(text))))


def _joined(text: str) -> str:
    return text.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
