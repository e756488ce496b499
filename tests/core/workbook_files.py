"""Excel workbooks for tests, made by hand: only what a reader needs of them."""

import io
import zipfile
from xml.sax.saxutils import escape

_NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


class Formula(str):
    """A cell with this formula; `value` is what a spreadsheet found last, None for nothing."""

    __slots__ = ("value",)

    def with_value(self, value):
        self.value = value
        return self


class Day(float):
    """A date as a workbook has it: days since 1899-12-30, in a style of dates."""


def workbook(rows, *, more=()):
    """The bytes of a workbook with these rows in its first sheet; `more` are other members."""
    sheet = "".join(_row(number, row) for number, row in enumerate(rows, 1) if row)
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_NAMESPACE} xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="rId7"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId7", "worksheet", "worksheets/sheet3.xml"), ("rId8", "styles", "styles.xml")
        ),
        "xl/styles.xml": f'<styleSheet {_NAMESPACE}><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet3.xml": f"<worksheet {_NAMESPACE}><sheetData>{sheet}</sheetData>"
        "</worksheet>",
        **dict(more),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _row(number, row):
    cells = "".join(_cell(f"{_letters(i)}{number}", value) for i, value in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _cell(place, value):
    if value is None:
        return ""
    if isinstance(value, Formula):
        found = f"<v>{value.value}</v>" if hasattr(value, "value") else ""
        return f'<c r="{place}"><f>{escape(value)}</f>{found}</c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Day):
        return f'<c r="{place}" s="1"><v>{float(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _relations(*links):
    tags = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{tags}</Relationships>'


def _letters(column):
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)
