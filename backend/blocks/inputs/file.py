"""A file that a run is given."""

from __future__ import annotations

from typing import Any

from backend.blocks.inputs._fields import InputFields
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, BlockKind, Context
from backend.data.examples import file_value, is_file, says
from backend.data.file import FileContent
from backend.data.file_source import ACCEPTED, FromAnywhere, data_uri
from backend.data.model import BlockSchema, SchemaField

_EXAMPLE = FileContent("notes.txt", "text/plain", "größe".encode())


class AgentFileInputBlock(FromAnywhere, Block):
    """An input of the graph: a file. It may be uploaded before, or be named by its address on the web."""

    id = "95ead23f-8283-4654-aef3-10c053b74a31"
    categories = {BlockCategory.INPUT, BlockCategory.BASIC}
    icon = "file-input"
    differences = (
        "The result is a `file:` reference unless base_64 is on; there it is a data URI within graphs.",
    )
    kind = BlockKind.INPUT
    static_output = True

    class Input(InputFields):
        value: str | None = SchemaField(
            default=None, description=f"The file of the run, else this one. {ACCEPTED}", format="file"
        )
        base_64: bool = SchemaField(
            default=False, description="Give the content as a data URI instead of a reference", advanced=True
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The file, for as long as the run lasts", format="file")

    test_files = (_EXAMPLE,)
    test_input = [
        {"name": "report", "value": file_value(_EXAMPLE)},
        {"name": "report", "value": file_value(_EXAMPLE), "base_64": True},
        {"name": "report", "value": "data:text/plain,hello"},
        {"name": "nothing", "value": None},
        {"name": "empty", "value": ""},
        {"name": "absent", "value": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"},
        {"name": "a path", "value": "/etc/passwd"},
    ]
    test_output = [
        [("result", file_value(_EXAMPLE))],
        [("result", "data:text/plain;base64,Z3LDtsOfZQ==")],
        [("result", is_file)],
        [],
        [],
        [("error", says("There is no file"))],
        [("error", says("/etc/passwd"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        if not input_data.value:
            return
        if input_data.base_64:
            yield "result", data_uri(await self.content_of(context, input_data.value))
        else:
            yield "result", await self.stored(context, input_data.value)
