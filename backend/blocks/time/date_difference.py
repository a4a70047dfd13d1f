"""How far two dates are apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from backend.blocks.time._moments import ISO_OR_UNIX, Moment, in_zone, read_moment, working_days_between
from backend.blocks.time._zones import find_zone
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

Number = int | float
_PARTS = ("years", "months", "days", "hours", "minutes", "seconds")
_DAY_S, _WEEK_S = 86_400, 604_800


class DateDifferenceBlock(Block):
    """Count from one date to another, in a unit and in parts. It is negative when the end comes first.

    Years, months and working days are whole; days and weeks are those of the calendar and the clocks, so a day
    on which the clocks change is one day; hours and less are exact.
    """

    id = "dd3ce8ee-a33c-47a1-9602-692a29f36323"
    categories = {BlockCategory.TIME}
    icon = "calendar-range"
    pure = True

    class Input(BlockSchema):
        start: Moment = SchemaField(description=f"From when. {ISO_OR_UNIX}")
        end: Moment = SchemaField(description="Until when, in the same forms")
        unit: Literal["years", "months", "weeks", "days", "working_days", "hours", "minutes", "seconds"] = (
            SchemaField(default="days", description="In what to count; working days are Monday to Friday")
        )
        timezone: str = SchemaField(
            default="",
            description="Whose calendar and clocks; empty: those of the start's offset, UTC without one",
        )

    class Output(BlockSchema):
        difference: int | float = SchemaField(description="How many of the unit")
        parts: JsonObject = SchemaField(
            description="The same in years, months, days, hours, minutes and seconds, by the calendar"
        )
        seconds: int | float = SchemaField(description="The same in seconds, exactly")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"start": "2026-01-31T08:00:00", "end": "2026-03-04T20:30:00", "unit": "days"},
        {"start": "2026-03-04", "end": "2024-02-29", "unit": "months"},
        {"start": "2024-02-29", "end": "2026-02-28", "unit": "years"},
        {"start": "2026-03-28T12:00", "end": "2026-03-29T12:00", "timezone": "Europe/Berlin"},
        {
            "start": "2026-03-28T12:00",
            "end": "2026-03-29T12:00",
            "unit": "hours",
            "timezone": "Europe/Berlin",
        },
        {"start": "2026-03-06", "end": "2026-03-16", "unit": "working_days"},
        {"start": "2026-03-16", "end": "2026-03-06", "unit": "working_days"},
        {"start": "2026-03-01", "end": "2026-03-11T12:00:00", "unit": "weeks"},
        {"start": 0, "end": 0.5, "unit": "seconds"},
        {"start": "0001-01-01", "end": "9999-12-31T23:59:59", "unit": "years"},
        {"start": "2026-03-04T00:00:00+02:00", "end": "2026-03-03T22:00:00Z", "unit": "minutes"},
        {"start": "größe 😀", "end": 0},
        {"start": 0, "end": ""},
        {"start": 0, "end": None},
        {"start": 0, "end": 0, "unit": "moons"},
        {"start": 0, "end": 0, "timezone": "Moon"},
    ]
    test_output = [
        [
            ("difference", 32.520833333333336),
            ("parts", {"years": 0, "months": 1, "days": 4, "hours": 12, "minutes": 30, "seconds": 0}),
            ("seconds", 2809800),
        ],
        [("difference", -24), ("parts", dict), ("seconds", -63417600)],
        [("difference", 2), ("parts", dict), ("seconds", 63072000)],
        [("difference", 1), ("parts", dict), ("seconds", 82800)],
        [("difference", 23), ("parts", dict), ("seconds", 82800)],
        [("difference", 6), ("parts", dict), ("seconds", 864000)],
        [("difference", -6), ("parts", dict), ("seconds", -864000)],
        [("difference", 1.5), ("parts", dict), ("seconds", 907200)],
        [
            ("difference", 0.5),
            ("parts", {"years": 0, "months": 0, "days": 0, "hours": 0, "minutes": 0, "seconds": 0.5}),
            ("seconds", 0.5),
        ],
        [("difference", 9998), ("parts", dict), ("seconds", 315537897599)],
        [("difference", 0), ("parts", dict), ("seconds", 0)],
        [("error", says("start"))],
        [("error", says("end"))],
        [("error", says("end"))],
        [("error", says("unit"))],
        [("error", says("Moon"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        zone = find_zone(input_data.timezone)
        start = read_moment(input_data.start, zone, "start")
        end = read_moment(input_data.end, zone, "end")
        seconds = (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()
        clocks = zone if input_data.timezone.strip() else start.tzinfo or UTC
        first, last = (in_zone(moment, clocks).replace(tzinfo=None) for moment in (start, end))
        between = relativedelta(last, first)
        yield "difference", _plain(_UNITS[input_data.unit](first, last, between, seconds))
        yield "parts", _parts(between)
        yield "seconds", _plain(seconds)


_UNITS: dict[str, Callable[[datetime, datetime, relativedelta, float], Number]] = {
    "years": lambda first, last, between, seconds: between.years,
    "months": lambda first, last, between, seconds: between.years * 12 + between.months,
    "weeks": lambda first, last, between, seconds: (last - first).total_seconds() / _WEEK_S,
    "days": lambda first, last, between, seconds: (last - first).total_seconds() / _DAY_S,
    "working_days": lambda first, last, between, seconds: working_days_between(first.date(), last.date()),
    "hours": lambda first, last, between, seconds: seconds / 3600,
    "minutes": lambda first, last, between, seconds: seconds / 60,
    "seconds": lambda first, last, between, seconds: seconds,
}


def _parts(between: relativedelta) -> JsonObject:
    parts: JsonObject = {name: getattr(between, name) for name in _PARTS}
    return {**parts, "seconds": _plain(between.seconds + between.microseconds / 1_000_000)}


def _plain(number: Number) -> Number:
    """Whole numbers without a fraction."""
    return int(number) if float(number).is_integer() else number
