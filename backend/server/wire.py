"""What answers look like, for OpenAPI and for whoever generates a client from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from backend.data.graph import Graph
from backend.data.run import Leftover, RunError, RunEvent, RunStatus
from backend.server.access import Scope

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="None after the last page")


class ProblemView(BaseModel):
    """One thing that is wrong, where it is, and what to do about it."""

    message: str
    cure: str = ""
    node_id: str | None = None
    pin: str | None = None
    path: str | None = None


class ProblemDetails(BaseModel):
    """Every refusal (RFC 9457). Branch on `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemView] = []


class Health(BaseModel):
    status: str
    problems: list[str] = Field(default=[], description="What is wrong, and the cure")


class SetupState(BaseModel):
    is_open: bool = Field(description="Whether this installation waits for its owner")


class UserView(BaseModel):
    id: str
    email: str
    name: str
    role: str


class Me(UserView):
    scopes: list[Scope]


class ApiKeyView(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewApiKey(ApiKeyView):
    key: str = Field(description="Shown this once")


class PinView(BaseModel):
    name: str
    json_schema: dict[str, Any] = Field(alias="schema", serialization_alias="schema")
    is_required: bool = False
    is_each: bool = Field(default=False, description="Each value is an item of its own")


class BlockView(BaseModel):
    """A block of the catalogue."""

    id: str
    name: str
    title: str
    description: str
    kind: str
    categories: list[str]
    inputs: list[PinView]
    outputs: list[PinView]
    execution: str
    is_pure: bool
    is_static_output: bool
    is_collecting: bool
    is_at_most_once: bool
    order: str


class GraphSaved(BaseModel):
    id: str
    version: int
    problems: list[ProblemView] = Field(description="What keeps it from running; empty when it can run")


class GraphView(Graph):
    """A version of a graph."""

    problems: list[ProblemView] = []


class GraphRow(BaseModel):
    id: str
    name: str
    description: str
    latest_version: int
    updated_at: datetime


class GraphProblems(BaseModel):
    problems: list[ProblemView]


class Cost(BaseModel):
    usd_micros: int
    credits: float = Field(description="One credit is 10,000 micro-dollars")


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


class Status(BaseModel):
    """What is running."""

    version: str
    database: str = Field(description="embedded or external")
    uptime_s: float
    blocks: int
    workers: int = Field(description="Alive, in all processes")
    queue: int = Field(description="Runs that nobody has taken")
    runs: dict[str, int] = Field(description="Status -> how many of yours; of everybody for an owner")
    last_runs: list[RunRow]
    graph_names: dict[str, str]
    open_reviews: int
