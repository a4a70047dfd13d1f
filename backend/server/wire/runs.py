"""Runs: accepted, in a list, on their own page, event by event."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.data.review_store import ReviewStatus
from backend.data.run import CallerAnswer, Leftover, RunError, RunEvent, RunStatus
from backend.server.wire.common import Cost

MOST_LABELS = 20
LONGEST_LABEL = 60
PREVIEWS = (
    'Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so '
    'itself comes as `{"$value": …}`'
)


class RunAccepted(BaseModel):
    """The run is stored and will happen."""

    run_id: str
    status: RunStatus


class RunResult(RunAccepted):
    """What a run came to."""

    outputs: dict[str, list[Any]] = Field(description=f"Output name -> its values in order. {PREVIEWS}")
    answer: CallerAnswer | None = Field(
        default=None,
        description="What a block has answered; a run that does so answers `wait` at once, and may go on",
    )
    duration_ms: float = Field(description="From accepted to the final state on disk, or to the answer")
    cost: Cost
    leftovers: list[Leftover]
    never_fired: list[str] = Field(description="Nodes that could have fired and never did")
    errors: list[RunError]


class RunRow(RunAccepted):
    """A run in a list."""

    graph_id: str
    graph_version: int
    graph_name: str | None = Field(default=None, description="As it is called now")
    parent_run_id: str | None = Field(description="The run that started it, when no person or program did")
    parent_node_id: str | None = None
    parent_firing: int | None = None
    from_run_id: str | None = Field(default=None, description="The run whose results it has taken over")
    from_node_id: str | None = None
    labels: list[str] = []
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None = Field(default=None, description="When a waiting run goes on by itself")
    duration_ms: float | None
    cost: Cost
    error: str | None = Field(description="The first one")


class RunDetails(RunRow):
    """A run on its own page."""

    root_run_id: str = Field(description="The run at the top, which is cancelled with all below it")
    child_runs: int = Field(description="How many it has started; `GET /api/runs?parent_run_id=` lists them")
    cancel_requested_at: datetime | None
    inputs: dict[str, Any] = Field(description=f"Input name -> value. {PREVIEWS}")
    options: dict[str, Any] = Field(description="How it was to be run, as far as it was said")
    outputs: dict[str, list[Any]] = Field(description=f"Output name -> its values in order. {PREVIEWS}")
    has_more_outputs: bool = Field(
        description="Whether these are only the first; `…/nodes/{node}/outputs/output` has all"
    )
    answer: CallerAnswer | None = Field(description="What a block has answered to whoever waited")
    leftovers: list[Leftover] = Field(description="1,000 at most")
    never_fired: list[str] = Field(description="1,000 at most")
    errors: list[RunError] = Field(description="The first 100")
    error_count: int


class RunEvents(BaseModel):
    """A page of what is recorded."""

    items: list[RunEvent] = Field(description=f"Fewer than asked for when they are long. {PREVIEWS}")
    next_after: int = Field(description="`after` of the next page")
    is_end: bool = Field(description="Whether nothing more will come")


def _clean_labels(labels: list[str]) -> list[str]:
    cleaned = [label.strip() for label in labels]
    if not all(label and label.isprintable() for label in cleaned):
        raise ValueError("a label is empty or holds a control character; write a word or two")
    return list(dict.fromkeys(cleaned))


Labels = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_LABEL)]],
    Field(max_length=MOST_LABELS),
    AfterValidator(_clean_labels),
]


class RunChange(BaseModel):
    """What of a run may be changed afterwards."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"labels": ["checked"]}]})

    labels: Labels = Field(description="These and no others; blanks around them and repetitions are dropped")


class RunLabels(BaseModel):
    """A run's labels as they are now."""

    run_id: str
    labels: list[str]


class ReviewView(BaseModel):
    """What a run asks of a person."""

    id: str
    run_id: str
    node_id: str
    firing: int
    name: str
    data: Any = Field(description=f"What is to be looked at. In lists: {PREVIEWS[0].lower()}{PREVIEWS[1:]}")
    is_editable: bool
    status: ReviewStatus
    decision: Any = Field(
        default=None, description="The data as it was decided; in lists as `data`", examples=[{"text": "Hi!"}]
    )
    message: str
    created_at: datetime
    decided_at: datetime | None
