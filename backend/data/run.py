"""A run: its states, which may follow which, and what its caller asks and is told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.data.cost import MAX_USD_MICROS


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return not LEGAL_CHANGES[self]


_END = frozenset(
    {RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_ERRORS, RunStatus.FAILED, RunStatus.CANCELLED}
)

LEGAL_CHANGES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: _END | {RunStatus.RUNNING},
    RunStatus.RUNNING: _END | {RunStatus.WAITING, RunStatus.QUEUED},
    RunStatus.WAITING: _END | {RunStatus.RUNNING, RunStatus.QUEUED},
    RunStatus.COMPLETED: frozenset(),
    RunStatus.COMPLETED_WITH_ERRORS: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}

FINAL = tuple(status for status, then in LEGAL_CHANGES.items() if not then)


class EventKind(StrEnum):
    """What a journal says. `progress` and `log` are for watchers only and have no number."""

    STATE = "state"
    STARTED = "started"
    YIELDED = "yielded"
    STEP = "step"
    FINISHED = "finished"
    FAILED = "failed"
    RETRIED = "retried"
    WAITING = "waiting"
    RESUMED = "resumed"
    CHARGED = "charged"
    REUSED = "reused"


class RunEvent(BaseModel):
    """One event as watchers see it; `seq` counts from 1 in its run."""

    run_id: str
    seq: int | None
    at: datetime
    node_id: str | None = None
    firing: int | None = None
    kind: str
    data: dict[str, Any] = {}


class RunLimits(BaseModel):
    """Overrides of the settings' limits for one graph or run; None: as the settings say."""

    model_config = ConfigDict(extra="forbid")

    max_firings: int | None = Field(default=None, ge=1)
    max_active_s: float | None = Field(default=None, gt=0)
    max_waiting_values: int | None = Field(default=None, ge=1)
    max_cost_usd_micros: int | None = Field(
        default=None, ge=0, le=MAX_USD_MICROS, description="What a run may cost; None: no limit of its own"
    )


MOST_LABELS = 20
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class RunOptions(BaseModel):
    """How to run, beyond the inputs."""

    model_config = ConfigDict(extra="forbid")

    until_node: str | None = Field(default=None, description="Run up to and including this node")
    trigger_node: str | None = Field(
        default=None,
        description="The trigger that starts the run; the inputs go to it, other triggers stay quiet",
    )
    pins: dict[str, dict[str, list[Any]]] = Field(
        default={}, description="node id -> output pin -> values used instead of running the node"
    )
    from_run: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Take over the results of this ended run of the same graph, and run only what failed in it, "
        "what it did not come to, and what follows from those",
    )
    from_node: str | None = Field(
        default=None, min_length=1, max_length=64, description="With `from_run`: run from this node on"
    )
    edits: dict[str, dict[str, Any]] = Field(
        default={}, description="node id -> input pin -> the value it takes instead of what comes"
    )
    labels: list[Label] = Field(default=[], max_length=MOST_LABELS, description="By which runs can be found")
    limits: RunLimits = RunLimits()
    budget: int | None = Field(
        default=None,
        ge=0,
        le=MAX_USD_MICROS,
        description="Micro-USD that the run and the runs below it may cost; None: as the graph says",
    )
    safe_mode: bool = Field(default=True, description="False: reviews approve themselves")

    @cached_property
    def stored(self) -> str:
        """As they stand in the run's row."""
        return self.model_dump_json(exclude_defaults=True)


class HttpExchange(BaseModel):
    """What a block sent to a service and what came back, when that is why it failed. Secrets are masked."""

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str = Field(description="Its first 4 KiB; of what is no text, what it is")
    request_size_bytes: int
    status: int | None = Field(description="None: no answer came")
    response_headers: dict[str, str]
    response_body: str = Field(description="As `request_body`")
    response_size_bytes: int
    duration_ms: float | None = Field(description="With repetitions; None: no answer came")


class RunError(BaseModel):
    """A failure: where, at which item, why, and where to look."""

    node_id: str | None = None
    node_name: str | None = None
    firing: int | None = None
    item: list[int] = []
    code: str
    message: str
    exchange: HttpExchange | None = Field(
        default=None, description="The request behind it, for the first 10 errors of a run"
    )


class Leftover(BaseModel):
    """Values that reached a pin and were never used."""

    node_id: str
    pin: str
    count: int


class RunSummary(BaseModel):
    """What a finished run came to; stored with it, so that lists need no journal."""

    outputs: dict[str, list[Any]] | None = Field(default={}, description="None: too large, see the journal")
    errors: list[RunError] = []
    leftovers: list[Leftover] = []
    never_fired: list[str] = []
    firings: int = 0


class CallerAnswer(BaseModel):
    """What a run says to whoever waits for it, before it has ended."""

    status: int = Field(default=200, ge=200, le=599, description="As an HTTP status")
    headers: dict[str, str] = {}
    body: Any = None


class RunView(BaseModel):
    """A run as its owner sees it."""

    id: str
    graph_id: str
    graph_version: int
    status: RunStatus
    inputs: dict[str, Any] = {}
    parent_run_id: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    cost_usd_micros: int = 0
    summary: RunSummary | None = None
    answer: CallerAnswer | None = None
