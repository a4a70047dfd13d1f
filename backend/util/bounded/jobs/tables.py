"""Reads tables: `{"csv", "delimiter", "quotechar", "escapechar"}`, or `{"workbook", "sheet"}` with base64, becomes rows."""

from __future__ import annotations

import base64
import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from backend.util.bounded.protocol import Refused
from backend.util.zip_entries import BadZip, ZipLimits, entries, pieces

MAX_CELLS = 1_000_000
WORKBOOK = ZipLimits(entries=1000, ratio=100, total_bytes=64 * 1_048_576)
_MAX_CELL_CHARS = 20 * 1_048_576
_MAX_EXACT = 2**53

Row = list[Any]


def answer(request: dict[str, Any]) -> list[Row]:
    """The rows from top to bottom, without empty ones; they may be of different lengths."""
    if "csv" in request:
        return read_csv(request["csv"], request["delimiter"], request["quotechar"], request["escapechar"])
    return read_workbook(base64.b64decode(request["workbook"]), request["sheet"])


def read_csv(text: str, delimiter: str, quotechar: str, escapechar: str) -> list[Row]:
    """
    Raises:
        Refused: a cell does not end, or there are too many.
    """
    csv.field_size_limit(_MAX_CELL_CHARS)
    options: dict[str, Any] = {
        "delimiter": delimiter,
        "quotechar": quotechar or None,
        "quoting": csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
        "escapechar": escapechar or None,
    }
    rows, began = _read(csv.reader(io.StringIO(text, newline=""), **options))
    _refuse_open_end(text, began, options)
    return rows


def _read(reader: Any) -> tuple[list[Row], int]:
    """The rows that are not empty, and how many lines stand before the last."""
    rows: list[Row] = []
    cells, began, ended = 0, 0, 0
    try:
        for row in reader:
            began, ended = ended, reader.line_num
            cells += len(row)
            _refuse_many(cells)
            if row:
                rows.append(row)
    except csv.Error as error:
        raise Refused(f"The table cannot be read: {error} in line {reader.line_num}. Correct it.") from None
    return rows, began


def _refuse_open_end(text: str, began: int, options: dict[str, Any]) -> None:
    """Python's reader takes a last cell without its closing quote: with what follows it here it is seen."""
    if not options["quotechar"]:
        return
    lines = io.StringIO(text, newline="")
    for _ in range(began):
        lines.readline()
    tail = f"\n\n{options['quotechar']}{options['delimiter']}"
    ended = csv.reader(io.StringIO(lines.read() + tail, newline=""), **options)
    if len(list(ended)) == 1:
        raise Refused(f"The row that begins in line {began + 1} has a quote that is never closed. Close it.")


def read_workbook(data: bytes, sheet: str) -> list[Row]:
    """
    Raises:
        Refused: it cannot be read; or it has no such sheet, or is too large.
    """
    if data.startswith(b"PK"):
        _refuse_bomb(data)
    try:
        return _rows(_sheet(CalamineWorkbook.from_filelike(io.BytesIO(data)), sheet))
    except (Refused, MemoryError):
        raise
    except PasswordError:
        raise Refused("The workbook needs a password. Save it without one.") from None
    except CalamineError as error:
        raise Refused(f"The workbook cannot be read: {error}. Save it anew as .xlsx.") from None
    except BaseException as error:  # a panic in Rust is no Exception
        raise Refused(f"The workbook cannot be read: {error!s:.200}. Save it anew as .xlsx.") from None


def _refuse_bomb(data: bytes) -> None:
    """Also what says less of itself than comes out of it."""
    try:
        for entry in entries(data, WORKBOOK):
            for _ in pieces(data, entry):
                pass
    except BadZip as error:
        raise Refused(f"The workbook cannot be read: {error}") from None


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    names = workbook.sheet_names
    if not names:
        raise Refused("The workbook has no sheets. Choose another.")
    if name and name not in names:
        shown = ", ".join(map(repr, names[:20]))
        raise Refused(f"There is no sheet {name[:60]!r}. Choose one of: {shown}.")
    return workbook.get_sheet_by_name(name or names[0])


def _rows(sheet: CalamineSheet) -> list[Row]:
    _refuse_many(sheet.height * sheet.width)
    rows = ([_plain(cell) for cell in row] for row in sheet.to_python())
    return [row for row in rows if any(cell != "" for cell in row)]


def _plain(cell: Any) -> Any:
    """The cell as JSON: a whole number as such, for Excel knows only one kind; dates and times in ISO 8601."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) <= _MAX_EXACT else cell
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


def _refuse_many(cells: int) -> None:
    if cells > MAX_CELLS:
        raise Refused(f"The table has more than {MAX_CELLS:,} cells. Split it first.")
