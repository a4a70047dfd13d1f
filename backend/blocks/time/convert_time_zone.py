"""The same moment on other clocks."""

from __future__ import annotations

from typing import Any

from backend.blocks.time._moments import (
    ISO_OR_UNIX,
    NAIVE_ZONE,
    Moment,
    in_zone,
    offset_text,
    read_moment,
)
from backend.blocks.time._zones import find_zone
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class ConvertTimeZoneBlock(Block):
    """Show a moment on the clocks of another time zone. Daylight saving time is taken into account."""

    id = "9bfaba29-f2aa-427e-8fb6-bb28aaaa6f0d"
    categories = {BlockCategory.TIME}
    icon = "globe"
    pure = True

    class Input(BlockSchema):
        date_time: Moment = SchemaField(description=ISO_OR_UNIX)
        timezone: str = SchemaField(
            description="The zone to show it in: Asia/Tokyo, UTC or +05:30", placeholder="Europe/Berlin"
        )
        from_timezone: str = SchemaField(default="UTC", description=NAIVE_ZONE)

    class Output(BlockSchema):
        date_time: str = SchemaField(description="The moment in ISO 8601, with the offset of the zone")
        date: str = SchemaField(description="The date there")
        time: str = SchemaField(description="The time of day there")
        offset: str = SchemaField(description="The offset from UTC then and there, such as +02:00")
        is_daylight_saving: bool = SchemaField(
            description="Whether the clocks there are on daylight saving time"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"date_time": "2026-07-01T09:00:00", "timezone": "Asia/Tokyo", "from_timezone": "Europe/Berlin"},
        {"date_time": "2026-07-01T09:00:00Z", "timezone": "america/new york"},
        {"date_time": 0, "timezone": "+05:30"},
        {"date_time": "2026-03-29T02:30:00", "timezone": "Europe/Berlin", "from_timezone": "Europe/Berlin"},
        {"date_time": "2026-07-01", "timezone": "Tokyo"},
        {"date_time": "2026-07-01", "timezone": "größe 😀"},
        {"date_time": "2026-07-01", "timezone": "../../etc/passwd"},
        {"date_time": "2026-07-01", "timezone": "x" * 100_000},
        {"date_time": "9999-12-31T23:59:59Z", "timezone": "Asia/Tokyo"},
        {"date_time": "2026-07-01", "timezone": "+99:00"},
        {"date_time": "soon", "timezone": "UTC"},
        {"date_time": "2026-07-01", "timezone": None},
    ]
    test_output = [
        [
            ("date_time", "2026-07-01T16:00:00+09:00"),
            ("date", "2026-07-01"),
            ("time", "16:00:00"),
            ("offset", "+09:00"),
            ("is_daylight_saving", False),
        ],
        [("error", says("Did you mean 'America/New_York'"))],
        [
            ("date_time", "1970-01-01T05:30:00+05:30"),
            ("date", "1970-01-01"),
            ("time", "05:30:00"),
            ("offset", "+05:30"),
            ("is_daylight_saving", False),
        ],
        [
            ("date_time", "2026-03-29T03:30:00+02:00"),
            ("date", "2026-03-29"),
            ("time", "03:30:00"),
            ("offset", "+02:00"),
            ("is_daylight_saving", True),
        ],
        [("error", says("Did you mean 'Asia/Tokyo'?"))],
        [("error", says("größe", "Europe/Berlin"))],
        [("error", says("etc/passwd"))],
        [("error", says("There is no time zone"))],
        [("error", says("beyond the years"))],
        [("error", says("+99:00"))],
        [("error", says("date_time"))],
        [("error", says("timezone"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        given = read_moment(input_data.date_time, find_zone(input_data.from_timezone))
        moment = in_zone(given, find_zone(input_data.timezone))
        yield "date_time", moment.isoformat()
        yield "date", moment.date().isoformat()
        yield "time", moment.time().isoformat()
        yield "offset", offset_text(moment)
        yield "is_daylight_saving", bool(moment.dst())
