"""Schedules and polls as they come in and go out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.data.cron import LONGEST_CRON, LONGEST_ZONE
from backend.data.schedule_store import Outcome, Overlap

_NAME = Field(
    max_length=200, description="What people call it; empty: its graph's name", examples=["Every morning"]
)
_CRON = Field(
    max_length=LONGEST_CRON,
    description="Minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, "
    "`@monthly`, `@yearly`",
    examples=["30 9 * * MON-FRI"],
)
_ZONE = Field(max_length=LONGEST_ZONE, description="By its IANA name", examples=["Europe/Berlin"])
_OVERLAP = Field(
    description="What happens when a time comes while a run of the schedule goes on: `skip` it, `queue` one run "
    "for when that has ended, or `allow` both",
    examples=["skip"],
)
_INPUTS = Field(description="What the runs get: input name -> value")


class CronBody(BaseModel):
    """When something is to happen."""

    model_config = ConfigDict(extra="forbid")

    cron: Annotated[str, _CRON]
    timezone: Annotated[str, _ZONE] = "UTC"


class ScheduleBody(CronBody):
    """A schedule of a graph. Its published version is run."""

    graph_id: str = Field(min_length=1, max_length=64)
    name: Annotated[str, _NAME] = ""
    inputs: Annotated[dict[str, Any], _INPUTS] = {}
    overlap: Annotated[Overlap, _OVERLAP] = Overlap.SKIP
    is_active: bool = Field(default=True, description="False: it starts nothing")


class ScheduleChange(BaseModel):
    """What is to be another way; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    cron: Annotated[str, _CRON] | None = None
    timezone: Annotated[str, _ZONE] | None = None
    name: Annotated[str, _NAME] | None = None
    inputs: Annotated[dict[str, Any], _INPUTS] | None = None
    overlap: Annotated[Overlap, _OVERLAP] | None = None
    is_active: bool | None = None


class CronPreview(BaseModel):
    """When it is due."""

    cron: str = Field(description="As five fields", examples=["30 9 * * MON-FRI"])
    timezone: str = Field(description="As IANA writes it", examples=["Europe/Berlin"])
    description: str = Field(
        description="In words; empty where words would mislead",
        examples=["At 09:30 on Monday through Friday"],
    )
    next_times: list[datetime] = Field(
        description="The next five in UTC, fewer where there are no more", examples=[["2026-01-30T08:30:00Z"]]
    )


class ScheduleView(CronPreview):
    """A schedule and how it does."""

    id: str
    graph_id: str
    graph_name: str
    name: str = Field(examples=["Every morning"])
    inputs: dict[str, Any]
    overlap: Overlap
    is_active: bool
    is_waiting: bool = Field(description="A time has come, and its run starts when the last one has ended")
    last_at: datetime | None = Field(description="The last time that came")
    last_outcome: Outcome | None = Field(description="What came of it", examples=["started"])
    last_run_id: str | None = Field(description="The last run that it started")
    missed: int = Field(
        description="Times since it was made that started nothing: nobody was there, a run went on, or it failed",
        examples=[0],
    )
    problem: str = Field(description="Why it starts nothing; empty: it does", examples=[""])
    created_at: datetime
    updated_at: datetime


class PollView(BaseModel):
    """A trigger node that asks a service for news, and how it does."""

    id: str
    graph_id: str
    graph_name: str
    graph_version: int = Field(description="The published one, which its records start")
    node_id: str
    block_id: str
    interval_s: float = Field(description="How often it asks, in seconds", examples=[300.0])
    next_at: datetime
    polled_at: datetime | None = Field(description="When it asked last")
    emitted_at: datetime | None = Field(description="When it last found something new")
    failures: int = Field(
        description="How often it has failed since it last went well; it asks less often meanwhile",
        examples=[0],
    )
    problem: str = Field(description="What went wrong the last time; empty: nothing", examples=[""])
    created_at: datetime
    updated_at: datetime


class PollChecked(BaseModel):
    """What came of asking."""

    found: int = Field(description="How many records the service has listed", examples=[12])
    run_ids: list[str] = Field(description="The runs that the new ones have started")
    is_first: bool = Field(
        description="It was asked for the first time: what is there counts as known, unless the node says otherwise"
    )
    problem: str = Field(description="What went wrong; empty: nothing", examples=[""])
