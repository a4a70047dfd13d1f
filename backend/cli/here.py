"""The installation on this machine, as a place for commands; they act as the built-in user."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict

from backend.app import App
from backend.blocks import catalogue
from backend.cli.blocks import block_json
from backend.cli.order import Order
from backend.cli.output import say
from backend.cli.place import RunSeen, Started
from backend.cli.session import take_up
from backend.data import graph_store, review_store, run_store
from backend.data.block import Decision
from backend.data.db import Database
from backend.data.draft_store import read_draft
from backend.data.graph import Graph
from backend.data.graph_export import export_graph, file_bytes
from backend.data.graph_import import missing_graphs, read_import
from backend.data.model import JsonObject
from backend.data.run import RunEvent, RunStatus, RunView
from backend.data.run_list import RunFilter
from backend.data.run_list import list_runs as list_stored_runs
from backend.data.run_result import run_result
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.graph_problems import problems_in_file
from backend.executor.program import problems_of
from backend.executor.worker import Accepted, Worker
from backend.server.run_answer import run_row
from backend.server.wire.graphs import GraphRow
from backend.server.wire.runs import RunRow
from backend.util.clock import now
from backend.util.errors import Problem

_LOOK_AGAIN_S = 0.5
_SLOW_S = 2.0
_MOST_REVIEWS = 1000


class Here:
    """See `Place`. `app` is None where only the database is open."""

    def __init__(self, database: Database, app: App | None) -> None:
        self._database = database
        self._app = app
        self._taken_up: list[str] = []

    @property
    def _opened(self) -> App:
        assert self._app is not None, "the command has opened only the database"
        return self._app

    @property
    def _worker(self) -> Worker:
        return self._opened.worker

    async def blocks(self) -> list[JsonObject]:
        return [block_json(block) for block in catalogue()]

    async def problems_in(self, graph: Graph) -> list[Problem]:
        return problems_in_file(graph, catalogue().find)

    async def list_graphs(self, limit: int) -> list[JsonObject]:
        async with self._database.begin() as connection:
            rows = await graph_store.list_graphs(connection, LOCAL_USER_ID, limit=limit)
        return [GraphRow.model_validate(row).model_dump(mode="json") for row in rows]

    async def import_graph(self, raw: bytes) -> JsonObject:
        find = catalogue().find
        imported = read_import(raw, LOCAL_USER_ID, None, find)
        async with self._database.begin() as connection:
            saved, _ = await graph_store.create_graph(connection, LOCAL_USER_ID, imported.graph)
            gone = await missing_graphs(connection, LOCAL_USER_ID, imported.graph, find)
        problems = [asdict(problem) for problem in problems_of(saved, find)]
        return {"id": saved.id, "version": saved.version, "problems": problems, **imported.report(gone)}

    async def export_graph(self, graph_id: str, version: str | None) -> bytes:
        async with self._database.begin() as connection:
            if version == "draft":
                graph = (await read_draft(connection, LOCAL_USER_ID, graph_id)).graph
            else:
                graph = await graph_store.load_graph(
                    connection, LOCAL_USER_ID, graph_id, None if version is None else int(version)
                )
            return file_bytes(await export_graph(connection, LOCAL_USER_ID, graph, catalogue().find))

    async def graph(self, graph_id: str, version: int) -> Graph:
        async with self._database.begin() as connection:
            return await graph_store.load_graph(
                connection, LOCAL_USER_ID, graph_id, version, is_deleted_too=True
            )

    async def start(self, order: Order, *, is_durable_first: bool) -> Started:
        self._taken_up = await take_up(self._opened, LOCAL_USER_ID)
        if order.graph is not None:
            await self._worker.save_graph(LOCAL_USER_ID, order.graph)
        accepted = await self._worker.submit(
            LOCAL_USER_ID,
            order.graph_id,
            order.inputs,
            options=order.options,
            is_durable_first=is_durable_first,
        )
        return Started(accepted.run_id, Stopwatch(accepted).read)

    async def see(self, run_id: str) -> RunSeen:
        return _seen(await self._worker.view(LOCAL_USER_ID, run_id))

    async def list_runs(self, limit: int, status: RunStatus | None) -> list[JsonObject]:
        wanted = RunFilter(statuses=[] if status is None else [status])
        rows: list[JsonObject] = []
        before: str | None = None
        while len(rows) < limit:
            async with self._database.begin() as connection:
                page = await list_stored_runs(
                    connection, LOCAL_USER_ID, wanted, limit=limit - len(rows), before=before
                )
            rows += [RunRow.model_validate(run_row(run)).model_dump(mode="json") for run in page.runs]
            before = page.next_before
            if before is None:
                break
        return rows

    async def events(self, run_id: str) -> list[RunEvent]:
        return await self._worker.events(LOCAL_USER_ID, run_id)

    async def follow(self, run_id: str, *, after: int) -> AsyncGenerator[RunEvent]:
        async with aclosing(self._worker.follow(LOCAL_USER_ID, run_id, after=after)) as events:
            async for event in events:
                yield event

    async def to_rest(self, run_id: str) -> RunSeen:
        loop = self._worker.loops.get(run_id)
        if loop is not None:
            await asyncio.shield(loop.done)
        while True:
            seen = await self.see(run_id)
            if seen.status.is_final or seen.waits_for_person:
                return seen
            await self._worker.wait(LOCAL_USER_ID, run_id, timeout_s=_LOOK_AGAIN_S)

    async def root_of(self, run_id: str) -> str:
        view = await self._worker.view(LOCAL_USER_ID, run_id)
        return run_id if view.parent_run_id is None else await self.root_of(view.parent_run_id)

    async def reviews(self) -> list[JsonObject]:
        async with self._database.begin() as connection:
            return await review_store.list_open_reviews(connection, LOCAL_USER_ID, limit=_MOST_REVIEWS)

    async def reviews_of(self, run_id: str) -> list[JsonObject]:
        known, rest = {run_id}, [run_id]
        async with self._database.begin() as connection:
            while rest:
                children = await run_store.children_of(connection, LOCAL_USER_ID, rest.pop())
                rest += children
                known.update(children)
        return [review for review in await self.reviews() if review["run_id"] in known]

    async def decide(self, review_id: str, decision: Decision) -> None:
        await self._worker.decide(LOCAL_USER_ID, review_id, decision)

    async def cancel(self, run_id: str) -> RunStatus:
        return await self._worker.cancel(LOCAL_USER_ID, run_id)

    async def finish_others(self) -> None:
        rest: set[str] = set(self._taken_up)
        began, is_told = time.monotonic(), False
        while rest:
            async with self._database.raw() as connection:
                states = await run_store.status_of(connection, sorted(rest))
            rest = {run_id for run_id in rest if self._is_ours(run_id, states.get(run_id), began)}
            if rest and not is_told:
                is_told = True
                word = "run that was" if len(rest) == 1 else "runs that were"
                say(f"Finishing {len(rest)} {word} interrupted; Ctrl-C leaves the rest to the next command.")
            if rest:
                await asyncio.sleep(0.05)

    def _is_ours(self, run_id: str, status: RunStatus | None, began: float) -> bool:
        if run_id in self._worker.loops:
            return True
        is_on_its_way = status in (RunStatus.QUEUED, RunStatus.RUNNING)
        return is_on_its_way and time.monotonic() - began < _SLOW_S


def _seen(view: RunView) -> RunSeen:
    result = run_result(view)
    return RunSeen(view.id, view.status, view.graph_id, view.graph_version, view.wake_at, result)


class Stopwatch:
    """From accepting a run until its end is on disk, when it ends in this process."""

    def __init__(self, accepted: Accepted) -> None:
        self._ms: float | None = None
        self._loop = accepted.loop
        if self._loop is not None:
            self._loop.done.add_done_callback(self._stop)

    def _stop(self, done: asyncio.Future[RunStatus | None]) -> None:
        if self._loop is not None and not done.cancelled() and done.result() is not None:
            self._ms = (now() - self._loop.row.created_at).total_seconds() * 1000

    def read(self) -> float | None:
        """None when it did not end in this process."""
        return self._ms
