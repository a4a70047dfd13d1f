"""CSV text, CSV files and Excel files to rows."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

from backend.blocks.formats._limits import SMALL_CHARS, patience_s, refuse_long
from backend.blocks.formats._samples import workbook
from backend.blocks.formats._table_rows import Layout, guess_delimiter, objects_of
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import file_value, says
from backend.data.file import FileContent
from backend.data.file_source import ACCEPTED, FromAnywhere, text_of
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.bounded.jobs import tables
from backend.util.bounded.pool import run_bounded
from backend.util.bounded.protocol import Refused
from backend.util.errors import BlockError

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx, xlsb and ods begin, and how xls does."""
_SPELLED = {"\\t": "\t", "tab": "\t"}
_CSV = FileContent("stock.csv", "text/csv", "name;größe\nInk;5\n".encode())
_EXCEL = workbook(
    "stock.xlsx", [["name", "count", "added"], ["Ink", 5, 2.5], [], ["größe 😀", True]], sheet="Stock"
)
_BROKEN = FileContent("broken.xlsx", "application/octet-stream", b"PK\x03\x04 and no more")
_PICTURE = FileContent("a.png", "image/png", b"\x89PNG\x00\x00")


class ReadSpreadsheetBlock(FromAnywhere, Block):
    """Read CSV text, or a CSV or Excel file, as rows by column name.

    Cells of CSV are texts. Those of Excel files (xlsx, xlsb, xls, ods) keep their kind, dates become ISO texts.
    """

    id = "acf7625e-d2cb-4941-bfeb-2819fc6fc015"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "file-spreadsheet"
    differences = (
        "A row longer than the header keeps its further cells, by column number; there it fails.",
        "A row shorter than the header gets empty texts for what it lacks.",
        "Columns that share a name are told apart: `total`, `total_2`. Columns without one go by their number.",
        "A quote that is never closed fails and names the line, instead of taking the rest as one cell.",
    )

    class Input(BlockSchema):
        contents: str | None = SchemaField(
            default=None, description="CSV text, where there is no file", format="long-text"
        )
        file_input: str | None = SchemaField(
            default=None,
            description=f"A CSV or Excel file; it goes before the text. {ACCEPTED}",
            format="file",
        )
        delimiter: str = SchemaField(
            default=",",
            description="The sign between cells, \\t for a tab; auto: whichever of , ; tab | fits best",
        )
        quotechar: str = SchemaField(
            default='"',
            description="The sign around cells that hold the delimiter; empty: none",
            advanced=True,
        )
        escapechar: str = SchemaField(
            default="\\",
            description="The sign that takes the next one as it is; empty: none, as for paths of Windows",
            advanced=True,
        )
        has_header: bool = SchemaField(
            default=True, description="The first row names the columns; else they have numbers, from 0"
        )
        skip_rows: int = SchemaField(
            default=0, ge=0, description="Leave out so many rows, after the header", advanced=True
        )
        strip: bool = SchemaField(
            default=True, description="Cut off spaces around cells and names", advanced=True
        )
        skip_columns: list[str] = SchemaField(
            default_factory=list[str], description="Names or numbers of columns to leave out", advanced=True
        )
        produce_singular_result: bool = SchemaField(
            default=False, description="Give the rows out one by one on `row` instead of all on `rows`"
        )
        sheet: str = SchemaField(
            default="", description="The sheet of an Excel file; empty: the first", advanced=True
        )

    class Output(BlockSchema):
        row: JsonObject = SchemaField(description="One row, if they are asked for one by one", each=True)
        rows: list[JsonObject] = SchemaField(description="All rows")
        error: str = SchemaField(description="Why it failed")

    test_files = (_CSV, _EXCEL, _BROKEN, _PICTURE)
    test_input = [
        {"contents": "name, price\nInk, 4.50\nPaper, 3"},
        {"contents": "name,price\nInk,4.50", "produce_singular_result": True},
        {"contents": "a,b\n1,2,3,4\n5\n"},
        {"contents": "total,total,,total_2\n1,2,3,4"},
        {"contents": "a,b\nc,d", "has_header": False, "skip_columns": ["0"]},
        {"contents": "a,b\n1,2\n3,4", "skip_rows": 1, "skip_columns": ["a", "gone"]},
        {"contents": 'a\n" größe 😀\n, ""x"""\n\n\\"y', "strip": False},
        {"contents": "a\tb\n1\t2", "delimiter": "\\t"},
        {"contents": "a|b,c\n'1|,'|2", "delimiter": "auto", "quotechar": "'"},
        {"contents": "C:\\temp\\", "has_header": False, "quotechar": "", "escapechar": ""},
        {"contents": ""},
        {"contents": "only,header"},
        {"file_input": file_value(_CSV), "contents": "x", "delimiter": "auto"},
        {"file_input": file_value(_EXCEL), "sheet": "Stock"},
        {"file_input": "data:text/csv,a%0A1"},
        {"file_input": file_value(_EXCEL), "sheet": "Sales"},
        {"file_input": file_value(_BROKEN)},
        {"file_input": file_value(_PICTURE)},
        {"contents": 'a\n"1\n2'},
        {"contents": "a;;b", "delimiter": ";;"},
        {"contents": "x" * 100_000 + "\n" + "1\n" * 5000, "skip_rows": 4999},
        {"contents": "x" * 100_000 + "\n" + "1\n" * 5000},
        {"contents": "a", "skip_rows": "many"},
        {"contents": "a", "skip_rows": -1},
        {},
    ]
    test_output = [
        [("rows", [{"name": "Ink", "price": "4.50"}, {"name": "Paper", "price": "3"}])],
        [("row", {"name": "Ink", "price": "4.50"})],
        [("rows", [{"a": "1", "b": "2", "2": "3", "3": "4"}, {"a": "5", "b": ""}])],
        [("rows", [{"total": "1", "total_2": "2", "2": "3", "total_2_2": "4"}])],
        [("rows", [{"1": "b"}, {"1": "d"}])],
        [("rows", [{"b": "4"}])],
        [("rows", [{"a": ' größe 😀\n, "x"'}, {"a": '"y'}])],
        [("rows", [{"a": "1", "b": "2"}])],
        [("rows", [{"a": "1|,", "b,c": "2"}])],
        [("rows", [{"0": "C:\\temp\\"}])],
        [("rows", [])],
        [("rows", [])],
        [("rows", [{"name": "Ink", "größe": "5"}])],
        [
            (
                "rows",
                [{"name": "Ink", "count": 5, "added": 2.5}, {"name": "größe 😀", "count": True, "added": ""}],
            )
        ],
        [("rows", [{"a": "1"}])],
        [("error", says("'Sales'", "'Stock'"))],
        [("error", says("workbook", "zip"))],
        [("error", says("a.png", "no text"))],
        [("error", says("line 2", "never closed"))],
        [("error", says("delimiter", ";;"))],
        [("rows", [{"x" * 100_000: "1"}])],
        [("error", says("header"))],
        [("error", says("skip_rows"))],
        [("error", says("skip_rows"))],
        [("error", says("contents", "file_input"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        content = await self.content_of(context, input_data.file_input) if input_data.file_input else None
        if content is None and input_data.contents is None:
            raise BlockError("There is nothing to read. Give text on contents, or a file on file_input.")
        found = await asyncio.to_thread(_objects, input_data, content)
        if not input_data.produce_singular_result:
            yield "rows", found
            return
        for row in found:
            yield "row", row


def _objects(asked: ReadSpreadsheetBlock.Input, content: FileContent | None) -> list[JsonObject]:
    layout = Layout(asked.has_header, asked.skip_rows, asked.strip, asked.skip_columns)
    if content is not None and content.data.startswith(_WORKBOOKS):
        return list(objects_of(_workbook_rows(content.data, asked.sheet), layout))
    text = asked.contents or "" if content is None else text_of(content)
    return list(objects_of(_csv_rows(asked, text), layout))


def _workbook_rows(data: bytes, sheet: str) -> list[tables.Row]:
    request = {"workbook": base64.b64encode(data).decode(), "sheet": sheet}
    return _bounded(request, len(data))


def _csv_rows(asked: ReadSpreadsheetBlock.Input, text: str) -> list[tables.Row]:
    refuse_long(text, "The table")
    if max(text.count("\n"), text.count("\r")) > tables.MAX_CELLS:
        raise BlockError(f"The table has more than {tables.MAX_CELLS:,} lines. Split it first.")
    request = {"csv": text, **dict(_signs(asked, text))}
    if len(text) > SMALL_CHARS:
        return _bounded(request, len(text))
    try:
        return tables.answer(request)
    except Refused as error:
        raise BlockError(str(error)) from None


def _bounded(request: JsonObject, size: int) -> list[tables.Row]:
    cure = "Split the table, or save what is needed of it as CSV."
    rows: list[tables.Row] = run_bounded(
        "tables", request, subject="Reading the table", cure=cure, timeout_s=patience_s(size)
    )
    return rows


def _signs(asked: ReadSpreadsheetBlock.Input, text: str) -> Iterator[tuple[str, str]]:
    """The three signs, by which the text is cut."""
    given = _SPELLED.get(asked.delimiter.lower(), asked.delimiter)
    if given == "auto":
        given = guess_delimiter(text, asked.quotechar, asked.escapechar)
    signs = {"delimiter": given, "quotechar": asked.quotechar, "escapechar": asked.escapechar}
    for pin, sign in signs.items():
        if len(sign) > 1 or sign in ("\n", "\r", "\x00") or (pin == "delimiter" and not sign):
            raise BlockError(f"The {pin} {sign[:20]!r} is not one sign. Give one, other than a line break.")
    if given in (asked.quotechar, asked.escapechar):
        raise BlockError(f"The delimiter {given!r} is also the quotechar or the escapechar. Change one.")
    return iter(signs.items())
