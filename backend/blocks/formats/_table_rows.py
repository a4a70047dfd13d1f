"""Rows of cells to rows by column name; and which sign parts the cells of a text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backend.data.convert import converter
from backend.data.model import JsonObject
from backend.util.bounded.jobs.tables import MAX_CELLS, Row
from backend.util.errors import BlockError

CANDIDATES = (",", ";", "\t", "|")
MAX_COLUMNS = 16_384
"""What Excel has."""
MAX_CHARS = 64 * 1_048_576
_SAMPLE_CHARS = 65_536
_SAMPLE_ROWS = 20

text_of_cell = converter({"type": "string"})
"""A number, an object and so on as a text cell shows it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a table are to be read."""

    has_header: bool
    skip_rows: int
    strip: bool
    skip_columns: Sequence[str]


def objects_of(rows: list[Row], layout: Layout) -> Iterator[JsonObject]:
    """Each row by column name; where there is none, by the column's number from 0, as text.

    Raises:
        BlockError: the objects would take far more room than the rows.
    """
    rows = [[_stripped(cell) for cell in row] for row in rows] if layout.strip else rows
    header = rows[0] if layout.has_header and rows else []
    body = rows[(1 if layout.has_header else 0) + layout.skip_rows :]
    width = max(map(len, [header, *body]))
    if width > MAX_COLUMNS:
        raise BlockError(
            f"The table has {width:,} columns, and {MAX_COLUMNS:,} are the most. Split it first."
        )
    names = column_names(header, width)
    _refuse_wide(names, len(body))
    skipped = _skipped(layout.skip_columns, names)
    places = [(place, name) for place, name in enumerate(names) if name not in skipped]
    for row in body:
        full = row + [""] * (len(header) - len(row))
        yield {name: full[place] for place, name in places if place < len(full)}


def column_names(header: Row, width: int) -> list[str]:
    """A different name for each column: a second `total` becomes `total_2`."""
    taken: dict[str, None] = {}
    counts: Counter[str] = Counter()
    for place in range(width):
        cell = header[place] if place < len(header) else ""
        name = wanted = text_of_cell(cell) or str(place)
        while name in taken:
            counts[wanted] += 1
            name = f"{wanted}_{counts[wanted] + 1}"
        taken[name] = None
    return list(taken)


def _skipped(asked: Sequence[str], names: list[str]) -> frozenset[str]:
    """Names of columns; what is none may be a column's number."""
    known = frozenset(names)
    numbers = {str(place): name for place, name in enumerate(names)}
    return frozenset(one if one in known else numbers.get(one, one) for one in asked)


def guess_delimiter(text: str, quotechar: str, escapechar: str) -> str:
    """The one that cuts the first rows into the most cells, in each as many; a comma where none does."""
    lines = text[:_SAMPLE_CHARS]
    best = max(CANDIDATES, key=lambda sign: _evenness(lines, sign, quotechar, escapechar))
    return best if best in lines else ","


def _evenness(text: str, delimiter: str, quotechar: str, escapechar: str) -> tuple[float, int]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quotechar or None,
        quoting=csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
        escapechar=escapechar or None,
    )
    widths = [len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if row]
    if not widths:
        return 0.0, 0
    width, count = Counter(widths).most_common(1)[0]
    return (count / len(widths), width) if width > 1 else (0.0, 0)


def _stripped(cell: Any) -> Any:
    return cell.strip() if isinstance(cell, str) else cell


def _refuse_wide(names: list[str], rows: int) -> None:
    if len(names) * rows > MAX_CELLS:
        raise BlockError(
            f"The table has {rows:,} rows and {len(names):,} columns: more than {MAX_CELLS:,} cells. Split it."
        )
    if sum(map(len, names)) * rows > MAX_CHARS:
        raise BlockError(
            "The names of the columns, repeated in each row, would take more than 64 MiB. Shorten the header."
        )
