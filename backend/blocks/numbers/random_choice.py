"""Items by chance."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from backend.blocks.numbers._seed import SEED, Seed, dice
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import Predicate, says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

MAX_DRAWN = 100_000


def _holds(items: list[int]) -> Predicate:
    """In whatever order."""
    return lambda value: sorted(value) == items


class RandomChoiceBlock(Block):
    """Pick items of a list by chance, or shuffle it. An item is picked once, unless repeats are allowed."""

    id = "e53fd764-9590-450e-aed3-c3af412de098"
    categories = {BlockCategory.LOGIC, BlockCategory.DATA}
    icon = "shuffle"

    class Input(BlockSchema):
        items: list[Any] = SchemaField(description="What to pick from; it stays as it is")
        count: int = SchemaField(default=1, ge=0, le=MAX_DRAWN, description="How many to pick")
        shuffle: bool = SchemaField(
            default=False, description="Give all of them, in an order by chance, whatever the count"
        )
        allow_repeats: bool = SchemaField(default=False, description="Whether an item may be picked again")
        seed: Seed = SchemaField(default=None, description=SEED, advanced=True)

    class Output(BlockSchema):
        choice: Any = SchemaField(description="The first that was picked")
        choices: list[Any] = SchemaField(description="All that were picked, in the order in which they came")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"items": ["Ada", "Grace", "größe 😀"], "count": 2, "seed": "raffle"},
        {"items": ["Ada"]},
        {"items": [1, 2, 3], "shuffle": True},
        {"items": [None], "count": 3, "allow_repeats": True},
        {"items": [1, 2], "count": 0},
        {"items": [], "shuffle": True},
        {"items": [0] * 10_001, "count": 10_000},
        {"items": []},
        {"items": [1, 2], "count": 3},
        {"items": [1], "count": -1},
        {"items": [0] * (MAX_DRAWN + 1), "shuffle": True},
        {"items": 5},
        {"items": None},
    ]
    test_output = [
        [("choice", "Ada"), ("choices", ["Ada", "größe 😀"])],
        [("choice", "Ada"), ("choices", ["Ada"])],
        [("choice", int), ("choices", _holds([1, 2, 3]))],
        [("choice", None), ("choices", [None, None, None])],
        [("choices", [])],
        [("choices", [])],
        [("choice", 0), ("choices", [0] * 10_000)],
        [("error", says("empty"))],
        [("error", says("2 items"))],
        [("error", says("count"))],
        [("error", says("100,000"))],
        [("choice", 5), ("choices", [5])],
        [("error", says("items"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        count = len(input_data.items) if input_data.shuffle else input_data.count
        _check(input_data, count)
        chance = await dice(input_data.seed, context)
        drawn = await asyncio.to_thread(_drawn, input_data, count, chance)
        if drawn:
            yield "choice", drawn[0]
        yield "choices", drawn


def _check(given: RandomChoiceBlock.Input, count: int) -> None:
    available = len(given.items)
    if count > MAX_DRAWN:
        raise BlockError(f"There are {count:,} items to shuffle, and {MAX_DRAWN:,} are the most. Pick fewer.")
    if count and not available:
        raise BlockError("The list is empty: there is nothing to pick.")
    if count > available and not given.allow_repeats:
        raise BlockError(f"There are {available} items, not {count}. Pick fewer, or allow repeats.")


def _drawn(given: RandomChoiceBlock.Input, count: int, chance: Random) -> list[Any]:
    if given.allow_repeats and not given.shuffle:
        return chance.choices(given.items, k=count) if count else []
    return chance.sample(given.items, count)
