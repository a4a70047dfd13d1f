"""What the nodes of a run have done: progress, firings, values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from backend.data.run import HttpExchange
from backend.server.wire.common import Cost
from backend.server.wire.runs import PREVIEWS


class FiringStatus(StrEnum):
    """`stopped`: the run ended while it was at work."""

    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


class NodeStatus(StrEnum):
    """`idle`: it has not fired. A node that has failed and goes on is `running`."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


class NodeError(BaseModel):
    """The last failure of a node."""

    firing: int
    code: str
    message: str = Field(description="Its first 500 characters")


class NodeProgress(BaseModel):
    """One node of a run."""

    node_id: str
    name: str
    block_id: str
    status: NodeStatus
    started: int = Field(description="Firings; the four below are parts of them")
    running: int
    waiting: int
    completed: int
    failed: int = Field(description="Also those whose failure another node takes")
    retried: int = Field(description="Attempts that failed and were made again")
    duration_ms: float = Field(description="Of all firings that have ended, added up; waiting included")
    cost: Cost
    last_error: NodeError | None


class RunNodes(BaseModel):
    """All nodes of the graph version that the run executes, in its order."""

    run_id: str
    items: list[NodeProgress]
    after: int = Field(description="The number of the last event that is in it: follow the run from there")


class Item(BaseModel):
    """One step of the path to an item: the `index`-th that a firing of the node gave out."""

    node_id: str
    ordinal: int
    index: int


class FiringError(BaseModel):
    code: str
    message: str
    exchange: HttpExchange | None = Field(default=None, description="The request behind it, if there was one")


class FiringRow(BaseModel):
    """One firing of a node."""

    firing: int
    item: list[Item] = Field(description="The item it works on; empty outside of lists")
    status: FiringStatus
    started_at: datetime
    ended_at: datetime | None
    duration_ms: float | None
    attempts: int
    cost: Cost
    error: FiringError | None


class Firings(BaseModel):
    """A page of them by number."""

    items: list[FiringRow]
    next_after: int | None = Field(
        description="`after` of the next page; null after the last one there is now"
    )


class GivenValue(BaseModel):
    """A value, and the event that gave it."""

    seq: int = Field(description="`GET …/values/{seq}` has all of it")
    value: Any = Field(description=PREVIEWS)
    index: int | None = Field(default=None, description="The item that it opened")
    firing: int


class TakenValue(GivenValue):
    """A value, and where it came from."""

    node_id: str
    pin: str


class TakenInput(BaseModel):
    """What came on one pin."""

    is_list: bool = Field(description="Whether the pin collects")
    count: int
    values: list[TakenValue] = Field(description="The first 100")


class GivenOutput(BaseModel):
    """What was given on one pin."""

    values: list[GivenValue]


class Waits(BaseModel):
    """What a firing waits for."""

    kind: str = Field(description="time, person or graph")
    until: datetime | None
    review_id: str | None
    child_run_id: str | None


class FiringDetails(FiringRow):
    """A firing on its own page."""

    inputs: dict[str, TakenInput] = Field(description="Linked pins; constants are in the graph")
    outputs: dict[str, GivenOutput]
    has_more_outputs: bool = Field(
        description="Whether these are only the first: page `outputs` for the rest"
    )
    waits_for: Waits | None
    child_run_ids: list[str] = Field(description="Runs that it has started, 100 at most")


class Values(BaseModel):
    """A page of what a node gave on a pin."""

    items: list[GivenValue]
    next_after: int | None = Field(
        description="`after` of the next page; null after the last one there is now"
    )
