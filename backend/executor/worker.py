"""A process that executes runs: it accepts, claims, goes on with, hands over.

Read run_loop.py for what a run does; here is only how runs come into a process and leave it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from backend.data import graph_store, review_store, run_store
from backend.data.away import surely
from backend.data.block import Decision
from backend.data.connection import DATABASE_AWAY, Connection
from backend.data.credentials import Credentials, CredentialsMetaInput
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.model import JsonObject
from backend.data.run import EventKind, RunError, RunOptions, RunStatus, RunSummary, RunView
from backend.executor.children import ChildRuns
from backend.executor.claims import Claims, Control
from backend.executor.journal import Journal
from backend.executor.process_pool import ProcessPool
from backend.executor.program import FindBlock, Program
from backend.executor.programs import Programs
from backend.executor.queue import RunQueue
from backend.executor.records import Segment, unfold
from backend.executor.replay import Replay
from backend.executor.run_log import Part, RunLog, RunLost, RunRow
from backend.executor.run_loop import RunLoop
from backend.executor.run_reader import DEFAULT_OPTIONS, RunReader
from backend.executor.services import CredentialsSource, Services
from backend.executor.signals import Signals
from backend.executor.streams import BlockThreads
from backend.util.clock import new_id, now
from backend.util.errors import (
    BlockyardError,
    CredentialsError,
    Diverged,
    GraphInvalid,
    Unavailable,
)
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

_LOOK_AGAIN_S = 1.0
_HOUR_S = 3600.0
_ACCEPT_S = 10.0
_ARRIVE_S = 3.0
_ARRIVE_LOOKS = 300


@dataclass(frozen=True, slots=True)
class Accepted:
    """A run that is on disk. `loop` is set while it is executed in this process."""

    run_id: str
    loop: RunLoop | None


class NoCredentials:
    """A worker without a credential store."""

    async def get(self, user_id: str, reference: CredentialsMetaInput[Any, Any]) -> Credentials:
        raise CredentialsError(
            f"The credential {reference.title or reference.id!r} is not stored here. Connect it first."
        )


class Worker(RunReader):
    """Runs of this process. Use it as `async with Worker(...).at_work():`."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        find_block: FindBlock,
        credentials: CredentialsSource | None = None,
    ) -> None:
        super().__init__(database, Programs(database, find_block))
        self.id = new_id()
        self.settings = settings
        self.loops: dict[str, RunLoop] = {}
        self.journal = Journal(database.connect)
        self.journal.on_lost = self._on_lost
        self.journal.on_refused = self._on_refused
        self.journal.on_flushed = self._on_flushed
        self.signals = Signals(database.connect, self._on_message)
        self._control = Control(database.connect)
        self._claims = Claims(self._control, self.id, settings.dead_after_s)
        self.queue = RunQueue(
            database.connect,
            self._work_off,
            max_runs=settings.max_runs_per_worker,
            dead_after_s=settings.dead_after_s,
        )
        self._foreign: set[str] = set()
        self._arriving: set[str] = set()
        """Runs that are being claimed or loaded, and so have no loop yet."""
        self._ended: dict[str, asyncio.Event] = {}
        self._is_stopping = False
        self._is_closed = False
        self._tasks: asyncio.TaskGroup | None = None
        self._serving: asyncio.Task[None] | None = None
        self._background: list[asyncio.Task[Any]] = []
        self.services = Services(
            settings=settings,
            spawn=self._spawn,
            threads=BlockThreads(settings.max_threads),
            processes=ProcessPool(settings.max_processes),
            credentials=credentials or NoCredentials(),
            blobs=self,
            reviews=self,
            children=ChildRuns(self, settings.max_depth),
            tell=self.watchers.tell,
            forget=self._forget,
        )

    # -- life ------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def at_work(self, *, takes_queued: bool = True) -> AsyncGenerator[Worker]:
        """Serve until the block is left; then hand over what is unfinished and write everything down."""
        await self._control.do(self._beat)
        tune_collector()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            services = [self.journal.run(), self.signals.run(), self._claims.run(), self._keep_alive()]
            self._background = [tasks.create_task(service) for service in services]
            self._serving = tasks.create_task(self.queue.run()) if takes_queued else None
            try:
                yield self
            finally:
                await self._shut_down()

    async def _shut_down(self) -> None:
        self._is_stopping = True
        self.queue.stop()
        for _ in range(_ARRIVE_LOOKS):
            if not self._arriving:
                break
            await asyncio.sleep(_ARRIVE_S / _ARRIVE_LOOKS)
        self._is_closed = True
        for loop in list(self.loops.values()):
            loop.release_run()
        with_time = asyncio.wait_for(self.journal.drain(), timeout=_ACCEPT_S)
        try:
            await with_time
            await asyncio.wait_for(self._control.do(lambda c: run_store.sign_off(c, self.id)), timeout=2)
        except (TimeoutError, *DATABASE_AWAY) as error:
            log.warning("worker.ended_without_database", error=repr(error))
        if self._serving is not None:
            await asyncio.wait({self._serving}, timeout=_ARRIVE_S)
            self._serving.cancel()
        for task in self._background:
            task.cancel()
        await self.services.processes.close()
        await self._control.close()
        self.services.threads.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        if self._tasks is None:
            raise RuntimeError("The worker is not at work.")
        return self._tasks.create_task(work)

    async def _keep_alive(self) -> None:
        """Heartbeat, sweep and look for cancels that no message brought."""
        next_cleaning = time.monotonic()
        while not self._is_closed:
            try:
                await self._control.do(self._beat)
                for run_id in await self._control.do(lambda c: run_store.cancel_requests(c, self.id)):
                    self._on_message("cancel", run_id)
                await self._control.do(lambda c: run_store.hand_on(c, self.settings.dead_after_s))
                await self._hand_on_strays()
                if time.monotonic() >= next_cleaning:
                    await self._control.do(run_store.clean_up)
                    next_cleaning = time.monotonic() + _HOUR_S
            except DATABASE_AWAY as error:
                log.warning("worker.database_away", error=repr(error))
            await asyncio.sleep(self.settings.heartbeat_s)

    async def _hand_on_strays(self) -> None:
        """Queue runs that are ours by the database's word and are not here: the answer to a claim was lost."""
        owned = await self._control.do(lambda c: run_store.owned_runs(c, self.id))
        strays = [pair for pair in owned if pair[0] not in self.loops and pair[0] not in self._arriving]
        if strays:
            log.warning("worker.strays", run_ids=[run_id for run_id, _ in strays])
            await self._control.do(lambda c: run_store.hand_on_strays(c, self.id, strays))

    async def _beat(self, connection: Connection) -> None:
        await run_store.beat(connection, self.id, socket.gethostname(), os.getpid())

    # -- accepting -------------------------------------------------------------------------------------

    async def save_graph(self, user_id: str, graph: Graph) -> Graph:
        """Store a graph and let all processes know."""
        async with self.database.begin() as connection:
            saved = await graph_store.save_graph(connection, user_id, graph)
        self.programs.forget_newest(saved.id)
        self.signals.send("graph", saved.id)
        return saved

    async def submit(
        self,
        user_id: str,
        graph_id: str,
        inputs: JsonObject,
        *,
        version: int | None = None,
        options: RunOptions | None = None,
        idempotency_key: str | None = None,
        is_durable_first: bool = True,
    ) -> Accepted:
        """Accept a run; when this returns, it is on disk and will happen.

        With `is_durable_first=False` it returns at once, for callers that wait for the end of the run,
        which is on disk in any case.

        Raises:
            NotFound: no such graph of this user.
            GraphInvalid, BadInput: it cannot run, or not with these inputs.
            Unavailable: the database is away.
        """
        options = options or DEFAULT_OPTIONS
        program = await self.programs.get(user_id, graph_id, version, options)
        overrides = program.bind_inputs(inputs)
        if idempotency_key is not None:
            known = await self._run_by_key(user_id, idempotency_key)
            if known is not None:
                return Accepted(known, self.loops.get(known))
        row = self._new_row(new_id(), user_id, program, inputs, options)
        row.idempotency_key = idempotency_key
        if self._is_stopping or len(self.loops) >= self.settings.max_runs_per_worker:
            await self._enqueue(row)
            return Accepted(row.id, None)
        loop = self._open(RunLog(self.journal, row, epoch=1, is_new=True), program, options, overrides)
        loop.begin()
        if is_durable_first or idempotency_key is not None:
            return await self._durable(loop, user_id, idempotency_key)
        return Accepted(row.id, loop)

    def _new_row(
        self, run_id: str, user_id: str, program: Program, inputs: JsonObject, options: RunOptions
    ) -> RunRow:
        moment = now()
        return RunRow(
            id=run_id,
            user_id=user_id,
            graph_id=program.graph.id,
            graph_version=program.graph.version,
            root_run_id=run_id,
            inputs=orjson.dumps(inputs).decode(),
            options="{}" if options is DEFAULT_OPTIONS else options.model_dump_json(exclude_defaults=True),
            created_at=moment,
            started_at=moment,
            status=RunStatus.RUNNING,
            worker_id=self.id,
        )

    def _open(
        self,
        run_log: RunLog,
        program: Program,
        options: RunOptions,
        overrides: dict[int, JsonObject],
        parent: RunLoop | None = None,
    ) -> RunLoop:
        loop = RunLoop(self.services, program, run_log, options, overrides, parent)
        self.loops[run_log.row.id] = loop
        return loop

    async def _durable(self, loop: RunLoop, user_id: str, idempotency_key: str | None) -> Accepted:
        try:
            await asyncio.wait_for(loop.log.flushed(), timeout=_ACCEPT_S)
        except RunLost as error:
            known = idempotency_key and await self._run_by_key(user_id, idempotency_key)
            if known:  # the same request came twice at once, and the other was first
                return Accepted(known, self.loops.get(known))
            raise Unavailable("The run could not be stored. Try again.") from error
        except TimeoutError as error:
            raise Unavailable(
                "The database is away, so it is not certain that the run was stored. Try again; with an "
                "Idempotency-Key it will not run twice."
            ) from error
        return Accepted(loop.row.id, loop)

    async def _enqueue(self, row: RunRow) -> None:
        stored = {
            "id": row.id,
            "user_id": row.user_id,
            "graph_id": row.graph_id,
            "graph_version": row.graph_version,
            "inputs": row.inputs,
            "options": row.options,
            "idempotency_key": row.idempotency_key,
        }
        try:
            await self._control.do(lambda c: run_store.enqueue_new_runs(c, [stored]))
        except DATABASE_AWAY as error:
            raise Unavailable(
                "The database is away; the run was not stored. Try again in a moment."
            ) from error

    async def _run_by_key(self, user_id: str, idempotency_key: str) -> str | None:
        async with self.database.begin() as connection:
            return await run_store.find_run_by_key(connection, user_id, idempotency_key)

    # -- runs from the queue ---------------------------------------------------------------------------

    async def _work_off(self, run_id: str) -> None:
        """A queued job: take the run, if it is still there to be taken, and follow it to its end."""
        if run_id in self.loops or run_id in self._arriving:
            return
        self._arriving.add(run_id)
        try:
            row = await self._claims.take(run_id)
            loop = await self._go_on(row) if row is not None else None
        finally:
            self._arriving.discard(run_id)
        if loop is not None:
            await asyncio.shield(loop.done)

    async def _go_on(self, row: dict[str, Any]) -> RunLoop | None:
        """Bring a claimed run to where it was and let it go on."""
        run_row = _row_of(row, self.id)
        run_log = RunLog(self.journal, run_row, epoch=row["epoch"])
        is_fresh = row["epoch"] == 1
        segments: list[Segment] = []
        try:
            if not is_fresh:
                segments = await surely("resume", lambda: self.segments(run_row.id))
            options = _options(row["options"])
            program = await surely(
                "resume",
                lambda: self.programs.get(run_row.user_id, run_row.graph_id, run_row.graph_version, options),
            )
            overrides = program.bind_inputs(orjson.loads(row["inputs"]))
        except BlockyardError as error:
            run_log.next_seq = _next_seq(segments, is_fresh=is_fresh)
            self._end_broken(run_log, error)
            return None
        if self._is_closed:  # nobody beats for this worker any more: another takes the run
            return None
        loop = self._open(run_log, program, options, overrides)
        self._foreign.add(run_row.id)
        loop.has_below = not is_fresh
        self._resume(loop, segments, is_fresh=is_fresh)
        if row["cancel_requested_at"] is not None:
            loop.cancel()
        return loop

    def _resume(self, loop: RunLoop, segments: list[Segment], *, is_fresh: bool) -> None:
        loop.log.next_seq = _next_seq(segments, is_fresh=is_fresh)
        loop.log.flushed_seq = loop.log.next_seq - 1
        replay = Replay(loop)
        try:
            replay.run(segments)
        except Diverged as error:
            loop.fail(error.code, str(error))
            return
        except Exception as error:  # a bug of ours must end the run, not leave it hanging
            log.exception("run.not_replayed", run_id=loop.row.id)
            loop.fail("internal_error", f"Blockyard failed to resume the run: {error!r}. Please report it.")
            return
        loop.begin(replay)

    def _end_broken(self, run_log: RunLog, error: BlockyardError) -> None:
        """The run cannot be gone on with (its graph is gone, a block was removed): it failed."""
        row = run_log.row
        row.status, row.ended_at, row.worker_id = RunStatus.FAILED, now(), None
        row.summary = RunSummary(errors=[RunError(code=error.code, message=str(error))]).model_dump_json()
        run_log.note(EventKind.STATE, None, None, {"status": row.status.value})
        run_log.change_row()
        run_log.also(run_store.END_BELOW, row.id)

    # -- child runs ------------------------------------------------------------------------------------

    async def open_child(
        self,
        parent: RunLoop,
        child_id: str,
        place: tuple[str, int],
        graph_id: str,
        version: int | None,
        inputs: JsonObject,
    ) -> RunLoop | None:
        """See `OpensRuns`."""
        known = self.loops.get(child_id)
        if known is not None:
            return known
        return await surely(
            "sub-graph", lambda: self._open_child(parent, child_id, place, graph_id, version, inputs)
        )

    async def _open_child(
        self,
        parent: RunLoop,
        child_id: str,
        place: tuple[str, int],
        graph_id: str,
        version: int | None,
        inputs: JsonObject,
    ) -> RunLoop | None:
        user_id = parent.row.user_id
        options = RunOptions(safe_mode=parent.options.safe_mode)
        row = await self._control.do(
            lambda c: run_store.claim_child(c, self.id, child_id, parent.row.id, parent.log.epoch)
        )
        if row is not None:
            return await self._go_on_child(parent, row, options)
        if await self.exists(user_id, child_id):
            return None
        program = await self.programs.get(user_id, graph_id, version, options)
        overrides = program.bind_inputs(inputs)
        new_row = self._new_row(child_id, user_id, program, inputs, options)
        new_row.root_run_id = parent.row.root_run_id
        new_row.parent_run_id = parent.row.id
        new_row.parent_node_id, new_row.parent_firing = place
        loop = self._open(
            RunLog(self.journal, new_row, epoch=1, is_new=True), program, options, overrides, parent
        )
        loop.begin()
        return loop

    async def _go_on_child(self, parent: RunLoop, row: dict[str, Any], options: RunOptions) -> RunLoop:
        run_row = _row_of(row, self.id)
        program = await self.programs.get(run_row.user_id, run_row.graph_id, run_row.graph_version, options)
        overrides = program.bind_inputs(orjson.loads(row["inputs"]))
        run_log = RunLog(self.journal, run_row, epoch=row["epoch"])
        segments = await self.segments(run_row.id)
        loop = self._open(run_log, program, options, overrides, parent)
        self._resume(loop, segments, is_fresh=False)
        return loop

    # -- what others ask -------------------------------------------------------------------------------

    async def wait(self, user_id: str, run_id: str, timeout_s: float | None = None) -> RunView:
        """The run at its end; earlier when `timeout_s` seconds are over, or when it waits for a person."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            ended = self._ended.setdefault(run_id, asyncio.Event())
            loop = self.loops.get(run_id)  # before the look: it may end between the two
            view = await self.view(user_id, run_id)
            left_s = None if deadline is None else deadline - time.monotonic()
            if view.status.is_final or (left_s is not None and left_s <= 0):
                self._ended.pop(run_id, None)
                return view
            await self._until(ended, loop, _LOOK_AGAIN_S if left_s is None else min(left_s, _LOOK_AGAIN_S))

    @staticmethod
    async def _until(ended: asyncio.Event, loop: RunLoop | None, longest_s: float) -> None:
        try:
            if loop is not None:
                await asyncio.wait_for(asyncio.shield(loop.done), longest_s)
            else:
                await asyncio.wait_for(ended.wait(), longest_s)
        except TimeoutError:
            return

    async def cancel(self, user_id: str, run_id: str) -> RunStatus:
        """Ask a run to end; within a second it does. Its status now.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        status: RunStatus = await self._control.do(lambda c: run_store.request_cancel(c, user_id, run_id))
        if not status.is_final:
            self._on_message("cancel", run_id)
            self.signals.send("cancel", run_id)
        return status

    async def decide(self, user_id: str, review_id: str, decision: Decision) -> None:
        """Answer a review; its run goes on.

        Raises:
            NotFound, Conflict: see `review_store.decide`.
        """
        async with self.database.begin() as connection:
            root_id = await review_store.decide(connection, user_id, review_id, decision)
        self._on_message("look", root_id)
        self.signals.send("look", root_id)

    # -- what comes back -------------------------------------------------------------------------------

    def _on_lost(self, run_log: RunLog) -> None:
        loop = self.loops.get(run_log.row.id)
        if loop is not None and loop.log is run_log:
            log.info("run.taken_over", run_id=run_log.row.id)
            loop.abandon()

    def _on_refused(self, run_log: RunLog, error: Exception) -> None:
        loop = self.loops.get(run_log.row.id)
        if loop is not None and loop.log is run_log:
            loop.refuse(
                f"What the run recorded could not be stored: {error!s:.300}. Look for text that is no Unicode, "
                "or that holds the character 0."
            )

    def _on_flushed(self, part: Part) -> None:
        run_id = part.log.row.id
        if not part.records or not self.watchers.is_watched(run_id):
            return
        loop = self.loops.get(run_id)
        if loop is not None:
            wire = orjson.loads(orjson.dumps(part.records))
            segment = Segment(part.first_seq, part.log.epoch, part.at, wire)
            for event in unfold(run_id, loop.program.node_ids, [segment]):
                self.watchers.tell(event)

    def _on_message(self, what: str, about: str) -> None:
        if what == "cancel" and about in self.loops:
            self.loops[about].cancel()
        elif what == "look":
            for loop in [loop for loop in self.loops.values() if loop.row.root_run_id == about]:
                loop.poke()
        elif what == "graph":
            self.programs.forget_newest(about)
        elif what == "done" and about in self._ended:
            self._ended.pop(about).set()

    def _forget(self, loop: RunLoop) -> None:
        run_id = loop.row.id
        if self.loops.get(run_id) is loop:
            del self.loops[run_id]
        if run_id in self._foreign:
            self._foreign.discard(run_id)
            self.signals.send("done", run_id)


def tune_collector() -> None:
    """Let the garbage collector pass over what was there at the start, and come seldom.

    With the default thresholds the slowest requests under load took 46 ms, with these 8 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)


def _next_seq(segments: list[Segment], *, is_fresh: bool) -> int:
    """The number of the next event; a fresh run has its `queued` only."""
    if is_fresh:
        return 2
    return segments[-1].end if segments else 1


def _options(text: str) -> RunOptions:
    return DEFAULT_OPTIONS if text == "{}" else RunOptions.model_validate_json(text)


def _row_of(row: dict[str, Any], worker_id: str) -> RunRow:
    return RunRow(
        id=row["id"],
        user_id=row["user_id"],
        graph_id=row["graph_id"],
        graph_version=row["graph_version"],
        root_run_id=row["root_run_id"],
        inputs=row["inputs"],
        options=row["options"],
        created_at=row["created_at"],
        status=RunStatus.RUNNING,
        worker_id=worker_id,
        parent_run_id=row["parent_run_id"],
        parent_node_id=row["parent_node_id"],
        parent_firing=row["parent_firing"],
        started_at=row["started_at"],
        cost_usd_micros=row["cost_usd_micros"],
    )


__all__ = ["Accepted", "GraphInvalid", "NoCredentials", "Worker"]
