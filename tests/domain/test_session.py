"""Guest sessions: good until they end, and never forged."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.keys import Keys, bytes_of, text_of
from domain.session import SEED_BYTES, GuestSession, read, start

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
ENDS = NOW + timedelta(days=14)
SECRET = b"s" * 32
SEED = bytes(range(16))
TOKEN = start(SECRET, SEED, ENDS)


def good() -> GuestSession:
    session = read(Keys(SECRET), TOKEN, NOW)
    assert session is not None
    return session


def test_a_session_names_its_guest_and_its_end() -> None:
    session = good()

    assert session.user_id.startswith("guest:")
    assert len(session.user_id) == len("guest:") + 22
    assert session.expires_at == ENDS
    assert len(session.csrf_token) == 22
    assert read(Keys(SECRET), start(SECRET, SEED, ENDS), NOW) == session


def test_the_token_tells_neither_guest_nor_csrf_token() -> None:
    raw = bytes_of(TOKEN) or b""

    assert text_of(raw[:SEED_BYTES]) != good().csrf_token
    assert good().user_id.removeprefix("guest:") not in TOKEN
    assert good().csrf_token not in TOKEN


def test_another_seed_is_another_guest() -> None:
    other = read(Keys(SECRET), start(SECRET, SEED[::-1], ENDS), NOW)

    assert other is not None
    assert other.user_id != good().user_id
    assert other.csrf_token != good().csrf_token


def test_a_session_ends_at_its_second() -> None:
    assert read(Keys(SECRET), TOKEN, ENDS - timedelta(microseconds=1)) is not None
    assert read(Keys(SECRET), TOKEN, ENDS) is None


def test_a_guest_stays_the_same_guest_while_the_secret_rolls() -> None:
    assert read(Keys(b"n" * 32, SECRET), TOKEN, NOW) == good()
    assert read(Keys(SECRET, b"n" * 32), TOKEN, NOW) == good()
    assert read(Keys(b"n" * 32, b"m" * 32), TOKEN, NOW) is None


def test_another_shop_does_not_take_it() -> None:
    assert read(Keys(b"t" * 32), TOKEN, NOW) is None


@given(st.integers(0, 37 * 8 - 1))
def test_no_flipped_bit_is_accepted(bit: int) -> None:
    """A token with any one bit flipped, in seed, expiry or signature, is refused."""
    raw = int.from_bytes(bytes_of(TOKEN) or b"")

    assert read(Keys(SECRET), text_of((raw ^ 1 << bit).to_bytes(37)), NOW) is None


@given(st.data())
def test_no_other_text_of_the_token_is_accepted(data: st.DataObject) -> None:
    """A token with any one letter changed is refused, also where only spare bits differ."""
    place = data.draw(st.integers(0, len(TOKEN) - 1))
    letter = data.draw(st.characters(exclude_characters=TOKEN[place]))

    assert read(Keys(SECRET), TOKEN[:place] + letter + TOKEN[place + 1 :], NOW) is None


@given(st.binary(max_size=60))
def test_no_made_up_bytes_are_accepted(raw: bytes) -> None:
    """Nothing that the shop did not sign is a session."""
    assert read(Keys(SECRET), text_of(raw), NOW) is None


@given(st.text(max_size=60))
def test_no_made_up_text_is_accepted(text: str) -> None:
    """Whatever stands in the cookie, reading it refuses and never fails."""
    assert read(Keys(SECRET), text, NOW) is None
