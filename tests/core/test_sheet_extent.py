"""A workbook of a kilobyte must not make its reader ask for more memory than there is."""

import io
import zipfile

import pytest

from tables.core import sheet_extent, workbooks
from tables.core.errors import InvalidRequest, TooLarge
from tables.core.workbooks import require_workbook_fits, workbook_rows
from tests.core.workbook_files import workbook

SHEET = "xl/worksheets/sheet3.xml"
APART = "apart; save it as CSV"
UNREAD = "in a way that is not read; save it as CSV"


def sheet(body, start="<worksheet><sheetData>", end="</sheetData></worksheet>"):
    return workbook([], more={SHEET: f"{start}{body}{end}"}.items())


def cells(*places, row="<row>", of='<c r="{}"><v>1</v></c>'):
    return row + "".join(of.format(place) for place in places) + "</row>"


FAR = ("A1", "XFD1048576")


@pytest.mark.parametrize(
    "body",
    [
        cells(*FAR),
        cells("A1") + cells(*["B1"] * 50, row='<row r="1048576">') + cells("XFD1"),
        cells(*FAR, of="<c r='{}'><v>1</v></c>"),
        cells(*FAR, of='<c  t="n"\n s="1" r = "{}" ><v>1</v></c>'),
        cells(*FAR, of='<x:c r="{}"><v>1</v></x:c>'),
        cells("a1", "xfd1048576"),
        "<row>" + "<c><v>1</v></c>" * 3000 + "</row>",
    ],
)
def test_cells_too_far_apart_are_refused_before_they_are_read(body, monkeypatch):
    monkeypatch.setattr(workbooks, "CalamineWorkbook", None)
    with pytest.raises(TooLarge, match=APART):
        list(workbook_rows(io.BytesIO(sheet(body))))


@pytest.mark.parametrize(
    "of",
    [
        '<c x=">" r="{}"><v>1</v></c>',
        '<c x="<" r="{}"><v>1</v></c>',
        '<c r="{}&#48;"><v>1</v></c>',
        '<c r="&#88;{}"><v>1</v></c>',
        '<c r="AAA{}"><v>1</v></c>',
        '<c r="{}0000"><v>1</v></c>',
        f'<c {"x" * 5000}="" r="{{}}"><v>1</v></c>',
    ],
)
def test_places_that_can_not_be_told_are_refused(of, monkeypatch):
    monkeypatch.setattr(workbooks, "_BLOCK", 1000)
    with pytest.raises(InvalidRequest, match=UNREAD):
        require_workbook_fits(io.BytesIO(sheet(cells(*FAR, of=of))))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_another_encoding_is_refused(encoding):
    text = f"<worksheet><sheetData>{cells(*FAR)}</sheetData></worksheet>"
    with pytest.raises(InvalidRequest, match=UNREAD):
        require_workbook_fits(io.BytesIO(workbook([], more={SHEET: text.encode(encoding)}.items())))


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin", "XL/Workbook.BIN"])
def test_other_office_files_are_not_read_as_a_workbook(name):
    with pytest.raises(InvalidRequest, match="no Excel workbook"):
        require_workbook_fits(io.BytesIO(workbook([["a"]], more={name: "<a/>"}.items())))


@pytest.mark.parametrize("block", [11, 100, 100_000])
def test_what_people_make_is_read_however_it_is_cut(monkeypatch, block):
    monkeypatch.setattr(workbooks, "_BLOCK", block)
    rows = [["id", "n < 3", "'c' > \"row\""], *([f"t{n}", n, "<c r='ZZZ9'>"] for n in range(40))]
    assert [row[1][0] for row in workbook_rows(io.BytesIO(workbook(rows)))][1:] == [
        f"t{n}" for n in range(40)
    ]


def test_many_cells_may_take_the_room_that_they_need(monkeypatch):
    monkeypatch.setattr(sheet_extent, "MAX_SPARSE", 10)
    rows = [[1, 2, 3], *[[n] for n in range(30)]]
    assert len(list(workbook_rows(io.BytesIO(workbook(rows))))) == 31
    with pytest.raises(TooLarge, match=APART):
        require_workbook_fits(io.BytesIO(workbook([[1], *[[]] * 200, [1, 2]])))


def test_pictures_beside_a_sheet_are_no_cells():
    noise = bytes(range(256)) * 50 + b"<c r='XFD1048576'" + b"<row" * 10
    assert zipfile.is_zipfile(io.BytesIO(workbook([["a"]])))
    data = workbook([["id"], ["a"]], more={"xl/media/a.png": noise}.items())
    assert len(list(workbook_rows(io.BytesIO(data)))) == 2
