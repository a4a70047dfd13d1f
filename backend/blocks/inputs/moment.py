"""Inputs of a calendar date and of a time of day."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from backend.blocks.inputs._fields import GivesItsValue, InputFields
from backend.data.block import Block
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def _checked(value: object, form: re.Pattern[str], kind: type[date] | type[time], example: str) -> object:
    """The value; nothing for an empty text, which forms and old graphs send where nothing was chosen."""
    text = value.strip() if isinstance(value, str) else ""
    if not isinstance(value, str) or not text:
        return value if value != text else None
    try:
        kind.fromisoformat(text if form.fullmatch(text) else "")
    except ValueError:
        said = f"The text {text[:40]!r} is no {kind.__name__}. Write it like {example}"
        raise PydanticCustomError("no_moment", "{said}", {"said": said}) from None
    return text


def _date(value: object) -> object:
    return _checked(value, _DATE, date, "2026-03-09")


def _time(value: object) -> object:
    return _checked(value, _TIME, time, "14:30, 14:30:05 or 14:30:05+02:00")


class AgentDateInputBlock(GivesItsValue, Block):
    """An input of the graph: a date of the calendar, as ISO text such as 2026-03-09."""

    id = "7e198b09-4994-47db-8b4d-952d98241817"
    icon = "calendar"
    differences = ("A text that is no date is refused when the run starts.",)

    class Input(InputFields):
        value: Annotated[str | None, BeforeValidator(_date)] = SchemaField(
            default=None,
            description="The date of the run, else this one",
            placeholder="2026-03-09",
            format="date",
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The date, for as long as the run lasts", format="date")

    test_input = [
        {"name": "departure", "value": "2026-03-09"},
        {"name": "leap day", "value": " 2024-02-29 "},
        {"name": "nothing", "value": None},
        {"name": "no leap year", "value": "2026-02-29"},
        {"name": "American", "value": "3/9/2026"},
        {"name": "with a time", "value": "2026-03-09T14:30:00Z"},
        {"name": "other digits", "value": "٢٠٢٦-٠٣-٠٩"},
        {"name": "words", "value": "größe 😀" * 10_000},
        {"name": "a number", "value": 20260309},
        {"name": "a list", "value": ["2026-03-09"]},
        {"value": "2026-03-09"},
    ]
    test_output = [
        [("result", "2026-03-09")],
        [("result", "2024-02-29")],
        [],
        [("error", says("2026-02-29", "like 2026-03-09"))],
        [("error", says("3/9/2026", "like 2026-03-09"))],
        [("error", says("like 2026-03-09"))],
        [("error", says("like 2026-03-09"))],
        [("error", says("value", "like 2026-03-09"))],
        [("error", says("20260309", "like 2026-03-09"))],
        [("error", says("value"))],
        [("error", says("name"))],
    ]


class AgentTimeInputBlock(GivesItsValue, Block):
    """An input of the graph: a time of day, as ISO text such as 14:30 or 14:30:05."""

    id = "2a1c757e-86cf-4c7e-aacf-060dc382e434"
    icon = "clock"
    differences = ("A text that is no time of day is refused when the run starts.",)

    class Input(InputFields):
        value: Annotated[str | None, BeforeValidator(_time)] = SchemaField(
            default=None, description="The time of the run, else this one", placeholder="14:30", format="time"
        )

    class Output(BlockSchema):
        result: str = SchemaField(description="The time, for as long as the run lasts", format="time")

    test_input = [
        {"name": "opening", "value": "14:30"},
        {"name": "seconds", "value": " 14:30:05.250 "},
        {"name": "time zone", "value": "00:00:00+05:30"},
        {"name": "UTC", "value": "23:59Z"},
        {"name": "nothing", "value": None},
        {"name": "too late", "value": "24:01"},
        {"name": "twelve hours", "value": "2:30 PM"},
        {"name": "hour only", "value": "14"},
        {"name": "words", "value": "größe 😀" * 10_000},
        {"name": "a number", "value": 14},
        {"name": "an object", "value": {"hour": 14}},
        {"value": "14:30"},
    ]
    test_output = [
        [("result", "14:30")],
        [("result", "14:30:05.250")],
        [("result", "00:00:00+05:30")],
        [("result", "23:59Z")],
        [],
        [("error", says("24:01", "like 14:30"))],
        [("error", says("2:30 PM", "like 14:30"))],
        [("error", says("like 14:30"))],
        [("error", says("value", "like 14:30"))],
        [("error", says("value", "like 14:30"))],
        [("error", says("value"))],
        [("error", says("name"))],
    ]
