"""Blocks for tests of the engine: pure, async, in threads and processes; failing, counting, asking."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context, SyncContext
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import now
from backend.util.errors import BlockError, ProviderUnavailable, RateLimited

effects: Counter[str] = Counter()
"""What blocks did outside of the run, by its idempotency key and what it was; tests clear it."""
keys: dict[str, set[str]] = {}
"""Idempotency keys that firings saw, by `node/firing`."""


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
            yield "out", await context.step(f"step {number}", lambda n=number: self._effect(context, place, n, input_data))

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


class FailOnBlock(Block):
    """Fails for one value, after it has given the value on `early`."""

    id = "test-fail-on"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        bad: Any = SchemaField(default=None)
        yields_error: bool = SchemaField(default=False)

    class Output(BlockSchema):
        early: Any = SchemaField()
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "early", input_data.value
        if input_data.value == input_data.bad:
            if input_data.yields_error:
                yield "error", f"bad {input_data.value}"
                yield "out", "never"
            raise BlockError(f"bad {input_data.value}")
        yield "out", input_data.value


class FlakyBlock(Block):
    """Fails with a provider's error until it is tried the `good`-th time; gives the attempt and the key."""

    id = "test-flaky"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        good: int = SchemaField(default=3)
        retry_after_s: float | None = SchemaField(default=None)

    class Output(BlockSchema):
        early: Any = SchemaField()
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        keys.setdefault(f"{context.node_id}/{context.firing}", set()).add(context.idempotency_key)
        yield "early", input_data.value
        if context.attempt < input_data.good:
            if input_data.retry_after_s is not None:
                raise RateLimited("slow down", retry_after_s=input_data.retry_after_s)
            raise ProviderUnavailable("away")
        yield "out", context.attempt


class WrappedErrorBlock(Block):
    """Fails with a foreign error that has ours behind it: as its `cause`, or in its `context`."""

    id = "test-wrapped-error"

    class Input(BlockSchema):
        how: str = SchemaField()

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        try:
            raise RateLimited("too many", retry_after_s=0.0)
        except RateLimited as error:
            if input_data.how == "cause":
                raise RuntimeError("wrapped") from error
            raise RuntimeError("wrapped")  # noqa: B904  # what is in __context__ is the claim
        yield "out", None


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


class RandomBlock(Block):
    """Not deterministic and not recorded: a counter that never gives the same number twice."""

    id = "test-random"
    given = 0

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, **kwargs: Any) -> AsyncBlockOutput:
        RandomBlock.given += 1
        yield "out", RandomBlock.given
        await asyncio.sleep(0)
        yield "out", "second"


class StuckBlock(Block):
    """A thread that sees nothing until `gate` opens; then it yields three values. `seen` gets what it did."""

    id = "test-stuck"
    gate = Event()
    seen: list[str] = []

    class Input(BlockSchema):
        pass

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        StuckBlock.seen.append("began")
        StuckBlock.gate.wait(20)
        StuckBlock.seen.append("woke")
        for number in range(3):
            StuckBlock.seen.append(f"yields {number}")
            yield "out", number


class TickBlock(Block):
    """A thread that yields every hundredth of a second, for 20 s; `ticks` counts."""

    id = "test-tick"
    ticks = 0

    class Input(BlockSchema):
        pass

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        for number in range(2_000):
            TickBlock.ticks += 1
            time.sleep(0.01)
            yield "out", number


class SayBlock(Block):
    """Yields what `odd` names, on a pin of text: things that are no JSON, or no text."""

    id = "test-say"
    pure = True

    class Input(BlockSchema):
        odd: str = SchemaField()

    class Output(BlockSchema):
        any: Any = SchemaField()
        text: str = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> Iterator[tuple[str, Any]]:
        values: dict[str, tuple[str, Any]] = {
            "nan": ("any", float("nan")),
            "nan inside": ("any", {"a": [1.0, float("inf")]}),
            "tuple": ("any", (1, (2, 3))),
            "set": ("any", {1, 2}),
            "object": ("any", object()),
            "int key": ("any", {1: "a"}),
            "big int": ("any", 1 << 70),
            "surrogate": ("any", "\ud800"),
            "wrong type": ("text", 5),
            "unknown pin": ("nowhere", 1),
            "null inside": ("any", [None, {"a": None}]),
        }
        yield values[input_data.odd]


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
