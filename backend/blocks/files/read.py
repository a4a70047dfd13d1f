"""Read files as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import file_value, says
from backend.data.file import FileContent
from backend.data.file_source import ACCEPTED, FromAnywhere, text_of
from backend.data.model import BlockSchema, SchemaField

_LINES = FileContent("lines.txt", "text/plain", "é1\n2\n3\n4".encode())
_OLD = FileContent("old.txt", "text/plain", "größe".encode("latin-1"))
_WIDE = FileContent("wide.txt", "text/plain", "größe".encode("utf-16"))
_EMPTY = FileContent("empty.txt", "text/plain", b"")
_PICTURE = FileContent("a.png", "image/png", b"\x89PNG\x00\x00")


class FileReadBlock(FromAnywhere, Block):
    """Read a text file, whole or in parts: after characters or rows, so many rows, cut into pieces."""

    id = "3735a31f-7e18-4aca-9e90-08a7120674bc"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "file-text"
    differences = (
        "A text in UTF-16 is read as such by its byte order mark.",
        "A file with U+0000 in it is no text and fails.",
    )

    class Input(BlockSchema):
        file_input: str = SchemaField(description=ACCEPTED, format="file")
        delimiter: str = SchemaField(
            default="", description="What stands between rows; empty: the whole is one row", advanced=True
        )
        size_limit: int = SchemaField(
            default=0, ge=0, description="Give pieces of so many characters; 0: one piece", advanced=True
        )
        row_limit: int = SchemaField(default=0, ge=0, description="Read so many rows; 0: all", advanced=True)
        skip_size: int = SchemaField(
            default=0, ge=0, description="Leave out so many characters at the start", advanced=True
        )
        skip_rows: int = SchemaField(
            default=0, ge=0, description="Leave out so many rows, after those characters", advanced=True
        )

    class Output(BlockSchema):
        content: str = SchemaField(description="The text, piece by piece")
        error: str = SchemaField(description="Why it failed")

    test_files = (_LINES, _OLD, _WIDE, _EMPTY, _PICTURE)
    test_input = [
        {"file_input": file_value(_LINES)},
        {"file_input": file_value(_LINES), "delimiter": "\n", "skip_rows": 1, "row_limit": 2},
        {"file_input": file_value(_LINES), "skip_size": 3, "size_limit": 2},
        {"file_input": file_value(_LINES), "delimiter": "\n", "skip_rows": 9},
        {"file_input": file_value(_OLD)},
        {"file_input": file_value(_WIDE)},
        {"file_input": file_value(_EMPTY)},
        {"file_input": "data:text/plain;charset=utf-8;base64,Z3LDtsOfZQ=="},
        {"file_input": file_value(_PICTURE)},
        {"file_input": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"},
    ]
    test_output = [
        [("content", "é1\n2\n3\n4")],
        [("content", "2\n3")],
        [("content", "2\n"), ("content", "3\n"), ("content", "4")],
        [("content", "")],
        [("content", "größe")],
        [("content", "größe")],
        [],
        [("content", "größe")],
        [("error", says("a.png", "no text"))],
        [("error", says("There is no file"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        content = await self.content_of(context, input_data.file_input)
        for piece in _pieces(text_of(content), input_data):
            yield "content", piece


def _pieces(text: str, asked: FileReadBlock.Input) -> Iterator[str]:
    """Without any rows one empty text; of empty rows nothing."""
    rest = text[asked.skip_size :]
    rows = rest.split(asked.delimiter) if asked.delimiter else [rest]
    rows = rows[asked.skip_rows :]
    rows = rows[: asked.row_limit] if asked.row_limit else rows
    if not rows:
        yield ""
        return
    joined = asked.delimiter.join(rows)
    size = asked.size_limit or max(1, len(joined))
    for start in range(0, len(joined), size):
        yield joined[start : start + size]
