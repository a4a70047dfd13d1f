"""Watching a graph: the events of all its runs, those that go on now and those that begin later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from functools import partial

from backend.data.away import surely
from backend.data.graph_store import read_graph_row
from backend.data.run_store import MOST_TO_WATCH, runs_to_watch
from backend.executor.events import Chunk
from backend.executor.run_reader import RunReader
from backend.util.clock import first_id_at, now, time_of_id
from backend.util.errors import NotFound

_LOOK_AGAIN_S = 1.0
_LATE = timedelta(seconds=15)
"""A run may be stored this much later than its id says."""
_AT_ONCE = 1_000
_WAITING_CHUNKS = 16


async def watch_graph(reader: RunReader, user_id: str, graph_id: str, after: Mapping[str, int]) -> GraphWatch:
    """A watcher of the graph, once it is certain that it is theirs.

    Raises:
        NotFound: there is no such graph, or it is another user's.
    """
    async with reader.database.begin() as connection:
        await read_graph_row(connection, user_id, graph_id)
    return GraphWatch(reader, user_id, graph_id, after)


class GraphWatch:
    """One watcher of a graph. `after` has the runs that they know, with the last number they have of each."""

    def __init__(self, reader: RunReader, user_id: str, graph_id: str, after: Mapping[str, int]) -> None:
        self._reader = reader
        self._user_id = user_id
        self._graph_id = graph_id
        self._after = {run_id: seq for run_id, seq in after.items() if _is_run_id(run_id)}
        self._chunks: asyncio.Queue[tuple[str, Chunk] | Exception] = asyncio.Queue(_WAITING_CHUNKS)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._seen: set[str] = set()

    async def follow(self) -> AsyncGenerator[tuple[str, Chunk]]:
        """Run and events, without an end. Whoever asks has seen that the graph is theirs."""
        told = self._reader.feeds.on_start.setdefault(self._graph_id, set())
        told.add(self._on_start)
        look = asyncio.ensure_future(self._look())
        try:
            while True:
                yield await self._next()
        finally:
            told.discard(self._on_start)
            if not told:
                self._reader.feeds.on_start.pop(self._graph_id, None)
            for task in (look, *self._tasks.values()):
                task.cancel()

    async def _next(self) -> tuple[str, Chunk]:
        chunk = await self._chunks.get()
        if isinstance(chunk, Exception):
            raise chunk
        return chunk

    def _on_start(self, user_id: str, run_id: str) -> None:
        if user_id == self._user_id:
            self._start(run_id, is_final=False)

    def _start(self, run_id: str, *, is_final: bool) -> None:
        if run_id in self._seen:
            return
        self._seen.add(run_id)
        task = asyncio.ensure_future(self._follow_run(run_id, is_final=is_final))
        self._tasks[run_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run_id, None))

    async def _follow_run(self, run_id: str, *, is_final: bool) -> None:
        after = self._after.get(run_id, 0)
        follow = self._reader.feeds.follow(self._user_id, run_id, after=after, is_final=is_final)
        with suppress(NotFound):  # it began here, and was never stored
            async with self._places, aclosing(follow) as chunks:
                async for chunk in chunks:
                    await self._chunks.put((run_id, chunk))
        self._after.pop(run_id, None)  # it is over, and not to be looked for again

    async def _look(self) -> None:
        try:
            await self._find_runs()
        except Exception as error:  # whoever watches is to hear of it
            await self._chunks.put(error)

    async def _find_runs(self) -> None:
        """What the watcher knows, what goes on, and once a second what has begun elsewhere."""
        since = max((time_of_id(run_id) for run_id in self._after), default=now()) - _LATE
        found = await self._find(since)
        for run_id, is_final in found:
            if is_final and not self._after:
                self._seen.add(run_id)  # it had ended before anybody watched
            else:
                self._start(run_id, is_final=is_final)
        while True:
            since = max([since, *(time_of_id(run_id) - _LATE for run_id, _ in found[-1:])])
            self._seen = {
                run_id for run_id in self._seen if run_id in self._tasks or run_id >= first_id_at(since)
            }
            await asyncio.sleep(_LOOK_AGAIN_S)
            found = await self._find(since)
            for run_id, is_final in found:
                self._start(run_id, is_final=is_final)

    async def _find(self, since: datetime) -> list[tuple[str, bool]]:
        async def find() -> list[tuple[str, bool]]:
            known = [run_id for run_id in self._after if run_id not in self._seen]
            async with self._reader.database.begin() as connection:
                look = partial(runs_to_watch, connection, self._user_id, self._graph_id)
                place = first_id_at(since)
                page = await look(known=known, since=place)
                found = dict(page)
                while len(page) >= MOST_TO_WATCH and page[-1][0] > place:
                    place = page[-1][0]
                    page = await look(known=[], since=place)
                    found.update(page)
                return sorted(found.items())

        return await surely("watch", find)


def _is_run_id(text: str) -> bool:
    try:
        time_of_id(text)
    except ValueError:
        return False
    return True
