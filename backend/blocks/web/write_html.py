"""Write HTML: from Markdown, and tables from rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import as_list, as_object
from backend.data.model import BlockSchema, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.errors import BlockError

MAX_CHARS = 1_000_000
MAX_CELLS = 100_000
_QUICK_ROWS = 100


class WriteHtmlBlock(Block):
    """Write HTML: a text in Markdown becomes paragraphs, headings and lists; rows become a table.

    HTML within the text or the cells is shown as it is written, so nothing of it can run.
    """

    id = "c8c99d66-e55e-4f07-91c3-43168abe3523"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "code-xml"
    pure = True

    class Input(BlockSchema):
        content: Any = SchemaField(
            description="A text in Markdown; or rows: objects, or lists of cells", placeholder="# Title"
        )

    class Output(BlockSchema):
        html: str = SchemaField(description="The HTML, a part of a page")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"content": "# News\n\n- *One*\n- [Two](https://example.com)"},
        {"content": [{"name": "Zoë 😀", "age": 7}, {"name": "<b>", "city": None}]},
        {"content": [["a", 1], ["b", [1.5, True]]]},
        {"content": "<script>alert(1)</script> [x](javascript:alert(1))"},
        {"content": "| a | b |\n|---|---|\n| 1 | ~~2~~ |"},
        {"content": ""},
        {"content": []},
        {"content": "x" * 5_000},
        {"content": [["x"]] * 101},
        {"content": 5},
        {"content": [1, {"a": 2}]},
        {"content": [["x"]] * (MAX_CELLS + 1)},
        {"content": "x" * (MAX_CHARS + 1)},
    ]
    test_output = [
        [
            (
                "html",
                (
                    "<h1>News</h1>\n<ul>\n<li><em>One</em></li>\n"
                    '<li><a href="https://example.com">Two</a></li>\n</ul>\n'
                ),
            )
        ],
        [
            (
                "html",
                (
                    "<table>\n<thead><tr><th>name</th><th>age</th><th>city</th></tr></thead>\n<tbody>\n"
                    "<tr><td>Zoë 😀</td><td>7</td><td></td></tr>\n"
                    "<tr><td>&lt;b&gt;</td><td></td><td></td></tr>\n</tbody>\n</table>\n"
                ),
            )
        ],
        [
            (
                "html",
                (
                    "<table>\n<tbody>\n<tr><td>a</td><td>1</td></tr>\n"
                    "<tr><td>b</td><td>[1.5, true]</td></tr>\n</tbody>\n</table>\n"
                ),
            )
        ],
        [("html", "<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>\n")],
        [("html", says("<table>", "<th>a</th>", "<td><s>2</s></td>"))],
        [("html", "")],
        [("html", "<table>\n<tbody>\n</tbody>\n</table>\n")],
        [("html", says("<p>xxx"))],
        [("html", says("<tr><td>x</td></tr>"))],
        [("error", says("5", "Markdown"))],
        [("error", says("row 1"))],
        [("error", says("100,000"))],
        [("error", says("1,000,000"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        """Short tables; Markdown takes a millisecond for a few lines, and much more when it is nested."""
        return (
            not isinstance(input_data.content, str) and len(as_list(input_data.content) or ()) <= _QUICK_ROWS
        )

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        rows = as_list(input_data.content)
        if isinstance(input_data.content, str):
            yield "html", _from_markdown(input_data.content)
        elif rows is not None:
            yield "html", "".join(_table(rows))
        else:
            raise BlockError(
                f"{input_data.content!r:.60} is no text in Markdown and no list of rows. Give one of them."
            )


def _from_markdown(text: str) -> str:
    if len(text) > MAX_CHARS:
        raise BlockError(
            f"The text has {len(text):,} characters, and {MAX_CHARS:,} are the most. Split it first."
        )
    return str(run_bounded("markdown", {"text": text}, subject="The Markdown", cure="Split it first."))


def _table(rows: list[Any]) -> Iterator[str]:
    objects = [as_object(row) for row in rows]
    names = list(dict.fromkeys(name for row in objects if row is not None for name in row))
    if sum(len(names or as_list(row) or ()) for row in rows) > MAX_CELLS:
        raise BlockError(f"The table would have more than {MAX_CELLS:,} cells. Write it in parts.")
    yield "<table>\n"
    if names:
        yield f"<thead>{_row('th', names)}</thead>\n"
    yield "<tbody>\n"
    for place, (row, entries) in enumerate(zip(rows, objects, strict=True), start=1):
        cells = as_list(row) if entries is None else [entries.get(name) for name in names]
        if cells is None or (entries is None and names):
            raise BlockError(f"The row {place} is not like the others. Give objects, or lists of cells.")
        yield f"{_row('td', cells)}\n"
    yield "</tbody>\n</table>\n"


def _row(tag: str, cells: list[Any]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(_shown(cell))}</{tag}>' for cell in cells)}</tr>"


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
