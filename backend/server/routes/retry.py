"""Going on from a run that has ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.data.run import RunStatus
from backend.data.run_store import load_origin
from backend.server.deps import MAX_INT, CallerDep, JsonRoute, KeyDep, SiteDep
from backend.server.start_run import LONGEST_WAIT_S, RunRequest, start_run
from backend.server.wire.runs import RunAccepted, RunResult
from backend.util.errors import Conflict

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=JsonRoute)


class Retry(BaseModel):
    """How to try again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"wait": 30}]})

    version: int | None = Field(
        default=None, ge=1, le=MAX_INT, description="Of the graph, when it was mended; else the same"
    )
    wait: bool | Annotated[float, Field(ge=0, le=LONGEST_WAIT_S)] = Field(
        default=False, description="As when a run is started"
    )


@router.post("/{run_id}/retry", response_model=RunResult, responses={202: {"model": RunAccepted}})
async def retry_run(
    site: SiteDep, caller: CallerDep, run_id: str, key: KeyDep, body: Retry | None = None
) -> Response:
    """A new run that takes over what finished in this one, and runs what failed or was not come to.

    To run from a chosen node on, start a run with `from_run` and `from_node`.
    """
    async with site.app.database.begin() as connection:
        origin = await load_origin(connection, caller.user_id, run_id)
    if origin.parent_run_id is not None:
        raise Conflict(f"This run is a part of {origin.root_run_id!r}. Retry that one.")
    if origin.status is RunStatus.COMPLETED:
        raise Conflict(
            "Nothing failed in this run. Start it again, or from one of its nodes with `from_node`."
        )
    given = body.model_dump(exclude_none=True) if body else {}
    request = RunRequest.model_validate({**given, "from_run": run_id})
    return await start_run(site.app.worker, caller, origin.graph_id, key, request)
