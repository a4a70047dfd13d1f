"""A date as a text."""

from __future__ import annotations

from typing import Any

from backend.blocks.time._moments import ISO_OR_UNIX, Moment, in_zone, read_moment
from backend.blocks.time._strftime import MAX_FORMAT_CHARS, format_moment
from backend.blocks.time._zones import find_zone
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class FormatDateBlock(Block):
    """Write a date and time as a text, by the codes of strftime. Names of days and months are English."""

    id = "611ef06c-4ead-46e6-885e-f33f89ec2812"
    categories = {BlockCategory.TIME, BlockCategory.TEXT}
    icon = "calendar-days"
    pure = True

    class Input(BlockSchema):
        date_time: Moment = SchemaField(description=ISO_OR_UNIX)
        format: str = SchemaField(
            default="%Y-%m-%d",
            description=f"Codes such as %Y %m %d %H %M %S %A %B; at most {MAX_FORMAT_CHARS} characters. Empty: ISO 8601",
            placeholder="%d/%m/%Y %H:%M",
        )
        timezone: str = SchemaField(
            default="",
            description="Show it on the clocks of this zone; empty: as it is given, in UTC without an offset",
        )

    class Output(BlockSchema):
        text: str = SchemaField(description="The date as the format says")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "date_time": "2026-03-01T18:30:00+00:00",
            "format": "%A, %-d %B %Y, %H:%M",
            "timezone": "Europe/Berlin",
        },
        {"date_time": "2026-03-01"},
        {"date_time": 1772389800, "format": "%d/%m/%Y %I:%M %p"},
        {"date_time": "1772389800123", "format": ""},
        {"date_time": "2026-03-01T18:30:00", "format": "", "timezone": "+05:30"},
        {"date_time": "2026-03-01T23:30:00-05:00", "format": "Tag %j, KW %V, größe 😀 %%"},
        {"date_time": "0001-01-01", "format": "%Y %y %C"},
        {"date_time": "2026-03-01", "format": "%Q"},
        {"date_time": "2026-03-01", "format": "%999999999d"},
        {"date_time": "2026-03-01", "format": "%d" * 300},
        {"date_time": "2026-03-01", "timezone": "Nowhere"},
        {"date_time": "0001-01-01", "format": "%Y", "timezone": "America/New_York"},
        {"date_time": "0001-01-01T00:00:00Z", "timezone": "-05:00"},
        {"date_time": "202603011030"},
        {"date_time": "next week"},
        {"date_time": ""},
        {"date_time": "9" * 5000},
        {"date_time": 1e300},
        {"date_time": True},
        {"date_time": None},
        {"date_time": [1, 2]},
    ]
    test_output = [
        [("text", "Sunday, 1 March 2026, 19:30")],
        [("text", "2026-03-01")],
        [("text", "01/03/2026 06:30 PM")],
        [("text", "2026-03-01T18:30:00.123000+00:00")],
        [("text", "2026-03-01T18:30:00+05:30")],
        [("text", "Tag 060, KW 09, größe 😀 %")],
        [("text", "0001 01 00")],
        [("error", says("%Q"))],
        [("error", says("width"))],
        [("error", says("512"))],
        [("error", says("Nowhere"))],
        [("text", "0001")],
        [("error", says("beyond the years"))],
        [("error", says("202603011030"))],
        [("error", says("next week", "Parse Date"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
        [("error", says("date_time"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        zone = find_zone(input_data.timezone)
        moment = read_moment(input_data.date_time, zone)
        if input_data.timezone.strip():
            moment = in_zone(moment, zone)
        yield "text", format_moment(moment, input_data.format) if input_data.format else moment.isoformat()
