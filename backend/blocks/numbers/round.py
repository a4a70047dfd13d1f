"""Round a number."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any, Literal

from backend.blocks.numbers._fit import fit_json
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

MAX_DECIMALS = 20

_DIGITS = decimal.Context(prec=400)
"""Enough for every digit before and behind the point that a number can have."""
_ROUNDINGS = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "up": decimal.ROUND_CEILING,
    "down": decimal.ROUND_FLOOR,
    "cut": decimal.ROUND_DOWN,
}


class RoundNumberBlock(Block):
    """Round a number to so many decimals, up, down or to the nearest. It is rounded as it is written: 2.675 to 2.68."""

    id = "8905fe02-f1d0-487a-8df0-43b3323f93fa"
    categories = {BlockCategory.LOGIC}
    icon = "decimals-arrow-left"
    pure = True

    class Input(BlockSchema):
        number: int | float = SchemaField(description="The number to round")
        decimals: int = SchemaField(
            default=0,
            ge=-MAX_DECIMALS,
            le=MAX_DECIMALS,
            description="Digits behind the point; -3 rounds to thousands. With 0 or less the result is whole",
        )
        mode: Literal["half_up", "half_even", "up", "down", "cut"] = SchemaField(
            default="half_up",
            description=(
                "half_up: to the nearest, halves away from zero; half_even: halves to the even digit; "
                "up: to the larger; down: to the smaller; cut: towards zero"
            ),
        )

    class Output(BlockSchema):
        result: int | float = SchemaField(description="The rounded number")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"number": 2.675, "decimals": 2},
        {"number": 2.5},
        {"number": 2.5, "mode": "half_even"},
        {"number": -2.5},
        {"number": -2.1, "mode": "up"},
        {"number": -2.1, "mode": "down"},
        {"number": -2.9, "mode": "cut"},
        {"number": 123456, "decimals": -3},
        {"number": 7, "decimals": 2},
        {"number": " 1.005 ", "decimals": 2},
        {"number": 1.7976931348623157e308, "mode": "up", "decimals": -20},
        {"number": 5e-324, "mode": "up", "decimals": 20},
        {"number": 2**64 - 1, "decimals": -1},
        {"number": 2**63},
        {"number": -0.2},
        {"number": 1, "decimals": 21},
        {"number": "größe 😀"},
        {"number": ""},
        {"number": None},
        {"number": 1, "mode": "nearest"},
    ]
    test_output = [
        [("result", 2.68)],
        [("result", 3)],
        [("result", 2)],
        [("result", -3)],
        [("result", -2)],
        [("result", -3)],
        [("result", -2)],
        [("result", 123000)],
        [("result", 7)],
        [("result", 1.01)],
        [("result", 1.7976931348623157e308)],
        [("result", 1e-20)],
        [("result", 18446744073709551620.0)],
        [("result", 2.0**63)],
        [("result", 0)],
        [("error", says("decimals"))],
        [("error", says("number"))],
        [("error", says("number"))],
        [("error", says("number"))],
        [("error", says("mode"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        number, decimals = input_data.number, input_data.decimals
        if isinstance(number, int) and decimals >= 0:
            yield "result", fit_json(number)
            return
        step = Decimal(1).scaleb(-decimals)
        rounded = Decimal(repr(number)).quantize(step, _ROUNDINGS[input_data.mode], _DIGITS)
        yield "result", float(rounded) if decimals > 0 else fit_json(int(rounded))
