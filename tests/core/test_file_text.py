import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core import file_text
from tables.core.errors import InvalidRequest, TooLarge
from tables.core.file_text import (
    BadByte,
    Lines,
    as_utf8,
    first_bad_byte,
    inflated,
    marked_encoding,
    samples,
)


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 9), st.sampled_from("\n\r ä")
)
def test_the_first_bad_byte_is_found_wherever_blocks_end(text, block, after):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(file_text, "_BLOCK", block)
        assert first_bad_byte(io.BytesIO(text.encode())) is None
        found = first_bad_byte(io.BytesIO(text.encode() + b"\xff" + after.encode()))
    line = text.count("\n") + 1
    column = len(text.rpartition("\n")[2]) + 1
    assert found == BadByte(len(text.encode()), line, column, 0xFF)


def test_only_so_much_is_looked_at_while_somebody_waits(monkeypatch):
    monkeypatch.setattr(file_text, "_BLOCK", 10)
    monkeypatch.setattr(file_text, "MAX_LOOKED_AT", 30)
    stream = io.BytesIO("aé".encode() * 40 + b"\xff")
    assert first_bad_byte(stream) is None
    assert stream.tell() == 30


def test_a_character_cut_off_at_the_end_is_a_bad_byte():
    assert first_bad_byte(io.BytesIO("a\né".encode()[:-1])) == BadByte(2, 2, 1, 0xC3)


def test_a_mark_tells_the_encoding_and_nothing_else_does():
    starts = (b"\xef\xbb\xbfa", b"\xff\xfea\0", b"\xfe\xff\0a", b"a")
    assert [*map(marked_encoding, starts)] == ["utf-8", "utf-16-le", "utf-16-be", None]


def test_the_lines_that_tell_are_shown_in_every_encoding_that_can_be_meant():
    text = "id;name\n1;plain\n2;Žižkov’s “pub”\n"
    assert samples(text.encode("cp1250")) == {
        "cp1252": ["2;Žižkov’s “pub”"],
        "cp1250": ["2;Žižkov’s “pub”"],
        "latin-1": ["2;\x8ei\x9ekov\x92s \x93pub\x94"],
    }
    wide = samples(text.encode("utf-16-le"))
    assert (list(wide), wide["utf-16-le"]) == (["utf-16-le", "utf-16-be"], ["2;Žižkov’s “pub”"])


def test_of_a_long_line_is_shown_what_tells_encodings_apart():
    line = f"{'a' * 900}é{'b' * 900}"
    for (shown,) in samples(line.encode("cp1252")).values():
        assert shown.startswith("…a")
        assert shown.endswith("b")
        assert not shown[1:].isascii()
        assert len(shown) <= 201


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 40))
def test_text_in_another_encoding_is_read_as_utf_8_from_any_place(text, offset):
    marked = "\ufeff" + text.lstrip("\ufeff")
    read = as_utf8(io.BytesIO(marked.encode("utf-16-le")), "utf-16-le")
    expected = text.lstrip("\ufeff").encode()
    assert read.read() == expected
    read.seek(offset)
    assert read.read() == expected[offset:]


def test_a_mark_of_utf_8_is_no_text():
    assert as_utf8(io.BytesIO(b"\xef\xbb\xbfid"), "utf-8").read() == b"id"


def test_a_byte_that_the_chosen_encoding_lacks_is_told():
    with pytest.raises(InvalidRequest, match="not in the encoding that was chosen"):
        as_utf8(io.BytesIO(b"a\x81"), "cp1252").read()


@given(st.binary(max_size=500), st.integers(0, 600))
def test_what_a_gzip_file_holds_is_read_from_any_place(data, offset):
    # Members follow each other, as in an export that was written in pieces.
    read = inflated(io.BytesIO(gzip.compress(data) + gzip.compress(data)))
    assert read.read() == data + data
    read.seek(offset)
    assert read.read() == (data + data)[offset:]


def test_a_gzip_file_is_not_unpacked_beyond_the_limit():
    packed = io.BytesIO(gzip.compress(b"\0" * 50_000_000))
    with pytest.raises(TooLarge, match="more than 1000000 bytes"):
        inflated(packed, limit=1_000_000).read()
    assert packed.tell() < 20_000


@pytest.mark.parametrize(
    "data", [gzip.compress(b"a" * 100)[:-9], b"\x1f\x8bno", gzip.compress(b"a") + b"rest"]
)
def test_a_damaged_gzip_file_is_refused_in_words(data):
    with pytest.raises(InvalidRequest, match="damaged or cut off"):
        inflated(io.BytesIO(data)).read()


def test_lines_are_given_again_from_the_second_of_a_row_on():
    lines = Lines(io.BytesIO(b"a\nb\nc\nd"))
    assert next(lines) == b"a\n"
    lines.begin()
    assert [next(lines), next(lines)] == [b"b\n", b"c\n"]
    lines.go_back()
    assert (lines.number, lines.offset) == (2, 4)
    lines.begin()
    assert list(lines) == [b"c\n", b"d"]
    assert (lines.number, lines.offset) == (4, 7)


def test_a_line_beyond_all_items_is_passed_over(monkeypatch):
    monkeypatch.setattr(file_text, "MAX_LINE", 10)
    monkeypatch.setattr(file_text, "_BLOCK", 7)
    lines = Lines(io.BytesIO(b"a\n" + b"x" * 100 + b"\nb\n"))
    assert next(lines) == b"a\n"
    with pytest.raises(TooLarge, match="longer than 10 bytes"):
        next(lines)
    assert (next(lines), lines.number, lines.offset) == (b"b\n", 3, 105)
