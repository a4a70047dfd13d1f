"""The present date and time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from backend.blocks.time._strftime import format_moment
from backend.blocks.time._zones import find_zone
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.convert import read_number
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.clock import now
from backend.util.errors import BlockError

_ANY_ZONE = (
    "Users have no time zone of their own here: use_user_timezone is ignored, and `timezone` is used.",
    "`timezone` takes every IANA name and offsets such as +02:00; there it is one of 38 names.",
    "A width or an unknown code in the format fails, with the code named.",
    "`trigger` is optional and takes anything; there it is a required text.",
)
_EXAMPLE_MOMENT = "2026-03-29T23:05:06.789000+00:00"


class _Format(BlockSchema):
    discriminator: Literal["strftime", "iso8601"] = SchemaField(
        default="strftime", description="By the format, or ISO 8601 whatever the format"
    )
    timezone: str = SchemaField(default="UTC", description="Whose clock: Europe/Berlin, UTC, +02:00")
    use_user_timezone: bool = SchemaField(default=False, description="Ignored: `timezone` is used")


class DateFormat(_Format):
    format: str = SchemaField(default="%Y-%m-%d", description="Codes of strftime")


class TimeFormat(_Format):
    format: str = SchemaField(default="%H:%M:%S", description="Codes of strftime")
    include_microseconds: bool = SchemaField(default=False, description="In ISO 8601: the fraction too")


class DateTimeFormat(TimeFormat):
    format: str = SchemaField(default="%Y-%m-%d %H:%M:%S", description="Codes of strftime")


class _NowBlock(Block):
    """What the three have in common: they ask the clock once, and that is recorded."""

    categories = {BlockCategory.TIME}
    test_mock = {"moment": lambda: _EXAMPLE_MOMENT}

    async def moment(self) -> str:
        return now().isoformat()

    async def _now(self, context: Context, shown: _Format) -> datetime:
        zone = find_zone(shown.timezone)
        return datetime.fromisoformat(await context.step("now", self.moment)).astimezone(zone)


class GetCurrentDateBlock(_NowBlock):
    """Give today's date, or that of so many days ago. The date is that of the chosen time zone.

    The examples are of 29 March 2026, 23:05:06 UTC.
    """

    id = "b29c1b50-5d0e-4d9f-8f9d-1b0e6fcbf0b1"
    icon = "calendar"
    differences = (
        *_ANY_ZONE,
        "An offset that is no whole number fails; there it counts as 0. An empty one counts as 0 here too.",
    )

    class Input(BlockSchema):
        trigger: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        offset: int | str = SchemaField(
            default=0, description="How many days ago; negative looks ahead, empty is 0"
        )
        format_type: DateFormat = SchemaField(
            default=DateFormat(), description="How the date is written, and of which time zone it is"
        )

    class Output(BlockSchema):
        date: str = SchemaField(description="The date as a text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"trigger": "go", "format_type": {"format": "%A, %d %B %Y", "timezone": "Europe/Berlin"}},
        {"trigger": {"any": "thing"}},
        {"offset": 30, "trigger": ""},
        {"offset": "-1"},
        {"offset": " "},
        {"format_type": {"discriminator": "iso8601", "timezone": "Pacific/Honolulu", "format": "%Q"}},
        {"format_type": {"format": "am %-d. größe 😀", "use_user_timezone": True}},
        {"format_type": {"format": ""}},
        {"offset": "soon"},
        {"offset": 2.5},
        {"offset": 10**9},
        {"format_type": {"timezone": "Europe/Berln"}},
        {"format_type": {"format": "%999999999d"}},
        {"format_type": {"format": "x" * 513}},
        {"format_type": "%Y"},
    ]
    test_output = [
        [("date", "Monday, 30 March 2026")],
        [("date", "2026-03-29")],
        [("date", "2026-02-27")],
        [("date", "2026-03-30")],
        [("date", "2026-03-29")],
        [("date", "2026-03-29")],
        [("date", "am 29. größe 😀")],
        [("date", "")],
        [("error", says("offset", "soon"))],
        [("error", says("offset", "2.5"))],
        [("error", says("offset", "years"))],
        [("error", says("Europe/Berlin"))],
        [("error", says("width"))],
        [("error", says("512"))],
        [("error", says("format_type"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        shown, days = input_data.format_type, _days(input_data.offset)
        try:
            day = await self._now(context, shown) - timedelta(days=days)
        except OverflowError:
            raise BlockError(
                f"offset is {input_data.offset!r:.60}, which leads out of the years 1 to 9999. Use fewer days."
            ) from None
        is_iso = shown.discriminator == "iso8601"
        yield "date", day.date().isoformat() if is_iso else format_moment(day, shown.format)


class GetCurrentTimeBlock(_NowBlock):
    """Give the present time of day. ISO 8601 begins with T and ends with the offset from UTC.

    The examples are of 29 March 2026, 23:05:06 UTC.
    """

    id = "a892b8d9-3e4e-4e9c-9c1e-75f8efcf1bfa"
    icon = "clock"
    differences = _ANY_ZONE

    class Input(BlockSchema):
        trigger: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        format_type: TimeFormat = SchemaField(
            default=TimeFormat(), description="How the time is written, and of which time zone it is"
        )

    class Output(BlockSchema):
        time: str = SchemaField(description="The time as a text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"trigger": "go", "format_type": {"timezone": "Asia/Kolkata"}},
        {"trigger": None},
        {"format_type": {"discriminator": "iso8601", "timezone": "Europe/Berlin"}},
        {"format_type": {"discriminator": "iso8601", "include_microseconds": True}},
        {"format_type": {"format": "%-I:%M %p 🕐"}},
        {"format_type": {"format": "%"}},
        {"format_type": {"discriminator": "unix"}},
    ]
    test_output = [
        [("time", "04:35:06")],
        [("time", "23:05:06")],
        [("time", "T01:05:06+02:00")],
        [("time", "T23:05:06.789000+00:00")],
        [("time", "11:05 PM 🕐")],
        [("error", says("no code"))],
        [("error", says("format_type"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        shown = input_data.format_type
        moment = await self._now(context, shown)
        is_iso = shown.discriminator == "iso8601"
        yield "time", f"T{_iso(moment, shown)[11:]}" if is_iso else format_moment(moment, shown.format)


class GetCurrentDateAndTimeBlock(_NowBlock):
    """Give the present date and time, in a format of your own or in ISO 8601.

    The examples are of 29 March 2026, 23:05:06 UTC.
    """

    id = "716a67b3-6760-42e7-86dc-18645c6e00fc"
    icon = "calendar-clock"
    differences = _ANY_ZONE

    class Input(BlockSchema):
        trigger: Any = SchemaField(default=None, description="Starts the block; what comes is not used")
        format_type: DateTimeFormat = SchemaField(
            default=DateTimeFormat(),
            description="How the date and the time are written, and of which time zone they are",
        )

    class Output(BlockSchema):
        date_time: str = SchemaField(description="The date and time as a text")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"trigger": "go", "format_type": {"discriminator": "iso8601", "timezone": "America/New_York"}},
        {},
        {"format_type": {"discriminator": "iso8601", "include_microseconds": True}},
        {"format_type": {"format": "%c (%Z)", "timezone": "europe/berlin"}},
        {"format_type_#_timezone": "+05:45"},
        {"format_type": {"timezone": "Mars/Olympus"}},
        {"format_type": {"format": 7, "timezone": None}},
    ]
    test_output = [
        [("date_time", "2026-03-29T19:05:06-04:00")],
        [("date_time", "2026-03-29 23:05:06")],
        [("date_time", "2026-03-29T23:05:06.789000+00:00")],
        [("date_time", "Mon Mar 30 01:05:06 2026 (CEST)")],
        [("date_time", "2026-03-30 04:50:06")],
        [("error", says("Mars/Olympus"))],
        [("error", says("format_type"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        shown = input_data.format_type
        moment = await self._now(context, shown)
        is_iso = shown.discriminator == "iso8601"
        yield "date_time", _iso(moment, shown) if is_iso else format_moment(moment, shown.format)


def _iso(moment: datetime, shown: TimeFormat) -> str:
    return moment.isoformat(timespec="microseconds" if shown.include_microseconds else "seconds")


def _days(offset: int | str) -> int:
    if isinstance(offset, int):
        return offset
    number = read_number(offset) if offset.strip() else 0
    if number is None or number != int(number):
        raise BlockError(f"offset is {offset!r:.60}. Give a whole number of days.")
    return int(number)
