"""Sum, average and extremes of numbers."""

from __future__ import annotations

import math
from typing import Any

from backend.blocks.lists._by import BY, values_by
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import converter
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.errors import BlockError

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""

Number = int | float

_as_number = converter({"type": "number"})
_MIN_WHOLE, _MAX_WHOLE = -(2**63), 2**64 - 1


class SummarizeNumbersBlock(QuickWhenSmall, Block):
    """Sum, average, smallest and greatest of the numbers in a list, or of a number in each object.

    Texts that read as numbers are numbers; null and what is missing are passed over. Without any number
    only the count and the sum come.
    """

    id = "d45c738d-250f-4977-91a0-3221005be672"
    categories = {BlockCategory.BASIC}
    icon = "sigma"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list")
        by: str = SchemaField(default="", description=f"The number: {BY}", placeholder="price")

    class Output(BlockSchema):
        count: int = SchemaField(description="How many numbers there are")
        sum: Number = SchemaField(description="All of them added up; whole if all are")
        average: float = SchemaField(description="The sum divided by the count")
        smallest: Number = SchemaField(description="The smallest number")
        greatest: Number = SchemaField(description="The greatest number")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "list": [{"item": "pen", "price": 3}, {"item": "ink", "price": 9.5}, {"item": "pad"}],
            "by": "price",
        },
        {"list": [1, 2, 3, None]},
        {"list": [0.1] * 10},
        {"list": [" 2.5 ", "-1", 1e3]},
        {"list": [[5], [7]], "by": "[0]"},
        {"list": []},
        {"list": [2**63, 2**63]},
        {"list": [1e308, 1e308]},
        {"list": [*range(10_001)]},
        {"list": [1, "größe 😀"]},
        {"list": [{"a": 1}]},
        {"list": [1], "by": "]"},
        {"list": None},
    ]
    test_output = [
        [("count", 2), ("sum", 12.5), ("average", 6.25), ("smallest", 3), ("greatest", 9.5)],
        [("count", 3), ("sum", 6), ("average", 2.0), ("smallest", 1), ("greatest", 3)],
        [("count", 10), ("sum", 1.0), ("average", 0.1), ("smallest", 0.1), ("greatest", 0.1)],
        [("count", 3), ("sum", 1001.5), ("average", 1001.5 / 3), ("smallest", -1), ("greatest", 1e3)],
        [("count", 2), ("sum", 12), ("average", 6.0), ("smallest", 5), ("greatest", 7)],
        [("count", 0), ("sum", 0)],
        [("count", 2), ("sum", 2.0**64), ("average", 2.0**63), ("smallest", 2**63), ("greatest", 2**63)],
        [("count", 2), ("error", says("too large"))],
        [("count", 10_001), ("sum", 50_005_000), ("average", 5_000.0), ("smallest", 0), ("greatest", 10_000)],
        [("error", says("Item 1", "größe"))],
        [("error", says("Item 0", "object"))],
        [("error", says("The path", "cannot be read"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        values = enumerate(values_by(input_data.by, input_data.list))
        numbers = [_number(place, value) for place, value in values if value is not None]
        yield "count", len(numbers)
        total = _sum(numbers)
        yield "sum", total
        if numbers:
            yield "average", total / len(numbers)
            yield "smallest", min(numbers)
            yield "greatest", max(numbers)


def _number(place: int, value: Any) -> Number:
    try:
        number: Number = _as_number(value)
    except ValueError as error:
        raise BlockError(f"Item {place}: {error} Leave it out, or name a number in 'by'.") from error
    return number


def _sum(numbers: list[Number]) -> Number:
    """Exact for whole numbers of up to 64 bits, rounded once for all others."""
    try:
        if any(isinstance(number, float) for number in numbers):
            return math.fsum(numbers)
    except OverflowError:
        raise BlockError("The sum is too large. Use smaller numbers.") from None
    total = sum(numbers)
    return total if _MIN_WHOLE <= total <= _MAX_WHOLE else float(total)
