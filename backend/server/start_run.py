"""Starts a run for a caller, and waits for its end if they want that. Both forms of the route are this."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Annotated, Any, Literal

import orjson
from fastapi import Response
from pydantic import Field, field_validator

from backend.data.draft_store import save_draft_as_version
from backend.data.run import RunOptions
from backend.data.run_store import find_run_by_key, load_origin
from backend.executor.run_loop import RunLoop
from backend.executor.run_reader import DEFAULT_OPTIONS
from backend.executor.worker import Accepted, Worker
from backend.server.access import Caller, Scope
from backend.server.body import check_model, parse_body
from backend.server.deps import MAX_INT
from backend.server.run_answer import accepted, answered_result, loop_result, view_result
from backend.util.errors import Forbidden, Unavailable

LONGEST_WAIT_S = 300.0
_OPTIONS = frozenset(RunOptions.model_fields)
_KEPT_OPTIONS = (
    "until_node",
    "trigger_node",
    "pins",
    "edits",
    "limits",
    "budget",
    "safe_mode",
    "labels",
)
"""What a run that goes on from another does as that one did, unless it says otherwise."""
_NOT_STORED = (
    "The database is away, so it is not certain that the run was stored. Try again; with an "
    "Idempotency-Key it will not run twice."
)


class RunRequest(RunOptions):
    """What to run a graph with."""

    inputs: dict[str, Any] = Field(default={}, description="Input name -> value")
    version: Annotated[int, Field(ge=1, le=MAX_INT)] | Literal["draft"] | None = Field(
        default=None,
        description="The newest without it, with `from_run` the one of that run; `draft` stores the draft as a "
        "version and runs that",
    )
    wait: bool | Annotated[float, Field(ge=0, le=LONGEST_WAIT_S)] = Field(
        default=False,
        description="Answer when the run has ended: true, or for how many seconds at most; then 202",
    )

    @field_validator("wait", mode="before")
    @classmethod
    def _check_wait(cls, wait: Any) -> Any:
        is_seconds = isinstance(wait, (int, float)) and 0 <= wait <= LONGEST_WAIT_S
        if not (isinstance(wait, bool) or is_seconds):
            raise ValueError(f"give true, false, or 0 to {LONGEST_WAIT_S:g} seconds")
        return wait

    def options(self) -> RunOptions:
        """What of it is how to run."""
        given = self.model_fields_set & _OPTIONS
        if not given:
            return DEFAULT_OPTIONS
        return RunOptions.model_validate({name: getattr(self, name) for name in given})

    def wait_s(self) -> float:
        """In seconds; 0: not at all."""
        return LONGEST_WAIT_S if self.wait is True else float(self.wait)


async def request_in(raw: bytes) -> RunRequest:
    """The request in a body; an empty body asks for nothing special.

    Raises:
        BadInput: every problem with its path.
    """
    return check_model(RunRequest, await parse_body(raw)) if raw else RunRequest()


async def start_run(
    worker: Worker, caller: Caller, graph_id: str, key: str | None, request: RunRequest
) -> Response:
    """200 with the result when the run has ended in time, else 202; what is answered is on disk.

    Raises:
        NotFound, GraphInvalid, BadInput, Unavailable: see `Worker.submit`.
    """
    started = time.perf_counter()
    wait_s = request.wait_s()
    if request.from_run is not None:
        request = await with_origin(worker, caller.user_id, request)
    try:
        taken = await worker.submit(
            caller.user_id,
            graph_id,
            request.inputs,
            version=await _version(worker, caller, graph_id, request),
            options=request.options(),
            idempotency_key=key,
            is_durable_first=wait_s == 0,
        )
    except Unavailable:
        known = await _run_of_key(worker, caller.user_id, key)
        if known is None:
            raise
        taken = Accepted(known, None)
    if wait_s == 0:
        status = (await worker.view(caller.user_id, taken.run_id)).status if taken.loop is None else None
        return accepted(taken.run_id, status or taken.loop.row.status)  # type: ignore[union-attr]  # one of both
    if taken.loop is None:
        return await _from_database(worker, caller.user_id, taken.run_id, wait_s)
    return await _at_the_end(worker, taken.loop, started, wait_s, key)


async def with_origin(worker: Worker, user_id: str, request: RunRequest) -> RunRequest:
    """The request with what it does not say taken from the run that it goes on from.

    Raises:
        NotFound: there is no such run, or it is another user's.
    """
    async with worker.database.begin() as connection:
        origin = await load_origin(connection, user_id, str(request.from_run))
    before = orjson.loads(origin.options)
    given = request.model_dump(exclude_unset=True)
    kept = {name: before[name] for name in _KEPT_OPTIONS if name in before}
    return RunRequest.model_validate(
        {**kept, "inputs": orjson.loads(origin.inputs), "version": origin.graph_version, **given}
    )


async def _version(worker: Worker, caller: Caller, graph_id: str, request: RunRequest) -> int | None:
    if request.version != "draft":
        return request.version
    if Scope.GRAPHS_WRITE not in caller.scopes:
        raise Forbidden(
            f"To run a draft stores a version, which needs the scope {Scope.GRAPHS_WRITE.value!r}."
        )
    async with worker.database.begin() as connection:
        saved = await save_draft_as_version(connection, caller.user_id, graph_id)
    worker.tell_graph_changed(graph_id)
    return saved.version


async def _at_the_end(
    worker: Worker, loop: RunLoop, started: float, wait_s: float, key: str | None
) -> Response:
    """Wait in memory, for the end or for what a block answers before."""
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            await loop.callers.heard()
    user_id = loop.row.user_id
    if not loop.done.done():
        if loop.log.is_new:
            raise Unavailable(_NOT_STORED)
        if loop.callers.answer is not None:
            return answered_result(loop, time.perf_counter() - started)
        return accepted(loop.row.id, loop.row.status)
    status = loop.done.result()
    if status is not None:
        return loop_result(loop, status, time.perf_counter() - started)
    if not (loop.log.lost and loop.log.is_new):
        return await _from_database(worker, user_id, loop.row.id, 0)
    known = await _run_of_key(worker, user_id, key)
    if known is None:
        raise Unavailable("The run could not be stored. Try again.")
    return await _from_database(worker, user_id, known, wait_s)


async def _from_database(worker: Worker, user_id: str, run_id: str, wait_s: float) -> Response:
    view = await worker.wait(user_id, run_id, timeout_s=wait_s, is_whole=False, is_for_answer=True)
    is_told = view.status.is_final or view.answer is not None
    return view_result(view) if is_told else accepted(run_id, view.status)


async def _run_of_key(worker: Worker, user_id: str, key: str | None) -> str | None:
    """The run of a request with this key that was a moment faster."""
    if key is None:
        return None
    async with worker.database.begin() as connection:
        return await find_run_by_key(connection, user_id, key)
