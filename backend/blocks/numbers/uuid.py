"""New ids."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID, uuid4

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import Predicate, says
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import new_id


def _is_version(number: int) -> Predicate:
    return lambda value: str(UUID(value)) == value and UUID(value).version == number


class GenerateUuidBlock(Block):
    """Make an id that nothing else has (RFC 9562), at random or one that sorts by time."""

    id = "a4799f79-f112-4300-9fa9-3c0779be533d"
    categories = {BlockCategory.BASIC, BlockCategory.DEVELOPER_TOOLS}
    icon = "fingerprint"

    class Input(BlockSchema):
        trigger: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        version: Literal[4, 7] = SchemaField(
            default=4, description="4: at random; 7: later ones sort behind earlier ones"
        )

    class Output(BlockSchema):
        uuid: str = SchemaField(description="The id: 36 characters, small letters")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"version": 7},
        {"version": "4", "trigger": {"größe 😀": None}},
        {},
        {"version": 1},
    ]
    test_output = [
        [("uuid", _is_version(7))],
        [("uuid", _is_version(4))],
        [("uuid", _is_version(4))],
        [("error", says("version"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        async def make() -> str:
            return new_id() if input_data.version == 7 else str(uuid4())

        yield "uuid", await context.step("uuid", make)
