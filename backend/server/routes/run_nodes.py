"""What the nodes of a run have done: progress, firings, what they took and gave."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from backend.data.run_details import child_runs_of
from backend.executor.run_history import NodePage
from backend.executor.shown import Shown
from backend.server.deps import MAX_INT, CallerDep, JsonRoute, SiteDep
from backend.server.node_answer import (
    firing_row,
    given,
    given_outputs,
    node_progress,
    states_of,
    taken_inputs,
    waits_for,
)
from backend.server.run_answer import look_up_beginnings
from backend.server.wire.run_nodes import FiringDetails, Firings, FiringStatus, RunNodes, Values
from backend.util.errors import NotFound

router = APIRouter(prefix="/api/runs/{run_id}/nodes", tags=["runs"], route_class=JsonRoute)

_MOST_GIVEN = 100

PageLimit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
FiringNumber = Annotated[int, Path(ge=0, le=MAX_INT)]


@router.get("", response_model=RunNodes)
async def read_nodes(site: SiteDep, caller: CallerDep, run_id: str) -> dict[str, Any]:
    """How far each node is, of the whole graph and in its order."""
    pages, failures, last = await site.app.worker.history.nodes(caller.user_id, run_id)
    items = [node_progress(page, failures.get(page.place)) for page in pages]
    return {"run_id": run_id, "items": items, "after": last}


@router.get("/{node_id}/firings", response_model=Firings)
async def list_firings(
    site: SiteDep,
    caller: CallerDep,
    run_id: str,
    node_id: str,
    after: Annotated[int, Query(ge=-1, le=MAX_INT, description="`next_after` of the page before")] = -1,
    status: Annotated[list[FiringStatus], Query(max_length=5, description="Any of these")] = [],  # noqa: B006  # FastAPI copies it
    limit: PageLimit = 50,
) -> dict[str, Any]:
    """A node's firings by their number, from 0."""
    history = site.app.worker.history
    page = await history.node(caller.user_id, run_id, node_id)
    numbers = list(islice(page.index.numbers(after, states_of(page, status)), limit))
    facts = await history.facts(page, numbers)
    next_after = numbers[-1] if len(numbers) == limit else None
    return {"items": [firing_row(page, one) for one in facts], "next_after": next_after}


@router.get("/{node_id}/firings/{firing}", response_model=FiringDetails)
async def read_firing(
    site: SiteDep, caller: CallerDep, run_id: str, node_id: str, firing: FiringNumber
) -> dict[str, Any]:
    """One firing: what it took and gave, and what it waits for."""
    history = site.app.worker.history
    page = await history.node(caller.user_id, run_id, node_id)
    _check_firing(page, firing)
    shown = Shown(run_id)
    [facts] = await history.facts(page, [firing])
    taken = await history.taken(page, facts, shown)
    told = await history.told(page, shown, limit=_MOST_GIVEN + 1, firing=firing)
    async with site.app.database.begin() as connection:
        children = await child_runs_of(connection, caller.user_id, run_id, node_id, firing)
    await look_up_beginnings(site, caller.user_id, shown)
    return {
        **firing_row(page, facts),
        "inputs": taken_inputs(taken),
        "outputs": given_outputs(told[:_MOST_GIVEN]),
        "has_more_outputs": len(told) > _MOST_GIVEN,
        "waits_for": waits_for(page, facts),
        "child_run_ids": children,
    }


def _check_firing(page: NodePage, firing: int) -> None:
    if firing >= len(page.index) or not page.index.states[firing]:
        raise NotFound(f"The node {page.node.id!r} has no firing {firing} in this run.")


@router.get("/{node_id}/outputs/{pin}", response_model=Values)
async def list_values(
    site: SiteDep,
    caller: CallerDep,
    run_id: str,
    node_id: str,
    pin: str,
    after: Annotated[int, Query(ge=0, le=MAX_INT, description="`next_after` of the page before")] = 0,
    firing: Annotated[int | None, Query(ge=0, le=MAX_INT, description="Of this firing only")] = None,
    limit: PageLimit = 50,
) -> dict[str, Any]:
    """What a node gave on a pin, in the order in which it was recorded."""
    history = site.app.worker.history
    page = await history.node(caller.user_id, run_id, node_id)
    shown = Shown(run_id)
    told = await history.told(page, shown, limit=limit, after=after, pin=pin, firing=firing)
    await look_up_beginnings(site, caller.user_id, shown)
    next_after = told[-1].seq if len(told) == limit else None
    return {"items": [given(one) for one in told], "next_after": next_after}
