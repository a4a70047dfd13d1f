"""Rows to CSV text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, Literal

from backend.blocks.formats._limits import InThread
from backend.blocks.formats._table_rows import MAX_CHARS, text_of_cell
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import read_number
from backend.data.examples import says
from backend.data.json_types import NAMES, is_list, is_object, type_of
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.jobs.tables import MAX_CELLS, Row
from backend.util.errors import BlockError

_QUOTING: dict[str, Literal[0, 1, 2, 3]] = {
    "when_needed": csv.QUOTE_MINIMAL,
    "texts": csv.QUOTE_NONNUMERIC,
    "all": csv.QUOTE_ALL,
}
_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Source: https://owasp.org/www-community/attacks/CSV_Injection."""


class WriteCsvBlock(InThread, Block):
    """Write rows as CSV text: objects with a line of their keys first, or lists of cells.

    Nothing (null) is an empty cell; lists and objects within a cell are written as JSON.
    """

    id = "b7e84467-2674-4f92-81ed-4f4e03a598dc"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "table"
    pure = True

    class Input(BlockSchema):
        rows: list[Any] = SchemaField(description="Objects, or lists of cells; one kind throughout")
        columns: list[str] = SchemaField(
            default_factory=list[str],
            description="Which keys, in this order, empty: all of them; for lists, the names of the columns",
        )
        header: bool = SchemaField(default=True, description="Begin with the names of the columns")
        delimiter: str = SchemaField(
            default=",", description="The sign between cells, \\t for a tab", min_length=1, max_length=2
        )
        quoting: Literal["when_needed", "texts", "all"] = SchemaField(
            default="when_needed", description="Which cells stand in quotes", advanced=True
        )
        line_ending: Literal["LF", "CRLF"] = SchemaField(
            default="LF", description="What ends a line; CRLF for old Windows programs", advanced=True
        )
        guard_formulas: bool = SchemaField(
            default=False,
            description="Put ' before texts that begin with = + - @ (and are no numbers), which Excel would run",
            advanced=True,
        )

    class Output(BlockSchema):
        text: str = SchemaField(description="The CSV text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"rows": [{"name": "Ink, blue", "price": 4.5}, {"name": 'Pen "größe"', "stock": 3}]},
        {"rows": [[1, None, True], ["a\nb", [1], {"k": "é"}]]},
        {"rows": [[1, 2]], "columns": ["a", "b"], "delimiter": "\\t", "line_ending": "CRLF"},
        {"rows": [{"a": 1, "b": 2}], "columns": ["b", "c"], "header": False},
        {"rows": [{"a": 1.0, "b": "x"}], "quoting": "texts"},
        {"rows": [{"a": 1}], "quoting": "all"},
        {"rows": [["=1+1", "-5", "-x", "@a", "＝1", 7, ""]], "guard_formulas": True},
        {"rows": [["=1+1", "a\rb"]]},
        {"rows": [], "columns": ["a"]},
        {"rows": []},
        {"rows": {"a": "größe 😀"}},
        {"rows": [{"a": 1}, [2]]},
        {"rows": [1]},
        {"rows": [{str(n): 0} for n in range(1001)]},
        {"rows": [[1]], "delimiter": "::"},
        {"rows": [[1]], "delimiter": '"'},
        {"rows": [[0] * 10] * 10_001},
        {"rows": None},
    ]
    test_output = [
        [("text", 'name,price,stock\n"Ink, blue",4.5,\n"Pen ""größe""",,3\n')],
        [("text", '1,,true\n"a\nb",[1],"{""k"": ""é""}"\n')],
        [("text", "a\tb\r\n1\t2\r\n")],
        [("text", "2,\n")],
        [("text", '"a","b"\n1,"x"\n')],
        [("text", '"a"\n"1"\n')],
        [("text", "'=1+1,-5,'-x,'@a,'＝1,7,\n")],
        [("text", '=1+1,"a\rb"\n')],
        [("text", "a\n")],
        [("text", "")],
        [("text", "a\ngröße 😀\n")],
        [("error", says("Row 2", "objects"))],
        [("error", says("Row 1", "whole number"))],
        [("error", says("1,000,000"))],
        [("error", says("delimiter", "::"))],
        [("error", says("delimiter"))],
        [("text", "0,0,0,0,0,0,0,0,0,0\n" * 10_001)],
        [("error", says("rows"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        delimiter = "\t" if input_data.delimiter == "\\t" else input_data.delimiter
        if len(delimiter) > 1 or delimiter in '"\r\n\x00':
            raise BlockError(
                f"The delimiter {delimiter!r} cannot part cells. Give one sign, such as a comma."
            )
        lines = _Lines(_ENDINGS[input_data.line_ending])
        writer = csv.writer(lines, delimiter=delimiter, quoting=_QUOTING[input_data.quoting])
        for row in _table(input_data):
            writer.writerow([_cell(value, input_data.guard_formulas) for value in row])
        yield "text", "".join(lines.written)


class _Lines:
    """What the writer writes into. It quotes a lone carriage return only where its own lines end with one."""

    def __init__(self, ending: str) -> None:
        self.written: list[str] = []
        self._ending = ending
        self._size = 0

    def write(self, line: str) -> None:
        self._size += len(line)
        if self._size > MAX_CHARS:
            raise BlockError("The CSV text would have more than 64 Mi characters. Write it in parts.")
        self.written.append(line.removesuffix("\r\n") + self._ending)


def _table(asked: WriteCsvBlock.Input) -> Iterator[Row]:
    """All lines, the header first."""
    are_objects = _kind_of_all(asked.rows) is dict
    columns = asked.columns
    if are_objects and not columns:
        columns = list(dict.fromkeys(key for row in asked.rows for key in row))
    _refuse_many(asked.rows, len(columns) if are_objects else 0)
    if asked.header and columns:
        yield columns
    for row in asked.rows:
        yield [row.get(name) for name in columns] if are_objects else row


def _kind_of_all(rows: list[Any]) -> type[object] | None:
    """Dict or list; None when there are no rows."""
    kind: type[object] | None = None
    for place, row in enumerate(rows, start=1):
        if not (is_object(row) or is_list(row)):
            raise BlockError(
                f"Row {place} is the {NAMES[type_of(row)]} {row!r:.60}. Give an object or a list."
            )
        if kind not in (None, type(row)):
            raise BlockError(f"Row {place} is not of the kind of row 1. Give objects only, or lists only.")
        kind = type(row)
    return kind


def _refuse_many(rows: list[Any], columns: int) -> None:
    cells = columns * len(rows) if columns else sum(map(len, rows))
    if cells > MAX_CELLS:
        raise BlockError(
            f"There are {cells:,} cells, and {MAX_CELLS:,} are the most. Write the rows in parts."
        )


def _cell(value: Any, is_guarded: bool) -> Any:
    """As the writer takes it; numbers as such, for it quotes texts only where asked."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
    text = text_of_cell(value)
    is_risky = is_guarded and text.startswith(_FORMULA_STARTS) and read_number(text) is None
    return f"'{text}" if is_risky else text
