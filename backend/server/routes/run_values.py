"""Values of a run, whole, however large: what previews point at."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from backend.data import run_details
from backend.executor.values import Stored
from backend.server.deps import MAX_INT, CallerDep, JsonRoute, SiteDep
from backend.server.site import Site
from backend.util.errors import NotFound

router = APIRouter(prefix="/api/runs/{run_id}/values", tags=["runs"], route_class=JsonRoute)

_JSON = "application/json"
_ANY: dict[int | str, dict[str, Any]] = {
    200: {"content": {_JSON: {"schema": {}}}, "description": "The value"}
}
_OF_EVENT = re.compile(r"(\d{1,10})(?:\.(.{1,200}))?", re.DOTALL)
_OF_RUN = re.compile(r"(input|option)\.(\d{1,5})")
_COLUMNS = {"input": "inputs", "option": "options"}


@router.get("/{value_id}", response_class=Response, responses=_ANY)
async def read_value(site: SiteDep, caller: CallerDep, run_id: str, value_id: str) -> Response:
    """A value as JSON. `value_id` is the number of the event that gave it, or what a preview's `href` says."""
    if found := _OF_RUN.fullmatch(value_id):
        return await _part(site, caller.user_id, run_id, found[1], int(found[2]))
    if (found := _OF_EVENT.fullmatch(value_id)) and int(found[1]) <= MAX_INT:
        value = await site.app.worker.history.value(caller.user_id, run_id, int(found[1]), found[2])
        if not isinstance(value, Stored):
            return Response(value, media_type=_JSON)
        value_id = value.blob_id
    async with site.app.database.begin() as connection:
        size_bytes = await run_details.find_blob(connection, caller.user_id, run_id, value_id)
        if size_bytes is None:
            await run_details.load_status(connection, caller.user_id, run_id)
            raise NotFound(f"The run {run_id!r} has no value {value_id!r}.")
    headers = {"content-length": str(size_bytes)}
    return StreamingResponse(
        _chunks(site, caller.user_id, value_id, size_bytes), headers=headers, media_type=_JSON
    )


async def _part(site: Site, user_id: str, run_id: str, kind: str, place: int) -> Response:
    async with site.app.database.begin() as connection:
        await run_details.load_status(connection, user_id, run_id)
        text = await run_details.read_part(connection, user_id, run_id, _COLUMNS[kind], place)
    if text is None:
        raise NotFound(f"The run {run_id!r} has no value '{kind}.{place}'.")
    return Response(text, media_type=_JSON)


async def _chunks(site: Site, user_id: str, blob_id: str, size_bytes: int) -> AsyncIterator[bytes]:
    async with site.app.database.raw() as connection:
        async for chunk in run_details.read_blob_in_chunks(connection, user_id, blob_id, size_bytes):
            yield chunk
