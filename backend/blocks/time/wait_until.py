"""Wait for a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from backend.blocks.time._moments import Moment, in_zone, read_moment, settled
from backend.blocks.time._zones import find_zone
from backend.blocks.time.countdown import MAX_DAYS
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import now
from backend.util.errors import BlockError

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


class WaitUntilBlock(Block):
    """Wait until a moment, or until the next time a clock shows a time of day, then give a value on.

    A moment that is past is no wait. The run holds no worker meanwhile, and waits on across restarts.
    The examples are of 29 March 2026, 00:05:06 UTC.
    """

    id = "e264fc06-e68f-4004-80a4-647580171be9"
    categories = {BlockCategory.TIME}
    icon = "alarm-clock"
    order = "arrival"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None, description="What to give on after the wait")
        date_time: Moment = SchemaField(
            default="", description="The moment: ISO 8601 or a Unix time; or give a time of day"
        )
        time_of_day: str = SchemaField(
            default="",
            description="The next time it is so late: 09:30, today or tomorrow; or give a moment",
            placeholder="09:30",
        )
        timezone: str = SchemaField(
            default="UTC", description="Whose clock, and the zone of a moment without an offset"
        )

    class Output(BlockSchema):
        value: Any = SchemaField(description="The value, after the wait")
        date_time: str = SchemaField(description="The moment that was waited for, in ISO 8601")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"value": "Good morning", "time_of_day": "09:30", "timezone": "Europe/Berlin"},
        {"value": {"ü": None}, "date_time": "2026-03-29T01:10:00", "timezone": "Europe/Berlin"},
        {"time_of_day": "1:05:06"},
        {"time_of_day": "02:30", "timezone": "Europe/Berlin"},
        {"value": 1, "date_time": "1999-01-01"},
        {"value": 1},
        {"value": 1, "date_time": "2030-01-01", "time_of_day": "09:30"},
        {"value": 1, "time_of_day": "25:00"},
        {"value": 1, "time_of_day": "½ 9 😀"},
        {"value": 1, "date_time": "9000-01-01"},
        {"value": 1, "date_time": "soon"},
        {"value": 1, "date_time": [1]},
        {"value": 1, "time_of_day": "09:30", "timezone": "Berlin"},
    ]
    test_output = [
        [("value", "Good morning"), ("date_time", "2026-03-29T09:30:00+02:00")],
        [("value", {"ü": None}), ("date_time", "2026-03-29T01:10:00+01:00")],
        [("value", None), ("date_time", "2026-03-29T01:05:06+00:00")],
        [("value", None), ("date_time", "2026-03-29T03:30:00+02:00")],
        [("value", 1), ("date_time", "1999-01-01T00:00:00+00:00")],
        [("error", says("date_time", "time_of_day"))],
        [("error", says("one of the two"))],
        [("error", says("25:00"))],
        [("error", says("time_of_day"))],
        [("error", says("3,650 days"))],
        [("error", says("soon"))],
        [("error", says("date_time"))],
        [("error", says("Europe/Berlin"))],
    ]
    test_mock = {"moment": lambda: "2026-03-29T00:05:06+00:00"}

    async def moment(self) -> str:
        return now().isoformat()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        present = datetime.fromisoformat(await context.step("now", self.moment))
        until = _until(input_data, present)
        if in_zone(until, UTC) - present > timedelta(days=MAX_DAYS):
            raise BlockError(
                f"{until.isoformat()} is more than {MAX_DAYS:,} days away. Choose an earlier moment."
            )
        await context.wait_until(in_zone(until, UTC))
        yield "value", input_data.value
        yield "date_time", until.isoformat()


def _until(given: WaitUntilBlock.Input, present: datetime) -> datetime:
    zone, moment = find_zone(given.timezone), given.date_time
    has_moment, has_time = moment not in ("", None), bool(given.time_of_day.strip())
    if has_moment == has_time:
        raise BlockError("Give a date_time or a time_of_day: one of the two.")
    return read_moment(moment, zone) if has_moment else _next(given.time_of_day.strip(), zone, present)


def _next(text: str, zone: tzinfo, present: datetime) -> datetime:
    """The next moment at which a clock of the zone shows the time; where the clocks skip it, behind the gap."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise BlockError(f"time_of_day is {text[:60]!r}. Give hours and minutes: 09:30.")
    hour, minute, second = (int(part or 0) for part in found.groups())
    clock = time(hour, minute, second)
    today = present.astimezone(zone).date()
    coming = (
        settled(datetime.combine(today + timedelta(days=days), clock), zone).astimezone(UTC)
        for days in range(3)
    )
    return next(moment for moment in coming if moment > present).astimezone(zone)
