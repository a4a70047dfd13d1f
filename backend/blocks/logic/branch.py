"""Let a value through one of two ways."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import is_short

_FALSE_TEXTS = frozenset({"", "false", "no", "0"})


class BranchBlock(Block):
    """Give a value on at `yes` or at `no`, as a condition says.

    These conditions mean no: false, 0, null, an empty list, an empty object, and the texts "", "false", "no"
    and "0", whatever their case and the space around them. All others mean yes.
    """

    id = "7873704a-70de-4bdb-9d6a-59a7d279b113"
    categories = {BlockCategory.LOGIC}
    icon = "git-branch"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(description="What to give on")
        condition: Any = SchemaField(description="Decides which way it goes")

    class Output(BlockSchema):
        yes: Any = SchemaField(description="The value, when the condition means yes")
        no: Any = SchemaField(description="The value, when the condition means no")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": {"order": 7}, "condition": True},
        {"value": {"order": 7}, "condition": " No "},
        {"value": [None], "condition": [None]},
        {"value": "größe 😀", "condition": "größe 😀"},
        {"value": 1, "condition": ""},
        {"value": 1, "condition": 0.0},
        {"value": 1, "condition": {}},
        {"value": 1, "condition": []},
        {"value": 1, "condition": "off"},
        {"value": [0] * 10_001, "condition": "x" * 100_000},
        {"value": 1},
    ]
    test_output = [
        [("yes", {"order": 7})],
        [("no", {"order": 7})],
        [("yes", [None])],
        [("yes", "größe 😀")],
        [("no", 1)],
        [("no", 1)],
        [("no", 1)],
        [("no", 1)],
        [("yes", 1)],
        [("yes", [0] * 10_001)],
        [("error", says("condition"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return is_short(input_data.condition)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "yes" if _means_yes(input_data.condition) else "no", input_data.value


def _means_yes(condition: Any) -> bool:
    if isinstance(condition, str):
        return condition.strip().lower() not in _FALSE_TEXTS
    return bool(condition)
