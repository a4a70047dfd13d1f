"""Arithmetic with two numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Literal

from backend.blocks.numbers._fit import fit_json
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

Number = int | float

_OPERATIONS: dict[str, Callable[[Number, Number], Any]] = {
    "Add": operator.add,
    "Subtract": operator.sub,
    "Multiply": operator.mul,
    "Divide": lambda a, b: a / b,
    "Power": lambda base, exponent: float(base) ** float(exponent),
}


class CalculatorBlock(Block):
    """Add, subtract, multiply, divide or raise to a power. Whole numbers stay whole when added, subtracted, multiplied.

    Where a result is impossible (division by zero, a root of a negative number, beyond what a number can
    hold) the block fails and says so. Whole results beyond 64 bits become fractional numbers of the same size.
    """

    id = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"
    categories = {BlockCategory.LOGIC}
    icon = "calculator"
    pure = True
    differences = (
        "A division by zero fails; there it gives infinity.",
        "An impossible or too large result fails and says why; there it gives NaN, without an error.",
    )

    class Input(BlockSchema):
        operation: Literal["Add", "Subtract", "Multiply", "Divide", "Power"] = SchemaField(
            description="What to do"
        )
        a: int | float = SchemaField(description="The first number")
        b: int | float = SchemaField(description="The second number")
        round_result: bool = SchemaField(
            default=False, description="Round to a whole number, halves to the even one"
        )

    class Output(BlockSchema):
        result: int | float = SchemaField(description="The result")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"operation": "Add", "a": 10, "b": 5},
        {"operation": "Subtract", "a": 0.5, "b": 1},
        {"operation": "Multiply", "a": 2**40, "b": 2**40},
        {"operation": "Add", "a": 2**63 - 1, "b": 1},
        {"operation": "Divide", "a": 10, "b": 4},
        {"operation": "Power", "a": 2, "b": 10},
        {"operation": "Divide", "a": 5, "b": 2, "round_result": True},
        {"operation": "Divide", "a": 1, "b": 0},
        {"operation": "Power", "a": 10, "b": 1_000_000_000},
        {"operation": "Power", "a": -8, "b": 0.5},
        {"operation": "Multiply", "a": 1e308, "b": 10},
        {"operation": "Modulo", "a": 1, "b": 1},
        {"operation": "Add", "a": "ten", "b": 1},
    ]
    test_output = [
        [("result", 15)],
        [("result", -0.5)],
        [("result", 2.0**80)],
        [("result", 2.0**63)],
        [("result", 2.5)],
        [("result", 1024.0)],
        [("result", 2)],
        [("error", says("zero"))],
        [("error", says("too large"))],
        [("error", says("no real result"))],
        [("error", says("too large"))],
        [("error", says("operation"))],
        [("error", says("a"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        result = _calculated(input_data.operation, input_data.a, input_data.b)
        yield "result", fit_json(round(result)) if input_data.round_result else result


def _calculated(operation: str, a: Number, b: Number) -> Number:
    shown = f"{operation} of {a!r:.30} and {b!r:.30}"
    try:
        result = _OPERATIONS[operation](a, b)
    except ZeroDivisionError:
        raise BlockError(f"{shown}: division by zero. Check the second number first.") from None
    except OverflowError:
        raise BlockError(f"{shown}: the result is too large. Use smaller numbers.") from None
    if isinstance(result, complex):
        raise BlockError(f"{shown}: there is no real result. Use a first number that is not negative.")
    if not math.isfinite(result):
        raise BlockError(f"{shown}: the result is too large. Use smaller numbers.")
    return fit_json(result)
