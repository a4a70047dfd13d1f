"""Blocks for tests that fail, differ, cannot be stopped, or say what their pins cannot carry."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError, ProviderUnavailable, RateLimited
from tests.support.effects import keys


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
        if input_data.how in ("cause", "context"):
            try:
                raise RateLimited("too many", retry_after_s=0.0)
            except RateLimited as error:
                if input_data.how == "cause":
                    raise RuntimeError("wrapped") from error
                raise RuntimeError("wrapped")  # noqa: B904  # what is in __context__ is the claim
        yield "out", input_data.how


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
