"""Numbers as texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

MAX_DECIMALS = 20


class FormatNumberBlock(Block):
    """Write a number as a text, with separators between thousands and so many decimals."""

    id = "6fae3a05-3a5e-419e-ba40-5fa001c55a7d"
    categories = {BlockCategory.TEXT, BlockCategory.LOGIC}
    icon = "binary"
    pure = True

    class Input(BlockSchema):
        number: int | float = SchemaField(description="The number to write")
        decimals: int | None = SchemaField(
            default=None,
            ge=0,
            le=MAX_DECIMALS,
            description="Digits behind the point, halves to the even one; none: as many as the number has",
        )
        thousands_separator: str = SchemaField(
            default=",", max_length=10, description="Between groups of three digits; empty for none"
        )
        decimal_mark: str = SchemaField(
            default=".", min_length=1, max_length=10, description="Before the decimals"
        )
        as_percent: bool = SchemaField(default=False, description="Times 100, with a percent sign behind")
        show_plus: bool = SchemaField(default=False, description="A plus sign before what is not negative")

    class Output(BlockSchema):
        text: str = SchemaField(description="The number as a text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"number": 1234567.891, "decimals": 2},
        {"number": 1234567.891, "decimals": 2, "thousands_separator": ".", "decimal_mark": ","},
        {"number": "-1234.5", "thousands_separator": " "},
        {"number": 0.1234, "as_percent": True, "decimals": 1},
        {"number": 5, "show_plus": True, "decimals": 2, "thousands_separator": ""},
        {"number": -0.001, "decimals": 2},
        {"number": 1e22},
        {"number": 1e-7},
        {"number": 12.0},
        {"number": 1000, "thousands_separator": "😀"},
        {"number": -1.7976931348623157e308, "decimals": 0},
        {"number": 1, "decimals": 21},
        {"number": 1, "decimal_mark": ""},
        {"number": 1, "thousands_separator": "," * 11},
        {"number": "ten"},
        {"number": ""},
        {"number": None},
        {"number": [1]},
    ]
    test_output = [
        [("text", "1,234,567.89")],
        [("text", "1.234.567,89")],
        [("text", "-1 234.5")],
        [("text", "12.3%")],
        [("text", "+5.00")],
        [("text", "0.00")],
        [("text", "10,000,000,000,000,000,000,000")],
        [("text", "0.0000001")],
        [("text", "12")],
        [("text", "1😀000")],
        [("text", "-179,769,313,486,231,570" + ",000" * 97)],
        [("error", says("decimals"))],
        [("error", says("decimal_mark"))],
        [("error", says("thousands_separator"))],
        [("error", says("number"))],
        [("error", says("number"))],
        [("error", says("number"))],
        [("error", says("number"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "text", _written(input_data)


def _written(given: FormatNumberBlock.Input) -> str:
    number = Decimal(repr(given.number))
    if given.as_percent:
        number = number.scaleb(2)
    if given.decimals is None:
        number = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    sign, decimals = "+" if given.show_plus else "", "" if given.decimals is None else f".{given.decimals}"
    digits = f"{number:{sign}z,{decimals}f}"
    whole, _, fraction = digits.partition(".")
    whole = whole.replace(",", given.thousands_separator)
    text = f"{whole}{given.decimal_mark}{fraction}" if fraction else whole
    return f"{text}%" if given.as_percent else text
