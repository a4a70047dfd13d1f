"""A small workbook for examples, made by hand: nothing here writes Excel files otherwise."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from backend.data.file import FileContent

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(name: str, rows: list[list[Any]], *, sheet: str = "Sheet1") -> FileContent:
    """An xlsx file of one sheet; the same rows give the same bytes."""
    body = "".join(f'<row r="{n}">{"".join(_cells(n, row))}</row>' for n, row in enumerate(rows, start=1))
    return package(name, f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>', sheet=sheet)


def package(name: str, worksheet: str, *, sheet: str = "Sheet1") -> FileContent:
    """An xlsx file around the XML of its one sheet."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, xml in _parts(worksheet, sheet).items():
            info = zipfile.ZipInfo(path, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return FileContent(name, MEDIA_TYPE, packed.getvalue())


def _parts(worksheet: str, sheet: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation(f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relation(f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": worksheet,
    }


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def _cells(number: int, row: list[Any]) -> Iterator[str]:
    for place, value in enumerate(row):
        at = f'r="{chr(ord("A") + place)}{number}"'
        if isinstance(value, bool):
            yield f'<c {at} t="b"><v>{int(value)}</v></c>'
        elif isinstance(value, str):
            yield f'<c {at} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        else:
            yield f"<c {at}><v>{value}</v></c>"
