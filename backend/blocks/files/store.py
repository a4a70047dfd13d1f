"""Make files: of what lies elsewhere, and of text."""

from __future__ import annotations

from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import file_value, is_file, says
from backend.data.file import FileContent
from backend.data.file_source import ACCEPTED, FromAnywhere, data_uri, decoded_base64
from backend.data.model import BlockSchema, SchemaField
from backend.util.request import Headers, Response

_EXAMPLE = FileContent("notes.txt", "text/plain", b"hello")


def _example_page(url: str) -> Response:
    return Response(200, Headers([("content-type", "image/png")]), b"\x89PNG", url, 0.1)


class FileStoreBlock(FromAnywhere, Block):
    """Store a file from the web or from a data URI, and give its reference."""

    id = "cbb50872-625b-42f0-8203-a2ae78242d8a"
    categories = {BlockCategory.BASIC, BlockCategory.MULTIMEDIA}
    icon = "file-down"
    differences = (
        "The result is a `file:` reference unless base_64 is on; there it is a data URI within graphs.",
    )
    static_output = True

    class Input(BlockSchema):
        file_in: str = SchemaField(
            description=ACCEPTED, placeholder="https://example.com/a.pdf", format="file"
        )
        base_64: bool = SchemaField(
            default=False, description="Give the content as a data URI instead of a reference", advanced=True
        )

    class Output(BlockSchema):
        file_out: str = SchemaField(description="The file, for as long as the run lasts", format="file")
        error: str = SchemaField(description="Why it failed")

    test_files = (_EXAMPLE,)
    test_input = [
        {"file_in": "https://example.com/a.png"},
        {"file_in": "https://example.com/a.png", "base_64": True},
        {"file_in": "data:;base64,aGVs%0AbG8="},
        {"file_in": "data:text/plain,gr%C3%B6%C3%9Fe", "base_64": True},
        {"file_in": file_value(_EXAMPLE)},
        {"file_in": file_value(_EXAMPLE), "base_64": True},
        {"file_in": "data:text/plain;base64"},
        {"file_in": "data:;base64,!"},
        {"file_in": "just text"},
    ]
    test_output = [
        [("file_out", is_file)],
        [("file_out", "data:image/png;base64,iVBORw==")],
        [("file_out", is_file)],
        [("file_out", "data:text/plain;base64,Z3LDtsOfZQ==")],
        [("file_out", file_value(_EXAMPLE))],
        [("file_out", "data:text/plain;base64,aGVsbG8=")],
        [("error", says("comma"))],
        [("error", says("base64"))],
        [("error", says("just text"))],
    ]
    test_mock = {"fetch": _example_page}

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        if input_data.base_64:
            yield "file_out", data_uri(await self.content_of(context, input_data.file_in))
        else:
            yield "file_out", await self.stored(context, input_data.file_in)


class WriteFileBlock(Block):
    """Make a file of text, or of bytes given as base64."""

    id = "cb64c6b7-2f55-4bf9-8d88-0773f06f58e6"
    categories = {BlockCategory.TEXT, BlockCategory.DATA}
    icon = "file-pen"

    class Input(BlockSchema):
        content: str = SchemaField(description="What to write", format="long-text")
        name: str = SchemaField(default="text.txt", description="What the file is called", max_length=1000)
        media_type: str | None = SchemaField(
            default=None,
            description="Its type; without one, what the name says",
            placeholder="text/csv",
            advanced=True,
        )
        base_64: bool = SchemaField(default=False, description="The content is base64", advanced=True)

    class Output(BlockSchema):
        file: str = SchemaField(description="The file's reference", format="file")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"content": "größe", "name": "folder/a.csv"},
        {"content": ""},
        {"content": "iVBORw", "name": "a.png", "base_64": True},
        {"content": "no base64!", "base_64": True},
    ]
    test_output = [[("file", is_file)], [("file", is_file)], [("file", is_file)], [("error", says("base64"))]]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        text = input_data.content
        data = decoded_base64(text) if input_data.base_64 else text.encode()
        yield "file", await context.save_file(input_data.name, data, input_data.media_type)
