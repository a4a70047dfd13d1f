"""Compare two values and go one of two ways."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Literal

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import read_number
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import is_small
from backend.util.errors import BlockError

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class ConditionBlock(Block):
    """Compare two values and give one of two outputs. Texts are trimmed, and are numbers where they read as such."""

    id = "715696a0-e1da-45c8-b209-c2fa9c3b0be6"
    categories = {BlockCategory.LOGIC}
    icon = "split"
    pure = True
    differences = (
        "Texts like 'inf', 'nan' and '1_000' are no numbers here, and are compared with texts only.",
    )

    class Input(BlockSchema):
        value1: Any = SchemaField(description="The value on the left")
        operator: Literal["==", "!=", ">", "<", ">=", "<="] = SchemaField(description="How to compare")
        value2: Any = SchemaField(description="The value on the right")
        yes_value: Any = SchemaField(default=None, description="Given when it is true; none: value1")
        no_value: Any = SchemaField(default=None, description="Given when it is false; none: value2")

    class Output(BlockSchema):
        result: bool = SchemaField(description="Whether the comparison is true")
        yes_output: Any = SchemaField(description="Only when it is true")
        no_output: Any = SchemaField(description="Only when it is false")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value1": 10, "operator": ">", "value2": 5, "yes_value": "Greater", "no_value": "Not"},
        {"value1": " 10 ", "operator": "<", "value2": "9.5"},
        {"value1": "10", "operator": "==", "value2": 10},
        {"value1": " é ", "operator": "==", "value2": "é"},
        {"value1": [None], "operator": "!=", "value2": "", "yes_value": [1]},
        {"value1": "nan", "operator": "==", "value2": "NaN"},
        {"value1": "1_000", "operator": "<", "value2": "999"},
        {"value1": 1, "operator": "<", "value2": "ten"},
        {"value1": 1, "operator": "~", "value2": 1},
    ]
    test_output = [
        [("result", True), ("yes_output", "Greater")],
        [("result", False), ("no_output", 9.5)],
        [("result", True), ("yes_output", 10)],
        [("result", True), ("yes_output", "é")],
        [("result", True), ("yes_output", [1])],
        [("result", False), ("no_output", "NaN")],
        [("error", says("'1_000' and 999"))],
        [("error", says("cannot be compared"))],
        [("error", says("operator"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return is_small(input_data.value1, input_data.value2)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        left, right = _readable(input_data.value1), _readable(input_data.value2)
        is_true = _compare(left, input_data.operator, right)
        yield "result", is_true
        if is_true:
            yield "yes_output", left if input_data.yes_value is None else input_data.yes_value
        else:
            yield "no_output", right if input_data.no_value is None else input_data.no_value


def _readable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    number = read_number(value)
    return value.strip() if number is None else number


def _compare(left: Any, how: str, right: Any) -> bool:
    try:
        return _COMPARE[how](left, right)
    except TypeError:
        raise BlockError(
            f"{left!r:.80} and {right!r:.80} cannot be compared by {how!r}. Give two numbers or two texts."
        ) from None
