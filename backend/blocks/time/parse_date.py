"""Texts that people wrote, as dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.blocks.time._guess import guess_moment
from backend.blocks.time._moments import NAIVE_ZONE, Moment, iso_or_unix, offset_text, settled, unix_time
from backend.blocks.time._strftime import day_name
from backend.blocks.time._strptime import parse_by_formats
from backend.blocks.time._zones import find_zone
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError

MAX_TEXT_CHARS = 200

_EXAMPLE_PARTS = {
    "year": 2026, "month": 3, "day": 4, "hour": 18, "minute": 30, "second": 0, "microsecond": 0,
    "weekday": 3, "weekday_name": "Wednesday", "day_of_year": 63, "week": 10, "week_year": 2026,
    "quarter": 1, "offset": "+01:00",
}  # fmt: skip


class ParseDateBlock(Block):
    """Read a date from a text, by formats or by the best guess.

    ISO 8601 and Unix times are always understood. A text without a year is refused; a missing day or month
    is the first, a missing time is midnight, and of two digits 69 is 1969 and 68 is 2068.
    """

    id = "e637cc1c-8a2b-4197-bf7e-9d7698d2b2a5"
    categories = {BlockCategory.TIME, BlockCategory.TEXT}
    icon = "calendar-search"
    pure = True

    class Input(BlockSchema):
        text: Moment = SchemaField(description="The date as somebody wrote it, or a Unix time")
        formats: list[str] = SchemaField(
            default_factory=list[str],
            description="Codes of strptime such as %d.%m.%Y, tried in this order; empty: the best guess",
        )
        day_first: bool = SchemaField(
            default=False, description="For the guess: 03/04/2026 is 3 April, not March 4"
        )
        timezone: str = SchemaField(default="UTC", description=NAIVE_ZONE)

    class Output(BlockSchema):
        date_time: str = SchemaField(description="The moment in ISO 8601, with its offset")
        date: str = SchemaField(description="The date alone: 2026-03-04")
        time: str = SchemaField(description="The time of day alone: 18:30:00")
        timestamp: int | float = SchemaField(description="Seconds since 1970 in UTC")
        parts: JsonObject = SchemaField(
            description="Year, month, day, hour, weekday (Monday is 1), ISO week and so on, by name"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "Wed, March 4th 2026 6:30 pm", "timezone": "Europe/Berlin"},
        {"text": "03/04/2026", "day_first": True},
        {"text": "04.03.2026 18:30", "formats": ["%Y-%m-%d", "%d.%m.%Y %H:%M"]},
        {"text": "2026-03-04T18:30:00.5+01:00", "day_first": True},
        {"text": 0},
        {"text": ""},
        {"text": "größe 😀"},
        {"text": "4 March"},
        {"text": "10:30"},
        {"text": "2026-03-04 10:00 XYZ"},
        {"text": "1" * 201},
        {"text": "x", "formats": ["%Q"]},
        {"text": "x", "formats": ["%d %d %Y"]},
        {"text": "18:30", "formats": ["%H:%M"]},
        {"text": "March", "formats": "%Y"},
        {"text": "2026", "formats": ["%Y"] * 21},
        {"text": None},
        {"text": {"a": 1}},
        {"text": "2026-03-04", "timezone": "Europe/Berln"},
    ]
    test_output = [
        [
            ("date_time", "2026-03-04T18:30:00+01:00"),
            ("date", "2026-03-04"),
            ("time", "18:30:00"),
            ("timestamp", 1772645400),
            ("parts", _EXAMPLE_PARTS),
        ],
        [
            ("date_time", "2026-04-03T00:00:00+00:00"),
            ("date", "2026-04-03"),
            ("time", "00:00:00"),
            ("timestamp", 1775174400),
            ("parts", dict),
        ],
        [
            ("date_time", "2026-03-04T18:30:00+00:00"),
            ("date", "2026-03-04"),
            ("time", "18:30:00"),
            ("timestamp", 1772649000),
            ("parts", dict),
        ],
        [
            ("date_time", "2026-03-04T18:30:00.500000+01:00"),
            ("date", "2026-03-04"),
            ("time", "18:30:00.500000"),
            ("timestamp", 1772645400.5),
            ("parts", dict),
        ],
        [
            ("date_time", "1970-01-01T00:00:00+00:00"),
            ("date", "1970-01-01"),
            ("time", "00:00:00"),
            ("timestamp", 0),
            ("parts", dict),
        ],
        [("error", says("no date"))],
        [("error", says("no date"))],
        [("error", says("no year"))],
        [("error", says("no year"))],
        [("error", says("XYZ", "offset"))],
        [("error", says("201"))],
        [("error", says("%Q"))],
        [("error", says("%d", "twice"))],
        [("error", says("no year"))],
        [("error", says("March", "%Y"))],
        [("error", says("21 formats"))],
        [("error", says("text"))],
        [("error", says("text"))],
        [("error", says("Europe/Berlin"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        moment = settled(_parsed(input_data), find_zone(input_data.timezone))
        yield "date_time", moment.isoformat()
        yield "date", moment.date().isoformat()
        yield "time", moment.time().isoformat()
        yield "timestamp", unix_time(moment)
        yield "parts", _parts(moment)


def _parsed(given: ParseDateBlock.Input) -> datetime:
    text = str(given.text).strip()
    if len(text) > MAX_TEXT_CHARS:
        raise BlockError(f"text has {len(text):,} characters. Use at most {MAX_TEXT_CHARS}.")
    if given.formats:
        return parse_by_formats(text, given.formats)
    return iso_or_unix(given.text) or guess_moment(text, day_first=given.day_first)


def _parts(moment: datetime) -> JsonObject:
    week = moment.isocalendar()
    return {
        "year": moment.year,
        "month": moment.month,
        "day": moment.day,
        "hour": moment.hour,
        "minute": moment.minute,
        "second": moment.second,
        "microsecond": moment.microsecond,
        "weekday": week.weekday,
        "weekday_name": day_name(moment),
        "day_of_year": moment.timetuple().tm_yday,
        "week": week.week,
        "week_year": week.year,
        "quarter": (moment.month + 2) // 3,
        "offset": offset_text(moment),
    }
