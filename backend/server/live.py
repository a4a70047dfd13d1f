"""`WS /api/ws`: what runs do, as it happens, to whoever may see them.

A client sends `{"op": "subscribe", "run": id, "after": seq}` or `{"op": "subscribe", "graph": id, "after":
{run: seq}}`, and gets `{"op": "subscribed", …}`, then `{"op": "events", "events": [...]}` as often as there
are some, and `{"op": "end", "run": id}` behind the last event of a run. To go on after a broken connection
it subscribes again with the last `seq` it has of each run. `{"op": "unsubscribe", …}` ends a subscription,
`{"op": "ping"}` is answered by `{"op": "pong"}`. What is wrong comes as `{"op": "error", "code", "detail"}`;
the connection stays. A `ref` is handed back with the answer.

A slow reader holds up nobody: each subscription sends when the socket has room, and reads on where it was.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import lru_cache
from typing import Annotated, Any, Literal

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.types import Message, Receive, Send

from backend.executor.events import Chunk, Feeds
from backend.executor.graph_watch import GraphWatch, watch_graph
from backend.server.access import Caller
from backend.server.body import check_model
from backend.server.deps import MAX_INT
from backend.server.site import Site
from backend.util.errors import BlockyardError, Conflict, TooMany, Unauthorized
from backend.util.json_text import parse_json

log = structlog.get_logger(__name__)

MOST_SUBSCRIPTIONS = 100
MOST_RESUMED = 1_000
CHECK_AGAIN_S = 10.0
ENDED, GOING_AWAY = 4401, 1012
LONGEST_SEND_S = 0.005


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["subscribe", "unsubscribe", "ping"]
    run: str | None = Field(default=None, min_length=1, max_length=64)
    graph: str | None = Field(default=None, min_length=1, max_length=64)
    after: Any = 0
    ref: Annotated[str, Field(max_length=100)] | int | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Request:
        if self.op != "ping" and (self.run is None) is (self.graph is None):
            raise ValueError("name either a run or a graph")
        return self


class Socket:
    """One connection."""

    def __init__(self, site: Site, caller: Caller, headers: dict[bytes, bytes], send: Send) -> None:
        self._site = site
        self._caller = caller
        self._headers = headers
        self._send = send
        self._feeds: Feeds = site.app.worker.feeds
        self._subscriptions: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def serve(self, receive: Receive) -> None:
        """Until the client goes, its login ends, or the process does."""
        await receive()  # "websocket.connect"
        await self._send({"type": "websocket.accept"})
        ends = [
            asyncio.ensure_future(work)
            for work in (
                self._listen(receive),
                until_shut_out(self._site, self._caller, self._headers),
                self._site.app.worker.ending.wait(),
            )
        ]
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if ends[0] not in done:
                code = ENDED if ends[1] in done else GOING_AWAY
                await self._send({"type": "websocket.close", "code": code})
            for end in done:
                end.result()
        finally:
            tasks = [*ends, *self._subscriptions.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, receive: Receive) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            await self._handle(message)

    async def _handle(self, message: Message) -> None:
        ref: Any = None
        try:
            text = message.get("text")
            request = check_model(Request, parse_json((text or "").encode("utf-8", "surrogatepass")))
            ref = request.ref
            await self._do(request)
        except BlockyardError as error:
            problems = [{"path": problem.path, "message": problem.message} for problem in error.problems]
            said = {"op": "error", "code": error.code, "detail": str(error), "errors": problems}
            await self._say(said, ref)

    async def _do(self, request: Request) -> None:
        if request.op == "ping":
            await self._say({"op": "pong"}, request.ref)
            return
        kind, name = ("run", request.run) if request.run is not None else ("graph", request.graph)
        key = (kind, str(name))
        if request.op == "unsubscribe":
            task = self._subscriptions.pop(key, None)
            if task is not None:
                task.cancel()
            await self._say({"op": "unsubscribed", kind: name}, request.ref)
            return
        if key in self._subscriptions:
            raise Conflict(f"This connection watches the {kind} {name!r} already.")
        if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise TooMany(
                f"One connection may watch {MOST_SUBSCRIPTIONS} things. Unsubscribe from some, or open another.",
                retry_after_s=1,
            )
        follow = await self._found(kind, str(name), request)
        await self._say({"op": "subscribed", kind: name}, request.ref)
        task = asyncio.ensure_future(self._forward(key, follow))
        self._subscriptions[key] = task
        task.add_done_callback(lambda done: self._is_over(key, done))

    async def _found(self, kind: str, name: str, request: Request) -> Callable[[], Awaitable[None]]:
        """What forwards the events, once it is certain that they are the caller's.

        Raises:
            NotFound: there is no such run or graph, or it is another user's.
            BadInput: `after` does not fit.
        """
        user_id, worker = self._caller.user_id, self._site.app.worker
        if kind == "run":
            after = check_model(AfterRun, {"after": request.after}).after
            chunks, _ = await worker.watch(user_id, name, after=after)
            return lambda: self._forward_run(chunks)
        known = check_model(AfterRuns, {"after": request.after or {}}).after
        watch = await watch_graph(worker, user_id, name, known)
        return lambda: self._forward_graph(watch)

    async def _forward(self, key: tuple[str, str], follow: Callable[[], Awaitable[None]]) -> None:
        await follow()
        await self._say({"op": "end", key[0]: key[1]}, None)

    async def _forward_run(self, chunks: AsyncGenerator[Chunk]) -> None:
        async with aclosing(chunks):
            async for chunk in chunks:
                await self._send_chunk(chunk)

    async def _forward_graph(self, watch: GraphWatch) -> None:
        async with aclosing(watch.follow()) as chunks:
            async for run_id, chunk in chunks:
                await self._send_chunk(chunk)
                if chunk.is_end:
                    await self._say({"op": "end", "run": run_id}, None)

    async def _send_chunk(self, chunk: Chunk) -> None:
        began = time.perf_counter()
        await self._send({"type": "websocket.send", "text": frame_of(chunk)})
        self._feeds.pace.spend(min(time.perf_counter() - began, LONGEST_SEND_S))

    def _is_over(self, key: tuple[str, str], task: asyncio.Task[None]) -> None:
        if self._subscriptions.get(key) is task:
            del self._subscriptions[key]
        if (
            not task.cancelled()
            and (error := task.exception()) is not None
            and not isinstance(error, OSError)
        ):
            log.error("live.subscription_failed", kind=key[0], exc_info=error)

    async def _say(self, message: dict[str, Any], ref: Any) -> None:
        if ref is not None:
            message["ref"] = ref
        await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})


async def until_shut_out(site: Site, caller: Caller, headers: dict[bytes, bytes]) -> None:
    """Returns when the login or the key has ended, or may do something else than it might."""
    while True:
        await asyncio.sleep(CHECK_AGAIN_S)
        try:
            known = await site.callers.find(headers)
        except Unauthorized:
            return
        except BlockyardError:  # the database is away
            continue
        if known.scopes != caller.scopes:
            return


class AfterRun(BaseModel):
    """Where in a run one was."""

    after: int = Field(ge=0, le=MAX_INT)


class AfterRuns(BaseModel):
    """Where one was in each run of a graph."""

    after: dict[str, Annotated[int, Field(ge=0, le=MAX_INT)]] = Field(max_length=MOST_RESUMED)


@lru_cache(maxsize=32)
def frame_of(chunk: Chunk) -> str:
    """What goes over a socket; made once for all who get it."""
    return f'{{"op":"events","events":[{b",".join(chunk.events).decode()}]}}'
