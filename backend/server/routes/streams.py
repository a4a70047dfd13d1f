"""What runs do, as it happens, by server-sent events: the stream of `WS /api/ws` for scripts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from backend.executor.events import Chunk
from backend.executor.graph_watch import GraphWatch, watch_graph
from backend.server.access import Caller
from backend.server.deps import MAX_INT, CallerDep, JsonRoute, SiteDep
from backend.server.live import LONGEST_SEND_S, MOST_RESUMED, until_shut_out
from backend.server.site import Site
from backend.util.errors import BadInput, Problem

router = APIRouter(prefix="/api", tags=["live"], route_class=JsonRoute)

_QUIET_S = 15.0
_COMMENT = b": still here\n\n"
_Responses = dict[int | str, dict[str, Any]]
_STREAM: _Responses = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events"},
    204: {"description": "The run has ended, and there is nothing behind `after`"},
}
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=100_000, description="Instead of `after`")
]


@router.get("/runs/{run_id}/stream", response_class=StreamingResponse, responses=_STREAM)
async def stream_run(
    site: SiteDep,
    caller: CallerDep,
    request: Request,
    run_id: str,
    after: Annotated[int, Query(ge=0, le=MAX_INT, description="The number of the last event you have")] = 0,
    last_event_id: LastEventId = None,
) -> Response:
    """Recorded events behind `after`, then live ones until the run has ended."""
    if last_event_id is not None:
        after = _number(last_event_id)
    chunks, is_final = await site.app.worker.watch(caller.user_id, run_id, after=after)
    if not is_final:
        return _Stream(site, caller, request, _lines(chunks))
    first = await anext(chunks, None)
    return (
        Response(status_code=204) if first is None else _Stream(site, caller, request, _lines(chunks, first))
    )


@router.get("/graphs/{graph_id}/stream", response_class=StreamingResponse, responses={200: _STREAM[200]})
async def stream_graph(
    site: SiteDep,
    caller: CallerDep,
    request: Request,
    graph_id: str,
    after: Annotated[
        str,
        Query(max_length=60_000, description="`run:seq` pairs with commas between, of the runs you know"),
    ] = "",
    last_event_id: LastEventId = None,
) -> Response:
    """The events of all runs of a graph, those that go on and those that begin later."""
    known = _pairs(after if last_event_id is None else last_event_id)
    watch = await watch_graph(site.app.worker, caller.user_id, graph_id, known)
    return _Stream(site, caller, request, _graph_lines(watch, known))


class _Stream(StreamingResponse):
    """Lines as they come; it is one of the live connections that each user has a number of."""

    def __init__(self, site: Site, caller: Caller, request: Request, lines: AsyncGenerator[bytes]) -> None:
        self._place = site.sockets.place(caller.user_id)
        shut_out = partial(until_shut_out, site, caller, dict(request.scope["headers"]))
        super().__init__(
            _until_ending(site, lines, shut_out),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._place:
            await super().__call__(scope, receive, send)


async def _lines(chunks: AsyncGenerator[Chunk], first: Chunk | None = None) -> AsyncGenerator[bytes]:
    async with aclosing(chunks):
        if first is not None:
            yield lines_of(first)
        async for chunk in chunks:
            yield lines_of(chunk)
    yield b"event: end\ndata: {}\n\n"


async def _graph_lines(watch: GraphWatch, known: dict[str, int]) -> AsyncGenerator[bytes]:
    """The id of each event is what a later request gives as `after`."""
    positions = dict(known)
    async with aclosing(watch.follow()) as chunks:
        async for run_id, chunk in chunks:
            if chunk.last:
                positions[run_id] = chunk.last
                while len(positions) > MOST_RESUMED:
                    del positions[next(iter(positions))]
            *events, last = chunk.events
            yield b"".join([b"data: %b\n\n" % event for event in events])
            place = ",".join(f"{run}:{seq}" for run, seq in positions.items())
            yield b"id: %b\ndata: %b\n\n" % (place.encode(), last)


@lru_cache(maxsize=32)
def lines_of(chunk: Chunk) -> bytes:
    """A chunk in the form of the HTML standard (9.2.5); made once for all who get it."""
    if not chunk.last:
        return b"".join([b"data: %b\n\n" % event for event in chunk.events])
    return b"".join(
        [b"id: %d\ndata: %b\n\n" % (seq, event) for seq, event in enumerate(chunk.events, start=chunk.first)]
    )


async def _until_ending(
    site: Site, lines: AsyncGenerator[bytes], shut_out: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """The lines, with a comment when nothing happens for a while, until the process or the login ends."""
    ends = [asyncio.ensure_future(site.app.worker.ending.wait()), asyncio.ensure_future(shut_out())]
    step: asyncio.Task[bytes | None] | None = None
    async with aclosing(lines):
        try:
            while True:
                step = step or asyncio.create_task(_next(lines))
                waited: set[asyncio.Future[Any]] = {step, *ends}
                await asyncio.wait(waited, timeout=_QUIET_S, return_when=asyncio.FIRST_COMPLETED)
                if any(end.done() for end in ends):
                    return
                if not step.done():
                    yield _COMMENT
                    continue
                line, step = step.result(), None
                if line is None:
                    return
                began = time.perf_counter()
                yield line
                site.app.worker.feeds.pace.spend(min(time.perf_counter() - began, LONGEST_SEND_S))
        finally:
            for end in ends:
                end.cancel()
            if step is not None:
                step.cancel()
                await asyncio.wait({step})


async def _next(lines: AsyncGenerator[bytes]) -> bytes | None:
    return await anext(lines, None)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:20]) > MAX_INT:
        _refuse("Last-Event-ID", "It is no number of an event.")
    return int(text)


def _pairs(text: str) -> dict[str, int]:
    pairs: dict[str, int] = {}
    for pair in filter(None, text.split(",")):
        run_id, _, seq = pair.partition(":")
        if not run_id or not seq.isascii() or not seq.isdigit() or int(seq[:20]) > MAX_INT:
            _refuse("after", "It is no list of `run:seq` pairs.")
        pairs[run_id] = int(seq)
    if len(pairs) > MOST_RESUMED:
        _refuse("after", f"It names more than {MOST_RESUMED} runs.")
    return pairs


def _refuse(path: str, message: str) -> None:
    problem = Problem(message, "Send what the stream gave you as the id of its last event.", path=path)
    raise BadInput(str(problem), problems=(problem,))
