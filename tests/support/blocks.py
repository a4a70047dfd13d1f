"""Blocks for tests of the engine: pure, async, in threads and processes; counting, waiting, asking."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from functools import partial
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context, SyncContext
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import now
from tests.support.effects import effects, keys
from tests.support.failing_blocks import (
    FailOnBlock,
    FlakyBlock,
    RandomBlock,
    SayBlock,
    StuckBlock,
    TickBlock,
    WrappedErrorBlock,
)

__all__ = [
    "FailOnBlock",
    "FlakyBlock",
    "RandomBlock",
    "SayBlock",
    "StuckBlock",
    "TickBlock",
    "WrappedErrorBlock",
    "effects",
    "keys",
]


class ItemsBlock(Block):
    """Gives out a list item by item, then the list."""

    id = "test-items"
    pure = True

    class Input(BlockSchema):
        items: list[Any] = SchemaField()

    class Output(BlockSchema):
        item: Any = SchemaField(each=True)
        key: int = SchemaField(each=True)
        list: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        for key, item in enumerate(input_data.items):
            yield "item", item
            yield "key", key
        yield "list", input_data.items


class GatherBlock(Block):
    """Collects."""

    id = "test-gather"
    pure = True
    collects = True

    class Input(BlockSchema):
        items: list[Any] = SchemaField()

    class Output(BlockSchema):
        list: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "list", input_data.items


class PureBlock(Block):
    """Hands a value on, in a list with its mark if it has one."""

    id = "test-pure"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        mark: str = SchemaField(default="")

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "out", [input_data.mark, input_data.value] if input_data.mark else input_data.value


class JoinBlock(Block):
    """Both inputs as a list."""

    id = "test-join"
    pure = True

    class Input(BlockSchema):
        x: Any = SchemaField()
        y: Any = SchemaField()

    class Output(BlockSchema):
        out: list[Any] = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "out", [input_data.x, input_data.y]


class AddEntryBlock(Block):
    """An accumulator: adds an entry to the list that comes back on its state pin."""

    id = "test-add-entry"
    pure = True

    class Input(BlockSchema):
        entry: Any = SchemaField()
        list: Any = SchemaField(default=())

    class Output(BlockSchema):
        list: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "list", [*input_data.list, input_data.entry]


class EffectBlock(Block):
    """An async block whose effects outside are counted; takes `pause_s` before each value."""

    id = "test-effect"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        times: int = SchemaField(default=1)
        pause_s: float = SchemaField(default=0.0)

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        place = f"{context.node_id}/{context.firing}"
        keys.setdefault(place, set()).add(context.idempotency_key)
        effects[place] += 1
        for _ in range(input_data.times):
            await asyncio.sleep(input_data.pause_s)
            yield "out", input_data.value


class AtMostOnceBlock(EffectBlock):
    """The same, never repeated."""

    id = "test-at-most-once"
    at_most_once = True


class StepsBlock(Block):
    """Three recorded steps with an effect each; charges for each, tells what they gave."""

    id = "test-steps"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        usd_micros: int = SchemaField(default=0)

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        place = f"{context.node_id}/{context.firing}"
        keys.setdefault(place, set()).add(context.idempotency_key)
        for number in range(3):
            effect = partial(self._effect, context, place, number, input_data)
            yield "out", await context.step(f"step {number}", effect)

    async def _effect(self, context: Context, place: str, number: int, given: Input) -> Any:
        effects[f"{place}/step {number}"] += 1
        if given.usd_micros:
            context.add_cost(given.usd_micros, "a call")
        await asyncio.sleep(0)
        return [number, given.value]


class ThreadBlock(Block):
    """Works in a thread, with a recorded step there."""

    id = "test-thread"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, *, context: SyncContext, **kwargs: Any) -> BlockOutput:
        place = f"{context.node_id}/{context.firing}"

        def effect() -> Any:
            effects[f"{place}/step"] += 1
            return ["thread", input_data.value]

        yield "out", context.step("step", effect)


class ProcessBlock(Block):
    """Squares in another process; sleeps first, in `sleep_s`."""

    id = "test-process"
    cpu_bound = True

    class Input(BlockSchema):
        value: int = SchemaField()
        sleep_s: float = SchemaField(default=0.0)

    class Output(BlockSchema):
        out: int = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        time.sleep(input_data.sleep_s)
        yield "out", input_data.value**2


class SleepBlock(Block):
    """Waits for `seconds` by the platform, between two values."""

    id = "test-sleep"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        seconds: float = SchemaField(default=0.01)

    class Output(BlockSchema):
        before: Any = SchemaField()
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        yield "before", input_data.value
        await context.wait_until(now() + timedelta(seconds=input_data.seconds))
        yield "out", input_data.value


class AskBlock(Block):
    """Asks a person and gives what they decided."""

    id = "test-ask"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        decision = await context.ask("ok?", input_data.value)
        yield "out", [decision.is_approved, decision.data, decision.message]


class CallerBlock(Block):
    """Calls a tool for each entry and gives the list of what came back."""

    id = "test-caller"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        tool: str = SchemaField()
        calls: list[Any] = SchemaField()

    class Output(BlockSchema):
        tools: Any = SchemaField()
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        said: list[Any] = []
        for number, given in enumerate(input_data.calls):
            said += await context.call_tool(input_data.tool, {"value": given}, f"call {number}")
        yield "out", said


class ParentBlock(Block):
    """Runs another graph with one input `x` and gives its outputs, one by one."""

    id = "test-parent"

    class Input(BlockSchema):
        x: Any = SchemaField(default=None)
        graph_id: str = SchemaField()

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        result = await context.run_graph(input_data.graph_id, None, {"x": input_data.x})
        for name, value in result.outputs:
            yield "out", [name, value]


class GrowBlock(Block):
    """Yields whole numbers, as many as `count`; async, so that it can be paused. `size` makes them texts."""

    id = "test-grow"

    class Input(BlockSchema):
        count: int = SchemaField()
        size: int = SchemaField(default=0)

    class Output(BlockSchema):
        item: Any = SchemaField(each=True)

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        for number in range(input_data.count):
            yield "item", str(number) * input_data.size if input_data.size else number


class PureGrowBlock(Block):
    """The same as a pure block."""

    id = "test-pure-grow"
    pure = True
    Input = GrowBlock.Input
    Output = GrowBlock.Output

    def run(self, input_data: Any, **kwargs: Any) -> BlockOutput:
        for number in range(input_data.count):
            yield "item", str(number) * input_data.size if input_data.size else number


class TypedBlock(Block):
    """Inputs of several types; gives them back."""

    id = "test-typed"
    pure = True

    class Input(BlockSchema):
        number: int = SchemaField(default=0)
        text: str = SchemaField(default="")
        values: list[Any] = SchemaField(default=[])
        parts: dict[str, Any] = SchemaField(default={})

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "out", [input_data.number, input_data.text, input_data.values, input_data.parts]


BLOCKS: tuple[type[Block], ...] = tuple(
    value
    for value in list(vars().values())
    if isinstance(value, type) and issubclass(value, Block) and value is not Block
)
