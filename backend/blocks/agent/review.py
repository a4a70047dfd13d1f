"""Ask a person before going on."""

from __future__ import annotations

from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, BlockKind, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

AUTO_APPROVED = "Approved without a person: the run was started without safe mode."


class HumanInTheLoopBlock(Block):
    """Wait until a person has looked at the data, may have edited it, and approves or rejects it."""

    id = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d"
    categories = {BlockCategory.BASIC, BlockCategory.AGENT}
    icon = "user-check"
    kind = BlockKind.REVIEW
    order = "arrival"

    class Input(BlockSchema):
        data: Any = SchemaField(description="What the person looks at")
        name: str = SchemaField(description="What is asked, in a few words")
        editable: bool = SchemaField(
            default=True, description="Whether the person may change the data", advanced=True
        )

    class Output(BlockSchema):
        approved_data: Any = SchemaField(description="The data, as the person left it, when approved")
        rejected_data: Any = SchemaField(description="The data, as the person left it, when rejected")
        review_message: str = SchemaField(description="What the person wrote, if anything")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"name": "Post this?", "data": {"text": "é"}},
        {"name": "Post this?", "data": [None], "editable": False},
        {"data": 1},
    ]
    test_output = [
        [("approved_data", {"text": "é"})],
        [("approved_data", [None])],
        [("error", says("name"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        if not context.is_safe_mode:
            yield "approved_data", input_data.data
            yield "review_message", AUTO_APPROVED
            return
        decision = await context.ask(input_data.name, input_data.data, is_editable=input_data.editable)
        yield "approved_data" if decision.is_approved else "rejected_data", decision.data
        if decision.message:
            yield "review_message", decision.message
