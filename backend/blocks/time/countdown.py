"""Wait for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.convert import read_number
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import now
from backend.util.errors import BlockError

MAX_DAYS = 3650


class CountdownTimerBlock(Block):
    """Wait, then give a message on. The run holds no worker meanwhile, and keeps its time across restarts."""

    id = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71"
    categories = {BlockCategory.TIME, BlockCategory.TEXT}
    icon = "timer"
    order = "arrival"
    differences = (
        f"The message is given at most 1,000 times, and all waits together last at most {MAX_DAYS:,} days.",
        "An amount that is negative or no number fails, with the pin named.",
    )

    class Input(BlockSchema):
        input_message: Any = SchemaField(default="timer finished", description="What to give on")
        seconds: int | str = SchemaField(default=0, description="Seconds to wait, in addition to the others")
        minutes: int | str = SchemaField(default=0, description="Minutes to wait, in addition to the others")
        hours: int | str = SchemaField(default=0, description="Hours to wait, in addition to the others")
        days: int | str = SchemaField(default=0, description="Days to wait, in addition to the others")
        repeat: int = SchemaField(
            default=1, ge=1, le=1000, description="How often to wait and give the message"
        )

    class Output(BlockSchema):
        output_message: Any = SchemaField(description="The message, after each wait")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"seconds": 1},
        {"input_message": {"é": None}, "seconds": "0", "repeat": 2},
        {"minutes": "1.5", "hours": 1, "days": 1, "input_message": [None]},
        {"seconds": "soon"},
        {"seconds": -1},
        {"days": 10**9},
        {"repeat": 0},
    ]
    test_output = [
        [("output_message", "timer finished")],
        [("output_message", {"é": None}), ("output_message", {"é": None})],
        [("output_message", [None])],
        [("error", says("seconds", "soon"))],
        [("error", says("seconds"))],
        [("error", says("3,650 days"))],
        [("error", says("repeat"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        pause = _pause(input_data)
        start = await context.step("start", _moment) if pause else ""
        for turn in range(1, input_data.repeat + 1):
            if pause:
                await context.wait_until(datetime.fromisoformat(start) + pause * turn, key=f"wait-{turn}")
            yield "output_message", input_data.input_message


async def _moment() -> str:
    return now().isoformat()


def _pause(given: CountdownTimerBlock.Input) -> timedelta:
    """The whole wait; its total over all turns is bounded."""
    named = {unit: _amount(unit, getattr(given, unit)) for unit in ("seconds", "minutes", "hours", "days")}
    try:
        pause = timedelta(**named)
    except OverflowError:
        pause = timedelta.max
    if pause > timedelta(days=MAX_DAYS) / given.repeat:
        raise BlockError(f"The wait is longer than {MAX_DAYS:,} days in all. Choose a shorter one.")
    return pause


def _amount(unit: str, given: int | str) -> float:
    number = read_number(given) if isinstance(given, str) else given
    if number is None or number < 0:
        raise BlockError(f"{unit} is {given!r:.60}. Give a number that is not negative.")
    return float(number)
