"""What was spent, and what may be."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from backend.data.budget_store import BudgetPeriod
from backend.data.cost import MAX_USD_MICROS
from backend.server.wire.common import Cost, Page

_ID_EXAMPLE = "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"


class CostRow(BaseModel):
    """What a group came to."""

    key: str = Field(
        description="The day as 2026-01-31, the id of graph, block or user, or the name of provider or model; "
        "empty: none was named",
        examples=["2026-01-31"],
    )
    label: str = Field(
        description="What people call it; the key where it has no other name", examples=["2026-01-31"]
    )
    charges: int = Field(description="How many charges it is the sum of", examples=[3])
    cost: Cost


class Costs(Page[CostRow]):
    """Sums of charges; `total` is of all pages together."""

    total: Cost
    since: datetime = Field(alias="from", description="Charges from this moment on are counted")
    until: datetime = Field(alias="to", description="Charges before this moment are counted")


class NodeCost(BaseModel):
    """What a node has cost in a run, with the runs that it started."""

    node_id: str
    charges: int = Field(description="How many charges it is the sum of", examples=[3])
    cost: Cost


class NodeCosts(Page[NodeCost]):
    """The nodes of a run that cost something; `total` is of all pages together."""

    total: Cost


class BudgetBody(BaseModel):
    """What may be spent in a period. There is one budget for each user, graph and period."""

    model_config = ConfigDict(extra="forbid")

    period: BudgetPeriod = Field(description="Days and months of UTC, or all time", examples=["day"])
    limit_usd_micros: int = Field(
        ge=0, le=MAX_USD_MICROS, description="In millionths of a dollar; 0: nothing", examples=[5_000_000]
    )
    graph_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="For runs of this graph; without it for all of the user's graphs together",
    )
    user_id: str | None = Field(
        default=None, min_length=1, max_length=64, description="Whose; yours without it, others' for owners"
    )


class BudgetView(BaseModel):
    """A budget and how it stands now. A call that does not fit into what is left is refused, and its run fails."""

    id: str
    user_id: str
    graph_id: str | None = Field(description="None: all of the user's graphs together")
    period: BudgetPeriod
    limit: Cost
    spent: Cost = Field(description="In the period that goes on")
    reserved: Cost = Field(description="What calls at work may still spend")
    resets_at: datetime | None = Field(description="When spending begins at nothing again; None: never")
    set_by: str = Field(description="The user who set it", examples=[_ID_EXAMPLE])
    is_yours: bool = Field(description="Whether you may change and delete it")
    created_at: datetime
    updated_at: datetime
