"""The recorded word of a participant."""

from domain.participant import RecordedWord, word_id
from domain.saga import Word


def test_a_word_lies_beside_its_order() -> None:
    word = RecordedWord(
        id=word_id("payment", "o-1"),
        user_id="g-1",
        order_id="o-1",
        participant="payment",
        word=Word("failed", "declined", 3),
    )

    assert (word.id, word.container, word.partition) == ("word:payment:o-1", "Orders", "g-1")
    assert word.sequence == 0
    found = RecordedWord.of_json(word.json_text(), "1")
    assert (found.word, found.version) == (Word("failed", "declined", 3), "1")
