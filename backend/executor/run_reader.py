"""Reading what runs have stored: their views, events, outputs, large values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import orjson

from backend.data import blob_store, graph_store, review_store, run_details, run_store
from backend.data.block import Decision
from backend.data.db import Database
from backend.data.run import RunEvent, RunOptions, RunStatus, RunSummary, RunView
from backend.executor.children import error_text, flat
from backend.executor.events import Chunk, Feeds, chunks_of
from backend.executor.journal_reader import read_lasts, read_segments
from backend.executor.outputs import recorded_outputs
from backend.executor.programs import Programs
from backend.executor.records import Segment, unfold, unfold_json
from backend.executor.run_history import RunHistory
from backend.executor.run_loop import RunLoop
from backend.executor.services import ChildEnd
from backend.executor.shown import unwrapped
from backend.executor.values import is_reference
from backend.util.errors import NotFound

DEFAULT_OPTIONS = RunOptions()
_KNOWN_GRAPHS = 100


class RunReader:
    """What can be known of runs, whoever executes them. The owner comes first everywhere."""

    def __init__(self, database: Database, programs: Programs) -> None:
        self.database = database
        self.programs = programs
        self._nodes_of: OrderedDict[str, Sequence[str]] = OrderedDict()
        self.history = RunHistory(database)
        self.feeds = Feeds(self._page, self._lasts, self.is_local, self.is_busy)

    async def view(self, user_id: str, run_id: str, *, is_whole: bool = True) -> RunView:
        """A run as its owner sees it, outputs included; as they stand in journals when not `is_whole`.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        async with self.database.begin() as connection:
            view = await run_store.load_run(connection, user_id, run_id)
        if view.summary is not None and view.summary.outputs is None:
            program = await self.programs.of_run(user_id, view.graph_id, view.graph_version, DEFAULT_OPTIONS)
            view.summary.outputs = recorded_outputs(program, await self.segments(view.id))
        if is_whole and view.summary is not None and view.summary.outputs:
            view.summary.outputs = await self._fetched(user_id, view.summary.outputs)
        return view

    async def outputs_of(self, loop: RunLoop) -> dict[str, list[Any]]:
        """What a run in memory returns, large values fetched."""
        return await self._fetched(loop.row.user_id, loop.output_values())

    async def _fetched(self, user_id: str, outputs: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {
            name: [await self._whole(user_id, wire) for wire in values] for name, values in outputs.items()
        }

    async def _whole(self, user_id: str, wire: Any) -> Any:
        """A value that stands in a journal; a large one is fetched."""
        if is_reference(wire):
            return orjson.loads(await self.read(user_id, wire["$blob"]))
        return unwrapped(wire)

    async def events(self, user_id: str, run_id: str, *, after: int = 0) -> list[RunEvent]:
        """What is recorded of a run, after event number `after`.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        async with self.database.begin() as connection:
            await run_details.load_status(connection, user_id, run_id)
        node_ids = await self._node_ids(user_id, run_id)
        async with self.database.raw() as raw:
            segments = await read_segments(raw, run_id, after_seq=after)
        events = unfold(run_id, node_ids, segments)
        return [event for event in events if event.seq is not None and event.seq > after]

    def is_local(self, run_id: str) -> bool:
        """Whether the run is executed in this process."""
        return False

    def is_busy(self) -> bool:
        """Whether any run is."""
        return False

    async def follow(self, user_id: str, run_id: str, *, after: int = 0) -> AsyncGenerator[RunEvent]:
        """Recorded events after number `after`, then live ones until the run is final.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        watched, _ = await self.watch(user_id, run_id, after=after)
        async with aclosing(watched) as chunks:
            async for chunk in chunks:
                for raw in chunk.events:
                    yield RunEvent.model_validate_json(raw)

    async def watch(self, user_id: str, run_id: str, *, after: int = 0) -> tuple[AsyncGenerator[Chunk], bool]:
        """The same as it goes over the wire, as many at a time as there are; and whether the run has ended.

        Raises:
            NotFound: as `follow`.
        """
        async with self.database.begin() as connection:
            is_final = (await run_details.load_status(connection, user_id, run_id)).is_final
        return self.feeds.follow(user_id, run_id, after=after, is_final=is_final), is_final

    async def _lasts(self, run_ids: list[str]) -> dict[str, int]:
        async with self.database.raw() as raw:
            return await read_lasts(raw, run_ids)

    async def _page(self, user_id: str, run_id: str, after: int, limit: int) -> list[Chunk]:
        """Recorded events after number `after`, `limit` of them if there are as many."""
        node_ids = await self._node_ids(user_id, run_id)
        async with self.database.raw() as raw:
            segments = await read_segments(raw, run_id, after_seq=after, limit=limit)
        return chunks_of(unfold_json(run_id, node_ids, segments), after=after)

    async def _node_ids(self, user_id: str, run_id: str) -> Sequence[str]:
        known = self._nodes_of.get(run_id)
        if known is None:
            async with self.database.begin() as connection:
                view = await run_store.load_run(connection, user_id, run_id)
                graph = await graph_store.load_graph(
                    connection, user_id, view.graph_id, view.graph_version, is_deleted_too=True
                )
            known = self._nodes_of[run_id] = [node.id for node in graph.nodes]
            if len(self._nodes_of) > _KNOWN_GRAPHS:
                self._nodes_of.popitem(last=False)
        return known

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
