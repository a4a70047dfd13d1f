"""Runs: lists, details, events, labels, cancel."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from backend.data import run_details as details_store
from backend.data.block import BlockKind
from backend.data.run import RunStatus
from backend.data.run_details import StoredDetails
from backend.data.run_list import RunFilter
from backend.data.run_list import list_runs as list_stored_runs
from backend.executor.shown import Shown
from backend.server.deps import MAX_INT, CallerDep, IdCursor, JsonRoute, Limit, SiteDep
from backend.server.run_answer import look_up_beginnings, run_details, run_row, shown_outputs
from backend.server.site import Site
from backend.server.wire.common import Page
from backend.server.wire.people import Moment
from backend.server.wire.runs import (
    LONGEST_LABEL,
    RunAccepted,
    RunChange,
    RunDetails,
    RunEvents,
    RunLabels,
    RunRow,
)

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=JsonRoute)

_MOST_OUTPUTS = 1_000
_LONGEST_OUTPUT_BYTES = 65_536
_LARGEST_COST = 9_223_372_036_854_775_807


def _filter(
    graph_id: Annotated[str | None, Query(max_length=64)] = None,
    status: Annotated[list[RunStatus], Query(max_length=7, description="Any of these")] = [],  # noqa: B006  # FastAPI copies it
    created_after: Annotated[Moment | None, Query(description="This moment or later")] = None,
    created_before: Annotated[Moment | None, Query(description="Earlier than this")] = None,
    min_cost_usd_micros: Annotated[int | None, Query(ge=0, le=_LARGEST_COST)] = None,
    max_cost_usd_micros: Annotated[int | None, Query(ge=0, le=_LARGEST_COST)] = None,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Text in the beginning of the inputs, in labels, errors or the graph's name; or the run's id",
        ),
    ] = "",
    label: Annotated[str | None, Query(max_length=LONGEST_LABEL)] = None,
    parent_run_id: Annotated[
        str | None,
        Query(max_length=64, description="Runs that this one has started, instead of those at the top"),
    ] = None,
    from_run_id: Annotated[
        str | None, Query(max_length=64, description="Runs that have taken over results of this one")
    ] = None,
) -> RunFilter:
    return RunFilter(
        graph_id=graph_id,
        statuses=status,
        created_after=created_after,
        created_before=created_before,
        min_cost_usd_micros=min_cost_usd_micros,
        max_cost_usd_micros=max_cost_usd_micros,
        text=q.strip(),
        label=label,
        parent_run_id=parent_run_id,
        from_run_id=from_run_id,
    )


@router.get("", response_model=Page[RunRow])
async def list_runs(
    site: SiteDep,
    caller: CallerDep,
    wanted: Annotated[RunFilter, Depends(_filter)],
    cursor: IdCursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Your runs, newest first: those that somebody started, not those within them.

    A request looks at the newest 20,000 runs behind the cursor, at 5,000 when it searches text. When few of
    them fit, the page is short or empty and still has a `next_cursor`: go on with it until it is null.
    """
    async with site.app.database.begin() as connection:
        page = await list_stored_runs(connection, caller.user_id, wanted, limit=limit, before=cursor)
    return {"items": [run_row(run) for run in page.runs], "next_cursor": page.next_before}


@router.get("/{run_id}", response_model=RunDetails)
async def read_run(site: SiteDep, caller: CallerDep, run_id: str) -> dict[str, Any]:
    """A run: what it was given, where it stands, what it came to."""
    user_id, longest = caller.user_id, site.app.settings.inline_value_bytes
    async with site.app.database.begin() as connection:
        run = await details_store.load_details(connection, user_id, run_id)
        inputs = await details_store.load_inputs(connection, user_id, run_id, longest)
        options = await details_store.load_options(connection, user_id, run_id, longest)
    outputs, has_more = await _outputs(site, run)
    return {**run_details(run, inputs, options), "outputs": outputs, "has_more_outputs": has_more}


async def _outputs(site: Site, run: StoredDetails) -> tuple[dict[str, list[Any]], bool]:
    """The run's outputs, the first ones of those that are too many to be kept with it."""
    shown = Shown(run.id, longest_bytes=None if run.outputs is not None else _LONGEST_OUTPUT_BYTES)
    if run.outputs is not None:
        outputs, has_more = shown_outputs(run.id, run.outputs, shown), False
    else:
        outputs, has_more = await site.app.worker.history.outputs(
            run.user_id, run.id, shown, is_output=partial(_is_output, site), limit=_MOST_OUTPUTS
        )
    await look_up_beginnings(site, run.user_id, shown)
    return outputs, has_more


def _is_output(site: Site, block_id: str) -> bool:
    block = site.app.catalogue.find(block_id)
    return block is not None and block.kind is BlockKind.OUTPUT


@router.patch("/{run_id}", response_model=RunLabels)
async def change_run(site: SiteDep, caller: CallerDep, run_id: str, body: RunChange) -> dict[str, Any]:
    """Give a run other labels."""
    async with site.app.database.begin() as connection:
        await details_store.set_labels(connection, caller.user_id, run_id, body.labels)
    return {"run_id": run_id, "labels": body.labels}


@router.get("/{run_id}/events", response_model=RunEvents)
async def read_events(
    site: SiteDep,
    caller: CallerDep,
    run_id: str,
    after: Annotated[int, Query(ge=0, le=MAX_INT, description="The number of the last event you have")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """What is recorded of a run, in order."""
    page = await site.app.worker.history.events(caller.user_id, run_id, after=after, limit=limit)
    is_end = b"true" if page.is_end else b"false"
    body = b'{"items":[%b],"next_after":%d,"is_end":%b}' % (b",".join(page.events), page.last, is_end)
    return Response(body, media_type="application/json")


@router.post("/{run_id}/cancel", status_code=202)
async def cancel_run(site: SiteDep, caller: CallerDep, run_id: str) -> RunAccepted:
    """Ask a run to end; within a second it does. One that has ended stays as it is."""
    return RunAccepted(run_id=run_id, status=await site.app.worker.cancel(caller.user_id, run_id))
