"""What a list of numbers has in common."""

from __future__ import annotations

import json
import math
from typing import Any

from backend.blocks.numbers._fit import fit_json
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.convert import read_number
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.errors import BlockError

Number = int | float

MAX_NUMBERS = 10_000
MAX_PERCENTILES = 100


class StatisticsBlock(QuickWhenSmall, Block):
    """Count, sum, mean, median, smallest, largest, standard deviation and percentiles of a list of numbers.

    Texts that read as numbers count as numbers. What a list is too short for is not given: of an empty one
    there are only the count and the sum, of a single number there is no standard deviation.
    """

    id = "02897ed3-4155-474c-b247-1f546c17a930"
    categories = {BlockCategory.DATA, BlockCategory.LOGIC}
    icon = "chart-column"
    pure = True

    class Input(BlockSchema):
        numbers: list[Any] = SchemaField(description=f"The numbers, at most {MAX_NUMBERS:,}")
        percentiles: list[float] = SchemaField(
            default=[25.0, 50.0, 75.0],
            description="Which percentiles to find, 0 to 100; between two numbers in proportion",
        )
        skip_others: bool = SchemaField(
            default=False, description="Pass over what is no number; else it fails, and says what and where"
        )

    class Output(BlockSchema):
        count: int = SchemaField(description="How many numbers there are")
        sum: int | float = SchemaField(description="All of them added up")
        mean: float = SchemaField(description="The arithmetic mean")
        median: int | float = SchemaField(description="The middle one, or the mean of the two in the middle")
        min: int | float = SchemaField(description="The smallest")
        max: int | float = SchemaField(description="The largest")
        stdev: float = SchemaField(description="The standard deviation of a sample (divided by n - 1)")
        percentiles: JsonObject = SchemaField(description="Each percentile asked for, by its name: 25, 99.9")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"numbers": [2, 4, 4, 4, 5, 5, 7, 9]},
        {"numbers": [0.1] * 10, "percentiles": [99.9]},
        {"numbers": ["1", None, " 2.5 ", "größe 😀", True, [3]], "skip_others": True, "percentiles": []},
        {"numbers": []},
        {"numbers": 7},
        {"numbers": [2**63, 2**63], "percentiles": []},
        {"numbers": [1, None]},
        {"numbers": [1, 2, "NaN"]},
        {"numbers": [True]},
        {"numbers": [1e308, 1e308]},
        {"numbers": [1e308, -1e308], "percentiles": []},
        {"numbers": [1e308, -1e308]},
        {"numbers": [0] * (MAX_NUMBERS + 1)},
        {"numbers": [1], "percentiles": [101]},
        {"numbers": [1], "percentiles": [50] * (MAX_PERCENTILES + 1)},
        {"numbers": None},
    ]
    test_output = [
        [
            ("count", 8),
            ("sum", 40),
            ("mean", 5.0),
            ("median", 4.5),
            ("min", 2),
            ("max", 9),
            ("stdev", 2.138089935299395),
            ("percentiles", {"25": 4.0, "50": 4.5, "75": 5.5}),
        ],
        [
            ("count", 10),
            ("sum", 1.0),
            ("mean", 0.1),
            ("median", 0.1),
            ("min", 0.1),
            ("max", 0.1),
            ("stdev", 0.0),
            ("percentiles", {"99.9": 0.1}),
        ],
        [
            ("count", 2),
            ("sum", 3.5),
            ("mean", 1.75),
            ("median", 1.75),
            ("min", 1),
            ("max", 2.5),
            ("stdev", 1.0606601717798212),
            ("percentiles", {}),
        ],
        [("count", 0), ("sum", 0)],
        [
            ("count", 1),
            ("sum", 7),
            ("mean", 7.0),
            ("median", 7),
            ("min", 7),
            ("max", 7),
            ("percentiles", {"25": 7.0, "50": 7.0, "75": 7.0}),
        ],
        [
            ("count", 2),
            ("sum", 2.0**64),
            ("mean", 2.0**63),
            ("median", 2.0**63),
            ("min", 2.0**63),
            ("max", 2.0**63),
            ("stdev", 0.0),
            ("percentiles", {}),
        ],
        [("error", says("numbers[1]", "null"))],
        [("error", says("numbers[2]", "NaN"))],
        [("error", says("numbers[0]", "true"))],
        [("error", says("too large"))],
        [
            ("count", 2),
            ("sum", 0.0),
            ("mean", 0.0),
            ("median", 0.0),
            ("min", -1e308),
            ("max", 1e308),
            ("stdev", 1.4142135623730951e308),
            ("percentiles", {}),
        ],
        [("error", says("too large"))],
        [("error", says("10,001"))],
        [("error", says("101"))],
        [("error", says("percentiles"))],
        [("error", says("numbers"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        _check(input_data)
        ordered = sorted(_read(input_data.numbers, skip_others=input_data.skip_others))
        try:
            found = _found(ordered, input_data.percentiles)
        except OverflowError:
            raise BlockError("A result is too large for a number. Use smaller numbers.") from None
        yield from found.items()


def _check(given: StatisticsBlock.Input) -> None:
    if len(given.numbers) > MAX_NUMBERS:
        raise BlockError(
            f"There are {len(given.numbers):,} numbers, and {MAX_NUMBERS:,} are the most. Split them first."
        )
    if len(given.percentiles) > MAX_PERCENTILES:
        raise BlockError(f"percentiles has {len(given.percentiles):,}, and {MAX_PERCENTILES} are the most.")
    wrong = next((one for one in given.percentiles if not 0 <= one <= 100), None)
    if wrong is not None:
        raise BlockError(f"percentiles has {wrong:g}. Give numbers from 0 to 100.")


def _read(items: list[Any], *, skip_others: bool) -> list[Number]:
    numbers: list[Number] = []
    for place, item in enumerate(items):
        number = _number(item)
        if number is not None:
            numbers.append(number)
        elif not skip_others:
            shown = json.dumps(item, ensure_ascii=False)
            raise BlockError(
                f"numbers[{place}] is {shown:.60}, which is no number. Correct it, or set skip_others."
            )
    return numbers


def _number(item: Any) -> Number | None:
    if isinstance(item, str):
        return read_number(item)
    return item if isinstance(item, (int, float)) and not isinstance(item, bool) else None


def _found(ordered: list[Number], percentiles: list[float]) -> JsonObject:
    """The answers by their pins; at least one number is needed for most, two for the deviation."""
    count = len(ordered)
    total = sum(ordered) if all(isinstance(number, int) for number in ordered) else math.fsum(ordered)
    found: JsonObject = {"count": count, "sum": fit_json(total)}
    if not count:
        return found
    mean = total / count
    middle, smallest, largest = map(fit_json, (_median(ordered), ordered[0], ordered[-1]))
    found |= {"mean": mean, "median": middle, "min": smallest, "max": largest}
    if count > 1:
        found["stdev"] = _finite(math.dist(ordered, [mean] * count) / math.sqrt(count - 1))
    return {**found, "percentiles": {_name(one): _percentile(ordered, one) for one in percentiles}}


def _median(ordered: list[Number]) -> Number:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _percentile(ordered: list[Number], percent: float) -> float:
    place = (len(ordered) - 1) * percent / 100
    below = ordered[math.floor(place)]
    above = ordered[math.ceil(place)]
    return _finite(below + (above - below) * (place % 1))


def _name(percent: float) -> str:
    return str(int(percent)) if percent.is_integer() else repr(percent)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise OverflowError
    return float(number)
