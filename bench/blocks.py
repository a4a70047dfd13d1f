"""Blocks that only benchmarks use: they do next to nothing, so that what is measured is the engine."""

from __future__ import annotations

from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockOutput
from backend.data.model import BlockSchema, SchemaField


def fibonacci(n: int) -> int:
    """By recursion without a memory: 177 calls for 10, 11.4 million for 33."""
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class FibonacciBlock(Block):
    """A light pure block: computes a number in about 10 µs."""

    id = "b74d4e01-b9ec-4cfb-a076-feddacb55f83"
    pure = True

    class Input(BlockSchema):
        n: int = SchemaField(description="Which number")
        after: Any = SchemaField(default=None, description="Only for the order")

    class Output(BlockSchema):
        result: int = SchemaField(description="The number")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "result", fibonacci(input_data.n)


class HeavyFibonacciBlock(Block):
    """The same, in a process of its own."""

    id = "c224d53c-0194-44c5-a1ce-95c007e9ef03"
    cpu_bound = True

    class Input(BlockSchema):
        n: int = SchemaField(description="Which number")

    class Output(BlockSchema):
        result: int = SchemaField(description="The number")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "result", fibonacci(input_data.n)


class PassBlock(Block):
    """The smallest pure block: gives on what it gets."""

    id = "0f85080a-19ed-45c5-b71e-4793c95c0e66"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(description="Any value")

    class Output(BlockSchema):
        value: Any = SchemaField(description="The same")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "value", input_data.value


class EffectBlock(Block):
    """The smallest block that is not pure: each firing is on disk before the next one starts."""

    id = "0bddb400-f312-4511-8a31-7225a2410d22"

    class Input(BlockSchema):
        value: Any = SchemaField(description="Any value")

    class Output(BlockSchema):
        value: Any = SchemaField(description="The same")

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        yield "value", input_data.value


class CountBlock(Block):
    """Gives out numbers one by one."""

    id = "bb3eb67d-0288-46d9-ae1f-42bc7e4f3a1c"
    pure = True

    class Input(BlockSchema):
        count: int = SchemaField(description="How many")

    class Output(BlockSchema):
        item: int = SchemaField(description="From 0", each=True)

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        for number in range(input_data.count):
            yield "item", number


ALL: tuple[type[Block], ...] = (FibonacciBlock, HeavyFibonacciBlock, PassBlock, EffectBlock, CountBlock)
