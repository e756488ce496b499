import gzip
import io

import pytest

from tables.core.errors import InvalidRequest
from tables.core.file_formats import FileReading, Look, look_at
from tables.core.file_rows import head_of, rows_of
from tables.core.file_text import BadByte
from tests.core.workbook_files import workbook

TYPED = b'{"id": {"S": "a"}, "n": {"N": "1"}}'
PLAIN = b'{"id": "a", "n": 1}'


def look(data, **chosen):
    return look_at(io.BytesIO(data), **chosen)


@pytest.mark.parametrize(
    ("data", "reading"),
    [
        (PLAIN + b"\n" + PLAIN, FileReading("json_lines")),
        (TYPED + b"\n" + TYPED, FileReading("typed_lines")),
        (TYPED + b"\n" + PLAIN, FileReading("json_lines")),
        (b'{"id": nonsense}\n' + TYPED, FileReading("typed_lines")),
        (b'{"Item":%b}\n{"Item":%b}\n' % (TYPED, TYPED), FileReading("export_lines")),
        (b'{"Item":%b}\n' % PLAIN, FileReading("json_lines")),
        # One bad line among many is refused itself, and makes no other format.
        (b'{"Item":%b}\n' % TYPED * 3 + PLAIN, FileReading("export_lines")),
        (b'{"n": {"X": "1"}}\n' + TYPED + b"\n" + TYPED, FileReading("typed_lines")),
        (b" \n[" + PLAIN + b"]", FileReading("json_array", start=3)),
        (b"[" + TYPED + b"," + TYPED + b"]", FileReading("typed_array", start=1)),
        (b"[]", FileReading("json_array", start=1)),
        (b'{"Items": [%b], "Count": 1}' % TYPED, FileReading("scan", start=11)),
        (b'{\n    "Count": 1, "Items": [\n%b]}' % TYPED, FileReading("scan", start=28)),
        (b'{"Orders": [{"PutRequest": {"Item": {}}}]}', FileReading("put_requests", start=12)),
        (b'\xef\xbb\xbf{"Items": []}', FileReading("scan", start=14)),
        (gzip.compress(TYPED), FileReading("typed_lines", is_compressed=True)),
        (workbook([["id"]]), FileReading("xlsx")),
    ],
)  # fmt: skip
def test_a_file_tells_its_format_by_its_first_bytes(data, reading):
    assert look(data) == Look(reading)
    assert reading.is_decided


@pytest.mark.parametrize(
    ("data", "encoding", "delimiter", "heads"),
    [
        (b"id,name\na,b", "utf-8", ",", {",": ["id", "name"]}),
        (b"id;name\na,b", "utf-8", ";", {";": ["id", "name"]}),
        (b'"id, or so"\tname\n', "utf-8", "\t", {"\t": ["id, or so", "name"]}),
        (b"id\na,b", "utf-8", ",", {",": ["id"]}),
        (b'\xef\xbb\xbf"id"|b\r\n', "utf-8", "|", {"|": ["id", "b"]}),
        ("\ufeffid,é\n".encode("utf-16-le"), "utf-16-le", ",", {",": ["id", "é"]}),
        ("\ufeffid,é\n".encode("utf-16-be"), "utf-16-be", ",", {",": ["id", "é"]}),
        (b'id,"two\r\nlines"\r\na,b', "utf-8", ",", {",": ["id", "two\r\nlines"]}),
        (gzip.compress(b"id,n\n"), "utf-8", ",", {",": ["id", "n"]}),
    ],
)  # fmt: skip
def test_a_sheet_tells_its_encoding_by_a_mark_or_by_being_utf_8(data, encoding, delimiter, heads):
    found = look(data)
    assert found.heads == heads
    assert (found.reading.encoding, found.reading.delimiter) == (encoding, delimiter)
    assert found.reading.is_decided


@pytest.mark.parametrize("line", [b"sep=;", b'"sep=;"', b"\xef\xbb\xbfSEP=;"])
def test_the_first_line_may_say_what_cuts_the_others(line):
    data = line + b"\r\nid;name, first\r\na;b\r\n"
    found = look(data)
    assert (found.reading.delimiter, found.heads[";"]) == (";", ["id", "name, first"])
    assert look(data, delimiter=",").reading.delimiter == ","
    stream = io.BytesIO(data)
    assert head_of(stream, found.reading) == ["id", "name, first"]
    (row,) = rows_of(stream, found.reading)
    assert (row.line, row.number, row.cells) == (3, 1, ["a", "b"])
    assert list(rows_of(stream, found.reading, row.after)) == []


def test_two_delimiters_in_the_first_line_are_a_question():
    found = look(b"id,name;place\na,b;c\n")
    assert not found.reading.is_decided
    assert found.heads == {",": ["id", "name;place"], ";": ["id,name", "place"]}
    assert look(b"id,name;place\n", delimiter=";").reading == FileReading("csv", delimiter=";")


def test_bytes_that_are_no_utf_8_are_a_question_with_samples():
    data = b"id;name\n" + b"1;plain\n" * 100_000 + "2;Žižkov\n".encode("cp1250")
    found = look(data)
    assert not found.reading.is_decided
    assert found.bad == BadByte(800_010, 100_002, 3, 0x8E)
    assert found.lines["cp1250"] == ["2;Žižkov"]
    assert found.lines["cp1252"] == ["2;Žižkov"]
    chosen = look(data, encoding="cp1250").reading
    assert chosen == FileReading("csv", encoding="cp1250", delimiter=";")
    assert chosen.is_decided


def test_two_bytes_a_character_without_a_mark_are_a_question():
    found = look("id,name\n1,é\n".encode("utf-16-le"))
    assert (found.reading.encoding, found.bad) == ("", None)
    assert found.lines["utf-16-le"] == ["1,é"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xe0\x01\x00\xea\xee", "Amazon Ion is not read"),
        (b"$ion_1_0 {Item:{id:1}}", "Amazon Ion is not read"),
        (gzip.compress(b"$ion_1_0 {Item:{id:1}}"), "Amazon Ion is not read"),
        (b"PAR1....", "Parquet is not read"),
        (b"\xd0\xcf\x11\xe0\xa1", "old XLS"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff", "an image"),
        (b"\x7fELF\x02\x01\x01\0\xffmore", "This is no text"),
        (b"sep=:\nid:name\n", "':' is no delimiter"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"id,name\ra,b\r", "end in CR alone"),
        (b"\x1f\x8b\x08broken", "damaged or cut off"),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(data, message):
    with pytest.raises(InvalidRequest, match=message):
        look(data)


@pytest.mark.parametrize("chosen", [{"encoding": "rot13"}, {"delimiter": "::"}])
def test_only_what_is_offered_can_be_chosen(chosen):
    with pytest.raises(InvalidRequest, match="that is read"):
        look(b"id,n\n", **chosen)
