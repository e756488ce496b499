import contextlib
import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tables.core.errors import InvalidRequest, TablesError
from tables.core.sheet_cells import MIXED, defused, exact_cell, guarded, unguarded, value_of
from tables.core.updates import same_value
from tables.core.values import TYPES
from tests.core.strategies import TEXT, VALUES

KINDS = [*TYPES, MIXED]


def through_csv(cell):
    """The cell as it comes back out of a file."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([cell])
    file.seek(0)
    ((back,),) = csv.reader(file, strict=True)
    return back


@given(VALUES, st.sampled_from(KINDS))
@example({"S": ""}, "S")
@example({"S": "'=1"}, "S")
@example({"S": "\0\r\n\"',;\t"}, "S")
@example({"S": ':{"S": "a"}'}, "S")
@example({"B": "+A=="}, "B")
@example({"B": ""}, "B")
@example({"SS": ["", "="]}, "SS")
@example({"N": "-0.00000000000000000000000000000000000000000001"}, "S")
@example({"M": {"a": {"SS": ["b"]}}}, "M")
def test_every_value_comes_back_out_of_a_column_of_every_kind(value, kind):
    cell = through_csv(exact_cell(value, kind))
    assert cell
    assert same_value(value_of(cell, kind), value)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_cell_is_an_absent_attribute(kind):
    assert exact_cell(None, kind) == ""
    assert value_of("", kind) is None


@given(TEXT)
def test_no_text_in_an_exact_cell_is_a_formula_or_empty(text):
    assert guarded(text)[0] not in "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - meant
    assert unguarded(guarded(text)) == text


def test_two_texts_that_read_alike_in_todays_cells_differ_in_exact_ones():
    assert defused("=1") == defused("'=1")
    assert [guarded("=1"), guarded("'=1")] == ["'=1", "''=1"]


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("TRUE", "BOOL", {"BOOL": True}),
        (" false ", "BOOL", {"BOOL": False}),
        ("NULL", "NULL", {"NULL": True}),
        ("1.50", "N", {"N": "1.5"}),
        (" 7 ", "N", {"N": "7"}),
        ("[1, 2.0]", "NS", {"NS": ["1", "2"]}),
        ('["1"]', "NS", {"NS": ["1"]}),
        ('{"a": [1]}', "M", {"M": {"a": {"L": [{"N": "1"}]}}}),
        ("plain", "S", {"S": "plain"}),
    ],
)
def test_what_people_write_is_read_too(cell, kind, value):
    assert value_of(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "kind", "message"),
    [
        ("1,5", "N", "decimal digits"),
        ("\u0661", "N", "decimal digits"),
        ("yes", "BOOL", "true or false"),
        ("-", "NULL", "takes null"),
        ("AB", "B", "base64"),
        ("[]", "SS", "at least one value"),
        ("[1, 1.0]", "NS", "same value twice"),
        ("[true]", "NS", "JSON string"),
        ("[1", "L", "The cell is not valid JSON"),
        ("[1]", "M", "takes JSON of that type"),
        ('{"a": 1, "a": 2}', "M", "twice"),
        ('{"X": 1}', MIXED, "not a type"),
        (':{"N": "one"}', "S", "decimal digits"),
        ("[" * 40 + "]" * 40, "L", "nested more than"),
    ],
)
def test_a_cell_of_another_kind_is_refused(cell, kind, message):
    with pytest.raises(InvalidRequest, match=message):
        value_of(cell, kind)


@given(TEXT, st.sampled_from(KINDS))
def test_any_text_is_read_as_one_value_or_refused_in_words(cell, kind):
    with contextlib.suppress(TablesError):
        value = value_of(cell, kind)
        assert value is None or len(value) == 1
