import io
import zipfile

import pytest

from tables.core import workbooks
from tables.core.errors import InvalidRequest, TooLarge
from tables.core.workbooks import workbook_rows
from tests.core.workbook_files import Day, Formula, workbook


def rows_of(data):
    return list(workbook_rows(io.BytesIO(data)))


def test_cells_are_text_as_people_write_it():
    (heads, row) = rows_of(
        workbook(
            [
                ["id", "count", "price", "big", "on", "day", "time"],
                ["a\nb", 5, 0.5, 1e20, True, Day(45352), Day(45352.5)],
            ]
        )
    )
    assert heads == (1, ["id", "count", "price", "big", "on", "day", "time"], {})
    assert row == (
        2,
        ["a\nb", "5", "0.5", "100000000000000000000", "TRUE", "2024-03-01", "2024-03-01T12:00:00"],
        {},
    )


def test_a_row_has_the_number_it_has_in_the_spreadsheet():
    rows = rows_of(workbook([[], ["id"], ["a"], [], ["b"]]))
    assert [(line, cells) for line, cells, _ in rows if any(cells)] == [
        (2, ["id"]),
        (3, ["a"]),
        (5, ["b"]),
    ]


def test_a_number_of_more_digits_than_a_spreadsheet_holds_is_in_doubt():
    ((_, cells, unsure),) = rows_of(
        workbook([[123456789012345, 12345678901234567890, 0.1234567890123456, 19.99]])
    )
    assert cells[0] == "123456789012345"
    assert {i: str(words) for i, words in unsure.items()} == {
        1: "A spreadsheet holds 15 digits of a number, and this one has more: write it as text.",
        2: "A spreadsheet holds 15 digits of a number, and this one has more: write it as text.",
    }


@pytest.mark.parametrize("block", [7, 40, 100_000])
def test_a_formula_without_a_value_is_in_doubt_and_an_empty_cell_is_not(monkeypatch, block):
    monkeypatch.setattr(workbooks, "_BLOCK", block)
    rows = [["a", "b", "c"]]
    rows += [
        [1, Formula("A2*2").with_value(2), Formula("A2*3")],
        [2, None, 5],
        [3, Formula("1"), 1],
    ]
    found = rows_of(workbook(rows))
    assert [sorted(unsure) for _, _, unsure in found] == [[], [2], [], [1]]
    assert found[1][1][1] == "2"
    assert "formula without a value" in found[1][2][2]


def test_what_a_workbook_unpacks_to_is_known_before_it_is_unpacked(monkeypatch):
    data = workbook([["a"]], more={"xl/big.bin": b"\0" * 5_000_000}.items())
    monkeypatch.setattr(workbooks, "MAX_INFLATED_WORKBOOK", 4 * 2**20)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(TooLarge, match="unpacks to more than 4 MB"):
        rows_of(data)


def test_columns_count_from_the_first_of_the_sheet():
    ((_, cells, unsure),) = rows_of(workbook([[None, "b", Formula("1")]]))
    assert (cells, list(unsure)) == (["", "b", ""], [2])


def test_a_directory_that_lies_about_a_size_is_refused():
    data = workbook([["a"]], more={"xl/big.bin": b"\0" * 1_000_000}.items())
    lie = data.replace((1_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lie != data
    with pytest.raises(InvalidRequest, match="damaged"):
        rows_of(lie)


def test_a_workbook_of_too_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_WORKBOOK", 2**20)
    with pytest.raises(TooLarge, match="at most 1 MB"):
        rows_of(b"PK\x03\x04" + b"\0" * 2**20)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (workbook([["a"]])[:-30], "damaged or cut off"),
        (b"PK\x03\x04", "damaged or cut off"),
        (workbook([["a"]], more={"xl/worksheets/sheet3.xml": "<no"}.items()), "can't be read"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(data, message):
    with pytest.raises(InvalidRequest, match=message):
        rows_of(data)


def test_another_archive_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "id\n")
    with pytest.raises(InvalidRequest, match="Unpack it first"):
        rows_of(file.getvalue())
