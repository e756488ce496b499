import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.errors import InvalidRequest, TooLarge
from tables.core.file_formats import FileReading, look_at
from tables.core.file_rows import head_of, places_of, rows_of
from tables.core.sheets import csv_lines
from tables.core.values import dumps
from tests.core.strategies import ITEMS, TEXT
from tests.core.workbook_files import Formula, workbook


def read(data, place=None):
    stream = io.BytesIO(data)
    return list(rows_of(stream, look_at(stream).reading, place))


def told(row):
    """The line, the number and the cells, the item or the words of a row."""
    return (row.line, row.number, row.error.message if row.error else row.item or list(row.cells))


def test_rows_of_a_sheet_know_their_line_and_their_number():
    rows = read(b'id,name\n\na,"two\nlines"\r\nb,c\n')
    assert [told(row) for row in rows] == [(3, 1, ["a", "two\nlines"]), (5, 2, ["b", "c"])]


UNFIT = "a cell has no closing quote, or a quote in it is not written twice."
BROKEN = {
    b'"b","never closed\n': UNFIT,
    b'b,"closed" twice\n': UNFIT,
    b'b,"a\nb"c\n': UNFIT,
    b"b,a\rb\n": "a CR stands in a cell without quotes around it.",
}


@pytest.mark.parametrize(("broken", "words"), BROKEN.items())
def test_a_quote_too_many_loses_its_own_line_alone(broken, words):
    rows = read(b'id,name\n"a","1"\n' + broken + b'"c","3"\n"d","4"\n')
    good = [row.cells for row in rows if row.error is None]
    assert [good[0], *good[-2:]] == [["a", "1"], ["c", "3"], ["d", "4"]]
    bad = next(row for row in rows if row.error)
    assert (bad.line, bad.number) == (3, 2)
    assert bad.error.message == f"The line can't be read as CSV: {words}"


def test_a_quote_that_never_closes_does_not_swallow_the_rest(monkeypatch):
    rows = read(b'id,name\na,"open\n' + b"b,c\n" * 1000)
    assert [row.error is None for row in rows] == [False, *[True] * 1000]


def test_a_line_that_is_too_long_loses_itself_alone(monkeypatch):
    monkeypatch.setattr("tables.core.file_text.MAX_LINE", 50)
    rows = read(b"id,name\na," + b"x" * 100 + b"\nb,c\n")
    assert [told(row) for row in rows] == [
        (2, 1, "A line is longer than 50 bytes."),
        (3, 2, ["b", "c"]),
    ]
    assert isinstance(rows[0].error, TooLarge)


@given(
    st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.booleans(),
    st.data(),
)
def test_reading_a_sheet_goes_on_after_any_row(cells, encoding, is_compressed, data):
    text = csv_lines([["id", "name"], *cells]).decode()
    file = ("\ufeff" + text).encode(encoding)
    file = gzip.compress(file) if is_compressed else file
    rows = read(file)
    assert [row.cells for row in rows] == cells
    if rows:
        last = data.draw(st.sampled_from(rows))
        assert read(file, last.after) == rows[last.number :]


def _lines(items):
    return b"\n".join(dumps(item) for item in items)


def _exported(items):
    return gzip.compress(b"".join(b'{"Item":%b}\n' % dumps(item) for item in items))


def _scanned(items):
    return b'{\n "Items": [%b\n],\n "Count": 3}' % b",\n".join(dumps(item) for item in items)


def _put(items):
    requests = b",\n ".join(b'{"PutRequest": {"Item": %b}}' % dumps(item) for item in items)
    return b'{"Orders": [%b]}' % requests


@given(
    st.lists(ITEMS.filter(bool), min_size=1, max_size=4),
    st.sampled_from([_lines, _exported, _scanned, _put]),
    st.data(),
)
def test_typed_items_are_read_whole_and_reading_goes_on_after_any(items, written, data):
    file = written(items)
    rows = read(file)
    assert [row.item for row in rows] == items
    assert all(row.is_typed for row in rows)
    last = data.draw(st.sampled_from(rows))
    assert read(file, last.after) == rows[last.number :]


def test_items_of_plain_json_keep_their_digits():
    number = "1234567890123456789012345678901234567.8"
    (row,) = read(b'[{"id": "a", "n": %b}]' % number.encode())
    assert (row.item, row.is_typed) == ({"id": {"S": "a"}, "n": {"N": number}}, False)


MIXED = [
    (b'{"id": "a"}\n{"id": }\n\n7\n{"id": "b", "id": "c"}\n{"id": "d"}', [1, 2, 4, 5, 6]),
    (b'[{"id": "a"},\n{"id": },\n7,\n{"id": "b", "id": "c"},\n{"id": "d"}]', [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("data", "lines"), MIXED)
def test_what_is_no_item_stops_none(data, lines):
    rows = read(data)
    assert [row.line for row in rows] == lines
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.item for row in rows] == [{"id": {"S": "a"}}, None, None, None, {"id": {"S": "d"}}]
    words = [row.error.message for row in rows if row.error]
    assert "The line is not valid JSON" in words[0]
    assert words[1] == "An item is a JSON object."
    assert "stands twice" in words[2]


def test_bytes_that_are_no_utf_8_lose_their_line_alone():
    rows = read(b'{"id": "a"}\n{"id": "\xff"}\n{"id": "b"}\n')
    assert [row.error is None for row in rows] == [True, False, True]
    assert "not UTF-8" in rows[1].error.message


def test_only_puts_are_taken_of_a_file_of_requests():
    rows = read(b'{"T": [{"PutRequest": {"Item": {}}}, {"DeleteRequest": {"Key": {}}}]}')
    assert rows[1].error.message == "This is no object of 'PutRequest' alone."


def test_requests_of_a_second_table_are_not_passed_over():
    with pytest.raises(InvalidRequest, match="another table follow"):
        read(b'{"T": [{"PutRequest": {"Item": {}}}], "U": [{"PutRequest": {"Item": {}}}]}')


SCAN = b'{"Count": 1, "Items": [{"id": {"S": "a"}}]'


@pytest.mark.parametrize(
    "data",
    [
        b'[{"id": "a"}] \n',
        SCAN + b"}",
        SCAN + b', "ScannedCount": 1, "LastEvaluatedKey": {"id": {"S": "a"}}, "C": null}\n',
    ],
)
def test_what_belongs_to_an_array_may_follow_it(data):
    assert [row.item for row in read(data)] == [{"id": {"S": "a"}}]


@pytest.mark.parametrize(
    "data",
    [
        b'[{"id": "a"}]\n[{"id": "b"}]',
        b'[{"id": "a"}] x',
        SCAN + b"}\n" + SCAN + b"}",
        SCAN,
        SCAN + b', "Items": []}',
        b"[" + b'{"id": "a"},' * 6000 + b'{"id": "a"}]' + b" " * 40_000 + b'[{"id": "b"}]',
    ],
)
def test_more_items_behind_an_array_are_not_passed_over(data):
    with pytest.raises(InvalidRequest, match="More follows the array"):
        read(data)


def test_an_array_that_breaks_off_says_so_after_what_could_be_read():
    stream = io.BytesIO(b'[{"id": "a"}, {"id": "b"}')
    rows = rows_of(stream, FileReading("json_array", start=1))
    assert next(rows).item == {"id": {"S": "a"}}
    with pytest.raises(InvalidRequest, match="ends before its array does"):
        next(rows)


def test_rows_of_a_workbook_have_the_numbers_of_their_lines_there():
    file = workbook([[], ["id", "n"], ["a", 1], [], ["b", Formula("1")]])
    rows = read(file)
    assert [told(row) for row in rows] == [(3, 1, ["a", "1"]), (5, 2, ["b", ""])]
    assert list(rows[1].unsure) == [1]
    assert read(file, rows[0].after) == rows[1:]
    assert head_of(io.BytesIO(file), FileReading("xlsx")) == ["id", "n"]


def test_the_heads_are_the_first_line_with_anything_in_it():
    assert head_of(io.BytesIO(b"\n\nid;n\na;1\n"), FileReading("csv", delimiter=";")) == ["id", "n"]
    with pytest.raises(InvalidRequest, match="is empty"):
        head_of(io.BytesIO(b"\n\n"), FileReading("csv", delimiter=";"))
    with pytest.raises(InvalidRequest, match="can't be read as CSV"):
        head_of(io.BytesIO(b'id,"n\n'), FileReading("csv", delimiter=","))


@pytest.mark.parametrize(
    "data",
    [
        b'{"id": "a"}\n\n{"id": broken}\n{"id": "c"}',
        b'[{"id": "a"},\n {"id": broken}, {"id": "c"}]',
        b'id,name\na,"two\nlines"\n"b","closed" twice\nc,d\n',
    ],
    ids=["lines", "array", "sheet"],
)
def test_rows_that_are_counted_are_those_that_are_read(data):
    stream = io.BytesIO(data)
    places = list(places_of(stream, look_at(stream).reading))
    assert places == [row.after for row in read(data)]
    assert len(places) == 3
