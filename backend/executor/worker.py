"""A process that executes runs: it accepts, claims, goes on with, hands over.

Read run_loop.py for what a run does; here is only how runs come into a process and leave it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
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
from backend.executor.claims import Claims
from backend.executor.local_runs import LocalRuns, next_seq, options_of, row_of
from backend.executor.origin import bind_edits, check_origin, load_reuse
from backend.executor.program import FindBlock
from backend.executor.queue import RunQueue
from backend.executor.records import Segment
from backend.executor.retention import Retention
from backend.executor.run_log import RunLog, RunLost, RunRow
from backend.executor.run_loop import RunLoop
from backend.executor.run_reader import DEFAULT_OPTIONS
from backend.executor.services import CredentialsSource
from backend.executor.signals import Signals
from backend.util.clock import new_id, now
from backend.util.errors import (
    BlockyardError,
    CredentialsError,
    GraphInvalid,
    Unavailable,
)
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

_LOOK_AGAIN_S = 1.0
_HOUR_S = 3600.0
ACCEPT_S = 10.0
ARRIVE_S = 3.0
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


class Worker(LocalRuns):
    """Runs of this process. Use it as `async with Worker(...).at_work():`."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        find_block: FindBlock,
        credentials: CredentialsSource | None = None,
    ) -> None:
        super().__init__(database, settings, find_block, credentials or NoCredentials())
        self.signals = Signals(database.connect, self._on_message)
        self.feeds.ask = lambda run_id: self.send("watch", run_id)
        self._claims = Claims(self.control, self.id, settings.dead_after_s)
        self.queue = RunQueue(
            database.connect,
            self._work_off,
            max_runs=settings.max_runs_per_worker,
            dead_after_s=settings.dead_after_s,
        )
        self._arriving: set[str] = set()
        """Runs that are being claimed or loaded, and so have no loop yet."""
        self._ended: dict[str, asyncio.Event] = {}
        self.ending = asyncio.Event()
        """Set when unfinished runs are given back; whoever keeps a connection open for them lets go."""
        self._is_closed = False
        self._serving: asyncio.Task[None] | None = None
        self._background: list[asyncio.Task[Any]] = []
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """What runs beside it until it ends, in processes that take queued runs: triggers."""
        self.hearers: defaultdict[str, list[Callable[[str], None]]] = defaultdict(list)
        """Who else is told of messages between processes, by their kind; `send` sends one, to this process too."""

    # -- life ------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def at_work(self, *, takes_queued: bool = True) -> AsyncGenerator[Worker]:
        """Serve until the block is left; then hand over what is unfinished and write everything down."""
        await self.control.do(self._beat)
        tune_collector()
        async with asyncio.TaskGroup() as tasks:
            self.tasks = tasks
            services = [
                self.journal.run(),
                self.signals.run(),
                self._claims.run(),
                self._keep_alive(),
                self.metrics.watch_event_loop(),
            ]
            if takes_queued:
                services.append(Retention(self.database, self.settings, self.metrics).run())
                services += [service() for service in self.beside]
            self._background = [tasks.create_task(service) for service in services]
            self._serving = tasks.create_task(self.queue.run()) if takes_queued else None
            try:
                yield self
            finally:
                await self._shut_down()

    async def hand_over(self) -> None:
        """Take no more runs and give back those that are unfinished; who waits for one of them is told.

        Requests are still answered: what they start goes to the queue. A second time changes nothing.
        """
        self.ending.set()
        self.queue.stop()
        for ended in self._ended.values():
            ended.set()
        for _ in range(_ARRIVE_LOOKS):
            if not self._arriving:
                break
            await asyncio.sleep(ARRIVE_S / _ARRIVE_LOOKS)
        self._is_closed = True
        for loop in list(self.loops.values()):
            loop.release_run()
        try:
            await asyncio.wait_for(self.journal.drain(), timeout=ACCEPT_S)
        except TimeoutError:
            log.warning("worker.not_all_written", runs=len(self.loops))

    async def _shut_down(self) -> None:
        await self.hand_over()
        try:
            await asyncio.wait_for(self.control.do(lambda c: run_store.sign_off(c, self.id)), timeout=2)
        except (TimeoutError, *DATABASE_AWAY) as error:
            log.warning("worker.ended_without_database", error=error)
        if self._serving is not None:
            await asyncio.wait({self._serving}, timeout=ARRIVE_S)
            self._serving.cancel()
        for task in self._background:
            task.cancel()
        await self.services.processes.close()
        await self.control.close()
        await self.services.billing.shut()
        self.services.threads.close()

    def told_done(self, run_id: str) -> None:
        """Let the process that accepted the run know."""
        self.signals.send("done", run_id)

    def send(self, what: str, about: str) -> None:
        """See `LocalRuns`."""
        self.signals.send(what, about)

    async def _keep_alive(self) -> None:
        """Heartbeat, sweep and look for cancels that no message brought."""
        next_cleaning = time.monotonic()
        while not self._is_closed:
            try:
                await self.control.do(self._beat)
                for run_id in await self.control.do(lambda c: run_store.cancel_requests(c, self.id)):
                    self._on_message("cancel", run_id)
                await self.control.do(lambda c: run_store.hand_on(c, self.settings.dead_after_s))
                await self._hand_on_strays()
                if time.monotonic() >= next_cleaning:
                    await self.control.do(run_store.clean_up)
                    next_cleaning = time.monotonic() + _HOUR_S
            except DATABASE_AWAY as error:
                log.warning("worker.database_away", error=error)
            await asyncio.sleep(self.settings.heartbeat_s)

    async def _hand_on_strays(self) -> None:
        """Queue runs that are ours by the database's word and are not here: the answer to a claim was lost."""
        owned = await self.control.do(lambda c: run_store.owned_runs(c, self.id))
        strays = [pair for pair in owned if pair[0] not in self.loops and pair[0] not in self._arriving]
        if strays:
            log.warning("worker.strays", run_ids=[run_id for run_id, _ in strays])
            await self.control.do(lambda c: run_store.hand_on_strays(c, self.id, strays))

    async def _beat(self, connection: Connection) -> None:
        await run_store.beat(connection, self.id, socket.gethostname(), os.getpid())

    # -- accepting -------------------------------------------------------------------------------------

    async def save_graph(self, user_id: str, graph: Graph) -> Graph:
        """Store a graph and let all processes know."""
        async with self.database.begin() as connection:
            saved = await graph_store.save_graph(connection, user_id, graph)
        self.tell_graph_changed(saved.id)
        return saved

    def tell_graph_changed(self, graph_id: str) -> None:
        """Let all processes know, this one at once, after the transaction that saved or deleted it."""
        self.programs.forget_newest(graph_id)
        self.signals.send("graph", graph_id)

    def blocks_changed(self) -> None:
        """The catalogue has other blocks: new runs take those, and runs that go on keep theirs."""
        self.programs.forget_programs()
        self.services.processes.renew()

    def tell_budget_changed(self, user_id: str) -> None:
        """The same for a budget of this user."""
        self.services.billing.forget(user_id)
        self.signals.send("budget", user_id)

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
        await check_origin(self.database, user_id, graph_id, options)
        program = await self.programs.get(user_id, graph_id, version, options)
        overrides = program.bind_inputs(inputs)
        edits = bind_edits(program, options)
        if idempotency_key is not None:
            known = await self._run_by_key(user_id, idempotency_key)
            if known is not None:
                return Accepted(known, self.loops.get(known))
        row = self.new_row(new_id(), user_id, program, inputs, options)
        row.idempotency_key = idempotency_key
        if not self.has_room():
            await self._enqueue(row)
            return Accepted(row.id, None)
        reuse = await load_reuse(self.database, user_id, program, inputs, options)
        loop = self.open(RunLog(self.journal, row, epoch=1, is_new=True), program, options, overrides)
        loop.edits = edits
        self.mark(loop, reuse)
        loop.begin()
        if is_durable_first or idempotency_key is not None:
            return await self._durable(loop, user_id, idempotency_key)
        return Accepted(row.id, loop)

    def has_room(self) -> bool:
        """Whether a new run may begin in this process now; else it is queued."""
        return not self.ending.is_set() and len(self.loops) < self.settings.max_runs_per_worker

    async def _durable(self, loop: RunLoop, user_id: str, idempotency_key: str | None) -> Accepted:
        try:
            await asyncio.wait_for(loop.log.flushed(), timeout=ACCEPT_S)
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
            await self.control.do(lambda c: run_store.enqueue_new_runs(c, [stored]))
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
        known = self.loops.get(run_id)
        if known is not None and known.is_over:  # it is just being put aside, and already asked for again
            await asyncio.shield(known.done)
        elif known is not None:
            return
        if run_id in self._arriving:
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
        self.metrics.taken += 1
        run_row = row_of(row, self.id)
        run_log = RunLog(self.journal, run_row, epoch=row["epoch"])
        is_fresh = row["epoch"] == 1
        segments: list[Segment] = []
        try:
            if not is_fresh:
                segments = await surely("resume", lambda: self.segments(run_row.id))
            options = options_of(row["options"])
            program = await surely(
                "resume",
                lambda: self.programs.of_run(
                    run_row.user_id, run_row.graph_id, run_row.graph_version, options
                ),
            )
            inputs = orjson.loads(row["inputs"])
            overrides, edits = program.bind_inputs(inputs), bind_edits(program, options)
            reuse = await surely(
                "resume", lambda: load_reuse(self.database, run_row.user_id, program, inputs, options)
            )
        except BlockyardError as error:
            run_log.next_seq = next_seq(segments, is_fresh=is_fresh)
            self._end_broken(run_log, error)
            return None
        if self._is_closed:  # nobody beats for this worker any more: another takes the run
            return None
        loop = self.open(run_log, program, options, overrides)
        self.foreign.add(run_row.id)
        loop.has_below = not is_fresh
        loop.reuse, loop.edits = reuse, edits
        loop.callers.is_answered = row["is_answered"]
        self.resume(loop, segments, is_fresh=is_fresh, is_cancelled=row["cancel_requested_at"] is not None)
        return loop

    def _end_broken(self, run_log: RunLog, error: BlockyardError) -> None:
        """The run cannot be gone on with (its graph is gone, a block was removed): it failed."""
        row = run_log.row
        row.status, row.ended_at, row.worker_id = RunStatus.FAILED, now(), None
        row.summary = RunSummary(errors=[RunError(code=error.code, message=str(error))]).model_dump_json()
        run_log.note(EventKind.STATE, None, None, {"status": row.status.value})
        run_log.change_row()
        run_log.also(run_store.END_BELOW, row.id)

    # -- what others ask -------------------------------------------------------------------------------

    async def wait(
        self,
        user_id: str,
        run_id: str,
        timeout_s: float | None = None,
        *,
        is_whole: bool = True,
        is_for_answer: bool = False,
    ) -> RunView:
        """The run at its end; earlier when `timeout_s` seconds are over, or when this process ends.

        `is_for_answer`: also when it has answered. `is_whole`: see `view`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            ended = self._ended.setdefault(run_id, asyncio.Event())
            loop = self.loops.get(run_id)  # before the look: it may end between the two
            view = await self.view(user_id, run_id, is_whole=is_whole)
            left_s = None if deadline is None else deadline - time.monotonic()
            is_over = self.ending.is_set() or (left_s is not None and left_s <= 0)
            is_answered = is_for_answer and view.answer is not None
            if view.status.is_final or is_over or is_answered:
                self._ended.pop(run_id, None)
                return view
            longest_s = _LOOK_AGAIN_S if left_s is None else min(left_s, _LOOK_AGAIN_S)
            with suppress(TimeoutError):
                if loop is None:
                    await asyncio.wait_for(ended.wait(), longest_s)
                elif is_for_answer:
                    await asyncio.wait_for(loop.callers.heard(), longest_s)
                else:
                    await asyncio.wait_for(asyncio.shield(loop.done), longest_s)

    async def cancel(self, user_id: str, run_id: str) -> RunStatus:
        """Ask a run to end, with the one at its top; within a second it does. That one's status now.

        Raises:
            NotFound: there is none, or it is another user's.
        """
        root_id, status = await self.control.do(lambda c: run_store.request_cancel(c, user_id, run_id))
        if not status.is_final:
            self._on_message("cancel", root_id)
            self.signals.send("cancel", root_id)
        return RunStatus(status)

    async def decide(self, user_id: str, review_id: str, decision: Decision) -> None:
        """Answer a review; its run goes on.

        Raises:
            NotFound, Conflict: see `review_store.decide`.
        """
        async with self.database.begin() as connection:
            root_id = await review_store.decide(connection, user_id, review_id, decision)
        self._on_message("look", root_id)
        self.signals.send("look", root_id)

    def _on_message(self, what: str, about: str) -> None:
        if what == "cancel" and about in self.loops:
            self.loops[about].cancel()
        elif what == "look":
            for loop in [loop for loop in self.loops.values() if loop.row.root_run_id == about]:
                loop.poke()
        elif what == "graph":
            self.programs.forget_newest(about)
        elif what == "budget":
            self.services.billing.forget(about)
        elif what == "done" and about in self._ended:
            self._ended.pop(about).set()
        elif what == "watch":
            self.watch_for_others(about)
        elif what == "more" and about not in self.loops:
            self.feeds.on_more(about)
        elif what == "told":
            self._on_told(about)
        for hear in self.hearers.get(what, ()):
            hear(about)

    def _on_told(self, raw: str) -> None:
        run_id = str(orjson.loads(raw)["run_id"])
        if run_id not in self.loops:
            self.feeds.tell_json(run_id, raw.encode())


def tune_collector() -> None:
    """Let the garbage collector pass over what was there at the start, and come seldom.

    With the default thresholds the slowest requests under load took 46 ms, with these 8 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)


__all__ = ["Accepted", "GraphInvalid", "NoCredentials", "Worker"]
