"""Runs: accepted, in a list, on their own page, event by event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from backend.data.run import Leftover, RunError, RunEvent, RunStatus
from backend.server.wire.common import Cost


class RunAccepted(BaseModel):
    """The run is stored and will happen."""

    run_id: str
    status: RunStatus


class RunResult(RunAccepted):
    """What a run came to."""

    outputs: dict[str, list[Any]] = Field(description="Output name -> its values in order")
    duration_ms: float = Field(description="From accepted to the final state on disk")
    cost: Cost
    leftovers: list[Leftover]
    never_fired: list[str] = Field(description="Nodes that could have fired and never did")
    errors: list[RunError]


class RunRow(RunAccepted):
    graph_id: str
    graph_version: int
    parent_run_id: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_ms: float | None
    cost: Cost
    error: str | None = Field(description="The first one")


class RunDetails(RunRow):
    inputs: dict[str, Any]
    wake_at: datetime | None
    outputs: dict[str, list[Any]]
    leftovers: list[Leftover]
    never_fired: list[str]
    errors: list[RunError]


class RunEvents(BaseModel):
    items: list[RunEvent]
    next_after: int = Field(description="`after` of the next page")
    is_end: bool = Field(description="Whether nothing more will come")


class ReviewView(BaseModel):
    id: str
    run_id: str
    node_id: str
    name: str
    data: Any
    is_editable: bool
    created_at: datetime
