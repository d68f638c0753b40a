"""The shop's own search: which words a product is found by, and which product comes first.

Each word of a product is a partition with one ``Posting`` for each product that has it, best first;
a ``Lexicon`` for each two first letters knows the words that begin with them. A query reads the
partitions of its rarest word alone and filters by the others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, Final

from pydantic import Field

from domain.entity import Entity
from domain.listing import facets_of
from domain.product import Product
from domain.text import words

MOST_WORDS: Final = 40
"""Words that one product is found by, those of the name first."""

MOST_ASKED: Final = 6
"""Words of a query that count."""

MOST_COMPLETIONS: Final = 7
"""Longer words that a word of a query also stands for, the most frequent."""

MOST_IN_LEXICON: Final = 5_000
"""Words that one lexicon completes; later ones are found when they are spelled out."""

LEXICON_ID: Final = "words"

_LONGEST_WORD: Final = 40
_STEM: Final = 2
_POPULARITY: Final = 1_000_000

NAME, BRAND, TEXT = "n", "b", "d"

WEIGHTS: Final[Mapping[str, int]] = {NAME: 3, BRAND: 2, TEXT: 1}
"""Where a word stands and how much that counts."""

_UNSAID: Final = frozenset(
    "a an and are as at be by for from has in is it its of on or so that the their this to with your".split()  # noqa: SIM905 - a sentence reads better than a column
)
"""Words that tell nothing about a product."""


class Posting(Entity):
    """A product under one of its words.

    ``words`` are all its words, each marked with the field where it counts most (``n:`` name, ``b:``
    brand, ``d:`` description). ``rank`` orders one partition, the best first.
    """

    kind: ClassVar[str] = "posting"
    container: ClassVar[str] = "SearchIndex"
    partition_field: ClassVar[str] = "token"

    token: str
    rank: int
    popularity: int
    words: tuple[str, ...]


class Lexicon(Entity):
    """The words that begin with two letters, and how often each was seen.

    It only grows, and its counts only choose the cheaper way to an answer, never the answer: counting
    an import twice after a crash does no harm.
    """

    kind: ClassVar[str] = "lexicon"
    container: ClassVar[str] = "SearchIndex"
    partition_field: ClassVar[str] = "token"

    id: str = LEXICON_ID
    token: str
    seen: dict[str, int] = Field(default_factory=dict)

    def with_words(self, counts: Mapping[str, int]) -> "Lexicon":
        """The lexicon after these words were seen that often more."""
        seen = dict(self.seen)
        for word, count in sorted(counts.items()):
            if word in seen or len(seen) < MOST_IN_LEXICON:
                seen[word] = seen.get(word, 0) + count
        return self.but(seen=seen)

    def completions(self, word: str) -> tuple[str, ...]:
        """Longer words that begin with ``word``, the most frequent first, at most ``MOST_COMPLETIONS``."""
        longer = (other for other in self.seen if other.startswith(word) and other != word)
        return tuple(sorted(longer, key=lambda o: (-self.seen[o], o))[:MOST_COMPLETIONS])


def shelf_of_words(word: str) -> str:
    """The partition of the lexicon that knows the word."""
    return f"~{word[:_STEM]}"


def stem(word: str) -> str:
    """The word without a plural's s, so that ``mugs`` finds a mug; ``glass`` and ``bus`` stay."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-1]


def _telling(text: str) -> Iterable[str]:
    return (stem(word[:_LONGEST_WORD]) for word in words(text) if word not in _UNSAID)


def marked_words(product: Product) -> tuple[str, ...]:
    """The words that the product is found by, each once with its best field, at most ``MOST_WORDS``."""
    fields = (
        (NAME, product.name),
        (BRAND, product.brand),
        (TEXT, " ".join((*product.category_path, *facets_of(product).values()))),
        (TEXT, product.description),
    )
    best: dict[str, str] = {}
    for field, text in fields:
        for word in _telling(text):
            best.setdefault(word, field)
    return tuple(f"{field}:{word}" for word, field in islice(best.items(), MOST_WORDS))


def postings(product: Product) -> tuple[Posting, ...]:
    """The product under each of its words; none while it is not sold."""
    marked = marked_words(product) if product.is_sold else ()
    return tuple(_posting(product, mark, marked) for mark in marked)


def _posting(product: Product, mark: str, marked: tuple[str, ...]) -> Posting:
    field, _, word = mark.partition(":")
    popularity = min(product.popularity, _POPULARITY - 1)
    rank = WEIGHTS[field] * _POPULARITY + popularity
    return Posting(id=product.id, token=word, rank=rank, popularity=popularity, words=marked)


def asked_words(text: str) -> tuple[str, ...]:
    """The words of a query that count, each once, at most ``MOST_ASKED``."""
    return tuple(islice(dict.fromkeys(_telling(text)), MOST_ASKED))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word of a query stands for: itself, and longer words that begin with it."""

    word: str
    completions: tuple[str, ...]
    seen: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """The partitions that it is found in."""
        return (self.word, *self.completions)

    @property
    def marks(self) -> tuple[str, ...]:
        """The marked words of a posting that it matches."""
        return tuple(f"{field}:{token}" for field in WEIGHTS for token in self.tokens)

    def points(self, marked: Iterable[str]) -> int:
        """How well it matches: by field first, then itself before a longer word; 0 is no match."""
        tokens = frozenset(self.tokens)
        parted = (mark.partition(":") for mark in marked)
        scores = (
            2 * WEIGHTS[field] + (word == self.word) for field, _, word in parted if word in tokens
        )
        return max(scores, default=0)


def meaning(word: str, lexicon: Lexicon | None) -> Meaning:
    """What the word stands for, as far as the lexicon of its first letters knows."""
    if lexicon is None:
        return Meaning(word, (), 0)
    completions = lexicon.completions(word)
    seen = sum(lexicon.seen.get(token, 0) for token in (word, *completions))
    return Meaning(word, completions, seen)


def rarest_first(meanings: Iterable[Meaning]) -> tuple[Meaning, ...]:
    """The meanings, the one that fewest products have first."""
    return tuple(sorted(meanings, key=lambda one: (one.seen, one.word)))


def score(posting: Posting, meanings: Iterable[Meaning]) -> int:
    """How high a product that has every word ranks: all points first, then popularity; then by id."""
    points = sum(one.points(posting.words) for one in meanings)
    return points * _POPULARITY + posting.popularity
