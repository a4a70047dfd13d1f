"""Fail on purpose."""

from __future__ import annotations

from typing import Any, Literal

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError, InvalidInput, LimitReached

_KINDS: dict[str, type[BlockError]] = {kind.code: kind for kind in (BlockError, InvalidInput, LimitReached)}


class RaiseErrorBlock(Block):
    """Fail with a message, as soon as there is a value.

    The run fails with it, unless the node says that the run goes on, or something is linked to `error`.
    """

    id = "85a5d414-1b63-4967-97cc-23e93fe58305"
    categories = {BlockCategory.LOGIC}
    icon = "octagon-alert"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        message: str = SchemaField(
            description="What went wrong and what to do about it", min_length=1, max_length=10_000
        )
        kind: Literal["block_failed", "invalid_input", "limit_reached"] = SchemaField(
            default="block_failed",
            description="The code of the failure, by which retries are chosen; limit_reached is never retried",
            advanced=True,
        )

    class Output(BlockSchema):
        error: str = SchemaField(description="The message")

    test_input = [
        {"value": {"total": -5}, "message": "The total is negative. Look at the order."},
        {"message": "Zu groß 😀", "kind": "limit_reached"},
        {"value": None, "message": 404},
        {"message": "m", "kind": "invalid_input"},
        {"message": ""},
        {"message": "x" * 10_001},
        {"message": None},
        {"message": "m", "kind": "mishap"},
    ]
    test_output = [
        [("error", "The total is negative. Look at the order.")],
        [("error", "Zu groß 😀")],
        [("error", "404")],
        [("error", "m")],
        [("error", says("message"))],
        [("error", says("message"))],
        [("error", says("message"))],
        [("error", says("kind"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        if input_data.kind != BlockError.code:
            raise _KINDS[input_data.kind](input_data.message)
        yield "error", input_data.message
