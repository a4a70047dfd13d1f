"""A number by chance."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from backend.blocks.numbers._seed import SEED, Seed, dice
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.convert import MAX_WHOLE, MIN_WHOLE
from backend.data.examples import Predicate, says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

Number = int | float


def _between(low: Number, high: Number) -> Predicate:
    return lambda value: type(value) is type(low) and low <= value <= high


class RandomNumberBlock(Block):
    """Give a number by chance, between two others. Not for secrets: whoever knows the seed knows the number."""

    id = "1575784b-c32d-4279-b815-56fd7cf7d1b8"
    categories = {BlockCategory.LOGIC}
    icon = "dices"

    class Input(BlockSchema):
        trigger: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        minimum: int | float = SchemaField(default=1, description="The smallest that may come")
        maximum: int | float = SchemaField(default=6, description="The largest that may come")
        whole: bool = SchemaField(
            default=True, description="Only whole numbers, each as likely as the others"
        )
        seed: Seed = SchemaField(default=None, description=SEED, advanced=True)

    class Output(BlockSchema):
        number: int | float = SchemaField(description="The number")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"minimum": 1, "maximum": 6},
        {"minimum": 1, "maximum": 1_000_000, "seed": "größe 😀"},
        {"minimum": 0, "maximum": 1, "whole": False, "trigger": [None]},
        {"minimum": 4.2, "maximum": 5.9},
        {"minimum": -(2**63), "maximum": 2**63 - 1, "seed": ""},
        {"minimum": -1.7e308, "maximum": 1.7e308, "whole": False},
        {"minimum": 3, "maximum": 3, "whole": False, "seed": 1},
        {"minimum": 6, "maximum": 1},
        {"minimum": 1.2, "maximum": 1.8},
        {"minimum": -1e300, "maximum": 1e300},
        {"minimum": "low"},
    ]
    test_output = [
        [("number", _between(1, 6))],
        [("number", 600392)],
        [("number", _between(0.0, 1.0))],
        [("number", 5)],
        [("number", _between(-(2**63), 2**63 - 1))],
        [("number", _between(-1.7e308, 1.7e308))],
        [("number", 3.0)],
        [("error", says("minimum", "maximum"))],
        [("error", says("no whole number"))],
        [("error", says("64 bits"))],
        [("error", says("minimum"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        low, high = input_data.minimum, input_data.maximum
        if low > high:
            raise BlockError(f"minimum {low!r} is above maximum {high!r}. Change them.")
        chance = await dice(input_data.seed, context)
        yield "number", _whole(low, high, chance) if input_data.whole else _any(low, high, chance)


def _whole(low: Number, high: Number, chance: Random) -> int:
    first, last = math.ceil(low), math.floor(high)
    if first > last:
        raise BlockError(
            f"There is no whole number from {low!r} to {high!r}. Widen it, or switch `whole` off."
        )
    if first < MIN_WHOLE or last > MAX_WHOLE:
        raise BlockError("Whole numbers have at most 64 bits. Choose others, or switch `whole` off.")
    return chance.randint(first, last)


def _any(low: Number, high: Number, chance: Random) -> float:
    part = chance.random()
    return float(low * (1 - part) + high * part)
