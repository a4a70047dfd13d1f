"""Later and earlier dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from backend.blocks.time._moments import (
    ISO_OR_UNIX,
    Moment,
    add_working_days,
    in_zone,
    read_moment,
    settled,
)
from backend.blocks.time._zones import find_zone
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError


class AddToDateBlock(Block):
    """Add years to seconds to a date, or take them off with negative numbers.

    Years to days follow the calendar and the clocks: one month after January 31 is the last of February, one
    day later is the same time of day. Hours, minutes and seconds are exact, over a change of the clocks too.
    """

    id = "d75506d2-2617-4383-ac66-e0a894a85991"
    categories = {BlockCategory.TIME}
    icon = "calendar-plus"
    pure = True

    class Input(BlockSchema):
        date_time: Moment = SchemaField(description=ISO_OR_UNIX)
        years: int = SchemaField(default=0, description="Years to add, first of all")
        months: int = SchemaField(default=0, description="Months to add, with the years")
        weeks: int = SchemaField(default=0, description="Weeks to add, after the months")
        days: int = SchemaField(default=0, description="Days to add, after the weeks")
        working_days: int = SchemaField(
            default=0, description="Days from Monday to Friday to add, after the days"
        )
        hours: float = SchemaField(default=0, description="Hours to add, after the days")
        minutes: float = SchemaField(default=0, description="Minutes to add, after the days")
        seconds: float = SchemaField(default=0, description="Seconds to add, after the days")
        timezone: str = SchemaField(
            default="",
            description="Whose calendar and clocks; empty: those of the date's offset, UTC without one",
        )

    class Output(BlockSchema):
        date_time: str = SchemaField(description="The new moment in ISO 8601, with its offset")
        date: str = SchemaField(description="Its date alone")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"date_time": "2026-01-31T09:00:00", "months": 1, "days": 3, "timezone": "Europe/Berlin"},
        {"date_time": "2024-02-29", "years": 1},
        {"date_time": "2026-03-28T12:00:00", "days": 1, "timezone": "Europe/Berlin"},
        {"date_time": "2026-03-28T12:00:00", "hours": 24, "timezone": "Europe/Berlin"},
        {"date_time": "2026-03-28T02:30:00", "days": 1, "timezone": "Europe/Berlin"},
        {"date_time": "2026-03-06", "working_days": 1},
        {"date_time": "2026-03-08", "working_days": -11},
        {"date_time": "2026-03-04T00:00:00+02:00", "weeks": -1, "minutes": 0.5, "seconds": "-30"},
        {"date_time": 0},
        {"date_time": "2026-03-04", "years": 8000},
        {"date_time": "2026-03-04", "days": 10**18},
        {"date_time": "2026-03-04", "working_days": -(10**18)},
        {"date_time": "2026-03-04", "seconds": 1e300},
        {"date_time": "2026-03-04", "days": "many"},
        {"date_time": "größe 😀", "days": 1},
        {"date_time": "", "days": 1},
        {"days": 1},
    ]
    test_output = [
        [("date_time", "2026-03-03T09:00:00+01:00"), ("date", "2026-03-03")],
        [("date_time", "2025-02-28T00:00:00+00:00"), ("date", "2025-02-28")],
        [("date_time", "2026-03-29T12:00:00+02:00"), ("date", "2026-03-29")],
        [("date_time", "2026-03-29T13:00:00+02:00"), ("date", "2026-03-29")],
        [("date_time", "2026-03-29T03:30:00+02:00"), ("date", "2026-03-29")],
        [("date_time", "2026-03-09T00:00:00+00:00"), ("date", "2026-03-09")],
        [("date_time", "2026-02-20T00:00:00+00:00"), ("date", "2026-02-20")],
        [("date_time", "2026-02-25T00:00:00+02:00"), ("date", "2026-02-25")],
        [("date_time", "1970-01-01T00:00:00+00:00"), ("date", "1970-01-01")],
        [("error", says("9999"))],
        [("error", says("9999"))],
        [("error", says("9999"))],
        [("error", says("9999"))],
        [("error", says("days"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        zone = find_zone(input_data.timezone)
        start = read_moment(input_data.date_time, zone)
        if input_data.timezone.strip():
            start = in_zone(start, zone)
        try:
            moment = _later(start, input_data)
        except (ValueError, OverflowError):
            raise BlockError("The result is beyond the years 1 to 9999. Add or take off less.") from None
        yield "date_time", moment.isoformat()
        yield "date", moment.date().isoformat()


def _later(start: datetime, given: AddToDateBlock.Input) -> datetime:
    zone = start.tzinfo or UTC
    on_calendar = start + timedelta(0)
    if given.years or given.months:
        on_calendar += relativedelta(years=given.years, months=given.months)
    on_calendar = add_working_days(
        on_calendar + timedelta(weeks=given.weeks, days=given.days), given.working_days
    )
    exact = timedelta(hours=given.hours, minutes=given.minutes, seconds=given.seconds)
    return in_zone(in_zone(settled(on_calendar, zone), UTC) + exact, zone)
