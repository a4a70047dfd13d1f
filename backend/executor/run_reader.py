"""Reading what runs have stored: their views, events, outputs, large values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson

from backend.data import blob_store, graph_store, review_store, run_store
from backend.data.block import Decision
from backend.data.db import Database
from backend.data.run import RunEvent, RunOptions, RunStatus, RunSummary, RunView
from backend.executor.children import error_text, flat
from backend.executor.events import Watchers
from backend.executor.journal_reader import read_segments
from backend.executor.outputs import recorded_outputs
from backend.executor.programs import Programs
from backend.executor.records import Segment, unfold
from backend.executor.run_loop import RunLoop
from backend.executor.services import ChildEnd
from backend.executor.values import is_reference
from backend.util.errors import NotFound

DEFAULT_OPTIONS = RunOptions()


class RunReader:
    """What can be known of runs, whoever executes them. The owner comes first everywhere."""

    def __init__(self, database: Database, programs: Programs) -> None:
        self.database = database
        self.programs = programs
        self.watchers = Watchers()

    async def view(self, user_id: str, run_id: str) -> RunView:
        """A run as its owner sees it, outputs included.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        async with self.database.begin() as connection:
            view = await run_store.load_run(connection, user_id, run_id)
        if view.summary is not None and view.summary.outputs is None:
            program = await self.programs.get(user_id, view.graph_id, view.graph_version, DEFAULT_OPTIONS)
            view.summary.outputs = recorded_outputs(program, await self.segments(view.id))
        if view.summary is not None and view.summary.outputs:
            view.summary.outputs = await self._fetched(user_id, view.summary.outputs)
        return view

    async def outputs_of(self, loop: RunLoop) -> dict[str, list[Any]]:
        """What a run in memory returns, large values fetched."""
        outputs = loop.output_values()
        return await self._fetched(loop.row.user_id, outputs) if loop.has_stored else outputs

    async def _fetched(self, user_id: str, outputs: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {
            name: [
                orjson.loads(await self.read(user_id, value["$blob"])) if is_reference(value) else value
                for value in values
            ]
            for name, values in outputs.items()
        }

    async def events(self, user_id: str, run_id: str, *, after: int = 0) -> list[RunEvent]:
        """What is recorded of a run, after event number `after`.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        async with self.database.begin() as connection:
            view = await run_store.load_run(connection, user_id, run_id)
            graph = await graph_store.load_graph(connection, user_id, view.graph_id, view.graph_version)
        async with self.database.raw() as raw:
            segments = await read_segments(raw, run_id, after_seq=after)
        events = unfold(run_id, [node.id for node in graph.nodes], segments)
        return [event for event in events if event.seq is not None and event.seq > after]

    async def follow(self, user_id: str, run_id: str, *, after: int = 0) -> AsyncIterator[RunEvent]:
        """Recorded events after number `after`, then live ones until the run is final."""

        async def read_after(seq: int) -> list[RunEvent]:
            return await self.events(user_id, run_id, after=seq)

        async for event in self.watchers.follow(run_id, read_after, after=after):
            yield event

    async def read(self, user_id: str, blob_id: str) -> bytes:
        """A large value (see `Blobs`)."""
        async with self.database.begin() as connection:
            return await blob_store.read_blob(connection, user_id, blob_id)

    async def answer(self, user_id: str, review_id: str) -> Decision | None:
        """What a person decided (see `Reviews`)."""
        async with self.database.begin() as connection:
            return await review_store.find_answer(connection, user_id, review_id)

    async def exists(self, user_id: str, run_id: str) -> bool:
        async with self.database.begin() as connection:
            try:
                await run_store.load_run(connection, user_id, run_id)
            except NotFound:
                return False
        return True

    async def ended_child(self, user_id: str, child_id: str) -> ChildEnd:
        """How a child came out that ended before."""
        view = await self.view(user_id, child_id)
        summary = view.summary or RunSummary()
        if view.status in (RunStatus.FAILED, RunStatus.CANCELLED):
            return ChildEnd(error=error_text(view.status, summary.errors))
        return ChildEnd(outputs=flat(summary.outputs or {}))

    async def segments(self, run_id: str) -> list[Segment]:
        async with self.database.raw() as connection:
            return await read_segments(connection, run_id)
