"""Values of the protocol to bytes and back, and bytes that are none."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.eventhubs_emulator import decode, encode
from tools.eventhubs_emulator.decode import Malformed
from tools.eventhubs_emulator.values import Described, Symbol, text

_SYMBOLS = st.text(st.characters(codec="ascii"), max_size=300).map(Symbol)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.binary(max_size=300),
    st.uuids(),
    _SYMBOLS,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.text(max_size=9), inner, max_size=4),
        st.builds(Described, st.integers(0, 2**64 - 1) | _SYMBOLS, inner),
    ),
    max_leaves=10,
)


@given(_VALUES, st.binary(max_size=5))
def test_what_was_written_is_read_again_and_nothing_more(value: object, after: bytes) -> None:
    """Every value survives, and reading or skipping it ends where it ends."""
    raw = encode.again(value)

    assert decode.value(raw + after, 0) == (value, len(raw))
    assert decode.skip(raw + after, 0) == len(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_malformed(raw: bytes) -> None:
    """Nothing that a client sends can do more than end its connection."""
    try:
        decode.value(raw, 0)
    except (Malformed, IndexError, ValueError, TypeError):
        pass
    except Exception as error:
        assert type(error).__name__ == "error"  # noqa: PT017 - struct.error has no other name


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"\x40", None),
        (b"\x41", True),
        (b"\x42", False),
        (b"\x43", 0),
        (b"\x44", 0),
        (b"\x45", []),
        (b"\x50\xff", 255),
        (b"\x51\xff", -1),
        (b"\x52\x07", 7),
        (b"\x53\x07", 7),
        (b"\x54\xfe", -2),
        (b"\x55\xfe", -2),
        (b"\x56\x01", True),
        (b"\x60\x01\x00", 256),
        (b"\x61\xff\xff", -1),
        (b"\x70\x00\x01\x00\x00", 65536),
        (b"\x71\xff\xff\xff\xff", -1),
        (b"\x72\x3f\x80\x00\x00", 1.0),
        (b"\x73\x00\x00\x00\x41", "A"),
        (b"\x83\x00\x00\x00\x00\x00\x00\x00\x05", 5),
        (b"\xa3\x02ab", Symbol("ab")),
        (b"\xc0\x03\x02\x41\x42", [True, False]),
        (b"\xc1\x04\x02\xa1\x01a", None),
        (b"\xe0\x04\x02\x52\x01\x02", [1, 2]),
    ],
)
def test_the_wire_forms_of_the_standard(raw: bytes, value: object) -> None:
    if raw[0] == 0xC1:
        raw += b"\x41"
        value = {"a": True}
    assert decode.value(raw, 0)[0] == value


@pytest.mark.parametrize("raw", [b"", b"\x10", b"\x4f", b"\xa2\x00", b"\x3f"])
def test_unknown_types_are_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode.value(raw, 0)


def test_values_inside_values_have_an_end() -> None:
    raw = encode.NULL
    for _ in range(40):
        raw = encode.list_of([raw])

    with pytest.raises(Malformed, match="too deep"):
        decode.value(raw, 0)


def test_arrays_and_large_things_have_four_byte_sizes() -> None:
    long = "x" * 300

    assert decode.value(encode.strings(["a", long]), 0)[0] == ["a", long]
    assert decode.value(encode.symbols(["a"]), 0)[0] == ["a"]
    assert decode.binary_at(encode.binary(long.encode()), 0) == long.encode()
    with pytest.raises(Malformed, match="no binary"):
        decode.binary_at(encode.string("a"), 0)


def test_what_was_never_decoded_cannot_be_echoed() -> None:
    with pytest.raises(TypeError, match="object is no AMQP value"):
        encode.again(object())


def test_names_come_as_text_or_bytes() -> None:
    assert (text(b"a"), text(Symbol("a")), text(UUID(int=0))) == ("a", "a", str(UUID(int=0)))
