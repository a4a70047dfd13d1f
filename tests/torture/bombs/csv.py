"""Tables that would take long to read, or fill the memory with cells that are not there."""

from __future__ import annotations

import io
import zipfile

from backend.blocks.formats._samples import MEDIA_TYPE, package, workbook
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb

BLOCK = "ReadSpreadsheetBlock"
_ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
_FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _csv(name: str, begin: str, part: str, times: int, end: str, says: str | None, **pins: object) -> Bomb:
    return Bomb(f"csv: {name}", BLOCK, lambda: {"contents": begin + part * times + end, **pins}, says)


def _file(name: str, content: FileContent, says: str | None, **pins: object) -> Bomb:
    given: JsonObject = {"file_input": file_value(content), **pins}
    return Bomb(f"sheet: {name}", BLOCK, lambda: given, says, (content,))


def _sheet(name: str, body: str, says: str | None, before: str = "") -> Bomb:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{before}<worksheet xmlns="{main}">{body}</worksheet>'
    return _file(name, package(f"{name}.xlsx", xml), says)


def _lying(content: FileContent) -> FileContent:
    """The same archive, saying of its last entry that it has ten bytes."""
    data = bytearray(content.data)
    last = data.rfind(b"PK\x01\x02")
    data[last + 24 : last + 28] = (10).to_bytes(4, "little")
    return FileContent("lying.xlsx", MEDIA_TYPE, bytes(data))


_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def _ods(cells: str) -> FileContent:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    xml = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", xml)
    return FileContent("table.ods", "application/vnd.oasis.opendocument.spreadsheet", packed.getvalue())


_CELL = '<table:table-cell office:value-type="float" office:value="1"{}/>'
_WIDE = _CELL.format(' table:number-columns-repeated="1000000000"')
_TALL = f'<table:table-row table:number-rows-repeated="1000000000">{_CELL.format("")}</table:table-row>'
_OLD = FileContent(
    "old.xls", "application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2_000_000
)
_CYCLE = FileContent(
    "cycle.xls", "application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000_000
)
_LAUGHS = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
_MANY = [["x" * 60_000]] * 500

BOMBS: list[Bomb] = [
    _csv("one line of one cell", "", "x", 10_000_000, "", None),
    _csv("one line of many cells", "", ",", 10_000_000, "", "1,000,000"),
    _csv("nothing but line breaks", "", "\n", 10_000_000, "", "1,000,000 lines"),
    _csv("many rows", "a,b\n", "1,2\n", 1_000_000, "", "1,000,000"),
    _csv("a quote without an end", 'a\n"', "x\n", 400_000, "", "never closed"),
    _csv("a cell of many lines", 'a\n"', "x\n", 5_000_000, '"', "1,000,000 lines"),
    _csv("nothing but quotes", "a\n", '"', 10_000_001, "", "never closed"),
    _csv("nothing but escapes", "a\n", "\\", 10_000_000, "", None),
    _csv("a wide header over short rows", "", "a,", 100_000, "a\n" + "1\n" * 100_000, "16,384"),
    _csv("a long name over many rows", "", "a", 1_000_000, "\n" + "1\n" * 100_000, "64 MiB"),
    _csv("many columns of one name", "", "a,", 16_383, "\n", None),
    _csv("a guess at nothing", "", '"', 10_000_000, "", None, delimiter="auto"),
    _csv("a guess among all", "", ",;|\t", 200_000, "\n", "16,384", delimiter="auto"),
    _csv("a leap over all rows", "a\n", "1\n", 1000, "", None, skip_rows=2**62),
    _csv("too long", "", "x", 20_971_521, "", "20,971,520"),
    _file("no text", FileContent("a.csv", "text/csv", b"a,b\x00" * 2_000_000), "no text"),
    _file("utf-16 without a mark", FileContent("a.csv", "text/csv", "a,b\n".encode("utf-16-le")), "no text"),
    _file("utf-32", FileContent("a.csv", "text/csv", "a,b\n".encode("utf-32")), "no text"),
    _file("half a utf-16 sign", FileContent("a.csv", "text/csv", b"\xff\xfea\x00\xd8"), "no text"),
    _sheet("a size of all cells", f'<dimension ref="A1:XFD1048576"/><sheetData>{_ROW}</sheetData>', None),
    _sheet("the first cell and the last", f"<sheetData>{_ROW}{_FAR}</sheetData>", "memory"),
    _sheet("the last cell only", f"<sheetData>{_FAR}</sheetData>", None),
    _sheet("twenty megabytes of nothing", f"<sheetData>{' ' * 20_000_000}</sheetData>", "100 times"),
    _sheet("entities", f"<sheetData>{_ROW.replace('<v>1', '<v>&y;')}</sheetData>", None, _LAUGHS),
    _sheet("deep nesting", "<a>" * 200_000, None),
    _file("large texts", workbook("large.xlsx", _MANY), "100 times"),
    _file("an entry that is longer than it says", _lying(workbook("a.xlsx", [["x" * 900_000]])), "not what"),
    _file(
        "an archive of no workbook",
        FileContent("a.xlsx", MEDIA_TYPE, b"PK\x05\x06" + bytes(18)),
        "no text",
    ),
    _file("columns a billion times", _ods(f"<table:table-row>{_WIDE}</table:table-row>"), None),
    _file("rows a billion times", _ods(_TALL), "1,000,000"),
    _file("an old workbook of rubbish", _OLD, "cannot be read"),
    _file("an old workbook in a cycle", _CYCLE, "cannot be read"),
]
