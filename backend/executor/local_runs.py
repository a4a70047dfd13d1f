"""The runs in this process: opened, gone on with, and let go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any

import orjson
import structlog

from backend.data import run_store
from backend.data.away import surely
from backend.data.db import Database
from backend.data.model import JsonObject
from backend.data.run import RunEvent, RunOptions, RunStatus
from backend.executor.billing import Billing, prices_of
from backend.executor.children import ChildRuns
from backend.executor.claims import Control
from backend.executor.context import ChildStart
from backend.executor.files import StoredFiles
from backend.executor.journal import Journal
from backend.executor.kept import StoredValues
from backend.executor.metrics import WorkerMetrics
from backend.executor.origin import load_reuse
from backend.executor.process_pool import ProcessPool
from backend.executor.program import FindBlock, Program
from backend.executor.programs import Programs
from backend.executor.records import Segment
from backend.executor.replay import Replay
from backend.executor.reuse import Reuse
from backend.executor.run_log import Part, RunLog, RunRow
from backend.executor.run_loop import RunLoop
from backend.executor.run_node import NodeRun
from backend.executor.run_reader import DEFAULT_OPTIONS, RunReader
from backend.executor.services import CredentialsSource, Services
from backend.executor.streams import BlockThreads
from backend.util.clock import new_id, now
from backend.util.errors import Diverged
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

_WATCHED_S = 3.0
_MORE_S = 0.05


class LocalRuns(RunReader):
    """What is executed here, and the journal in which it is written."""

    def __init__(
        self, database: Database, settings: Settings, find_block: FindBlock, credentials: CredentialsSource
    ) -> None:
        prices = prices_of(settings, find_block)
        super().__init__(database, Programs(database, find_block, prices))
        self.id = new_id()
        self.settings = settings
        self.prices = prices
        self.loops: dict[str, RunLoop] = {}
        self._watched_elsewhere: dict[str, float] = {}
        """Runs that somebody watches in another process, and until when (by the monotonic clock)."""
        self._more_is_due: set[str] = set()
        self.foreign: set[str] = set()
        """Runs that another process may have accepted, and may wait for."""
        self.journal = Journal(database.connect)
        self.journal.on_lost = self._on_lost
        self.journal.on_refused = self._on_refused
        self.journal.on_flushed = self._on_flushed
        self.metrics = WorkerMetrics()
        self.journal.on_committed = self.metrics.committed
        self.control = Control(database.connect)
        self.tasks: asyncio.TaskGroup | None = None
        self.services = Services(
            settings=settings,
            spawn=self._spawn,
            threads=BlockThreads(settings.max_threads),
            processes=ProcessPool(settings.max_processes),
            credentials=credentials,
            blobs=self,
            files=StoredFiles(database, settings),
            kept=StoredValues(database),
            reviews=self,
            children=ChildRuns(self, settings.max_depth),
            billing=Billing(prices, database.connect),
            tell=self.tell,
            forget=self.forget,
            answered=self.answered,
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        if self.tasks is None:
            raise RuntimeError("The worker is not at work.")
        return self.tasks.create_task(work)

    def told_done(self, run_id: str) -> None:
        """A run that another process may wait for has left or answered; the worker tells it."""

    def new_row(
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
            options=options.stored,
            created_at=moment,
            started_at=moment,
            status=RunStatus.RUNNING,
            worker_id=self.id,
        )

    def open(
        self,
        run_log: RunLog,
        program: Program,
        options: RunOptions,
        overrides: dict[int, JsonObject],
        parent: RunLoop | None = None,
    ) -> RunLoop:
        loop = RunLoop(self.services, program, run_log, options, overrides, parent)
        self.loops[run_log.row.id] = loop
        if parent is None and self.feeds.on_start:
            self.feeds.started(run_log.row.user_id, program.graph.id, run_log.row.id)
        return loop

    def mark(self, loop: RunLoop, reuse: Reuse | None) -> None:
        """Before a new run begins: what it takes over, and what is stored of it that few runs have."""
        loop.reuse, options = reuse, loop.options
        if options.labels or options.from_run is not None:
            loop.log.also(run_store.MARK, loop.row.id, options.labels, options.from_run, options.from_node)

    def resume(
        self, loop: RunLoop, segments: list[Segment], *, is_fresh: bool, is_cancelled: bool = False
    ) -> None:
        """Replay what is recorded and go on from there, or end it if somebody wants that."""
        loop.log.next_seq = next_seq(segments, is_fresh=is_fresh)
        loop.log.flushed_seq = loop.log.next_seq - 1
        if self.services.tracer is not None:
            self.services.tracer.resumes(loop, segments)
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
        if is_cancelled:
            loop.cancel()
        else:
            loop.begin(replay)

    # -- child runs ------------------------------------------------------------------------------------

    async def open_child(self, parent: NodeRun, start: ChildStart) -> RunLoop | None:
        """See `OpensRuns`."""
        known = self.loops.get(start.run_id)
        if known is not None:
            return known
        return await surely("sub-graph", lambda: self._open_child(parent, start))

    async def _open_child(self, at: NodeRun, start: ChildStart) -> RunLoop | None:
        parent, user_id = at.loop, at.loop.row.user_id
        row = await self.control.do(
            lambda c: run_store.claim_child(c, self.id, start.run_id, parent.row.id, parent.log.epoch)
        )
        if row is not None:
            return await self._go_on_child(parent, row)
        if await self.exists(user_id, start.run_id):
            return None
        options = RunOptions(
            safe_mode=parent.options.safe_mode, from_run=await self._earlier_child(at, start.graph_id)
        )
        program = await self.programs.get(user_id, start.graph_id, start.version, options)
        overrides = program.bind_inputs(start.inputs)
        new_row = self.new_row(start.run_id, user_id, program, start.inputs, options)
        new_row.root_run_id = parent.row.root_run_id
        new_row.parent_run_id = parent.row.id
        new_row.parent_node_id, new_row.parent_firing = at.node.id, at.firing.n
        reuse = await load_reuse(self.database, user_id, program, start.inputs, options)
        loop = self.open(
            RunLog(self.journal, new_row, epoch=1, is_new=True), program, options, overrides, parent
        )
        self.mark(loop, reuse)
        loop.begin()
        return loop

    async def _earlier_child(self, at: NodeRun, graph_id: str) -> str | None:
        """What this firing had started in the run from which its own run takes over."""
        reuse = at.loop.reuse
        if reuse is None or (firing := reuse.earlier.get((at.node.id, at.firing.n))) is None:
            return None
        user_id = at.loop.row.user_id
        async with self.database.begin() as connection:
            found = await run_store.find_child(connection, user_id, reuse.run_id, at.node.id, firing)
            if found is None:
                return None
            origin = await run_store.load_origin(connection, user_id, found)
        return found if origin.graph_id == graph_id and origin.status.is_final else None

    async def _go_on_child(self, parent: RunLoop, row: dict[str, Any]) -> RunLoop:
        run_row = row_of(row, self.id)
        options = options_of(row["options"])
        program = await self.programs.of_run(
            run_row.user_id, run_row.graph_id, run_row.graph_version, options
        )
        overrides = program.bind_inputs(orjson.loads(row["inputs"]))
        run_log = RunLog(self.journal, run_row, epoch=row["epoch"])
        segments = await self.segments(run_row.id)
        reuse = await load_reuse(
            self.database, run_row.user_id, program, orjson.loads(row["inputs"]), options
        )
        loop = self.open(run_log, program, options, overrides, parent)
        loop.reuse = reuse
        self.resume(loop, segments, is_fresh=False)
        return loop

    # -- what comes back -------------------------------------------------------------------------------

    def _on_lost(self, run_log: RunLog) -> None:
        loop = self.loops.get(run_log.row.id)
        if loop is not None and loop.log is run_log:
            if not run_log.is_new:
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
        if not part.records:
            return
        if self._watched_elsewhere:
            self._tell_of_more(run_id)
        loop = self.loops.get(run_id)
        self.metrics.written(part, loop)
        if loop is not None and self.feeds.is_watched(run_id):
            segment = Segment(part.first_seq, part.log.epoch, part.at, part.records)
            self.feeds.take(run_id, segment, part.count, loop.program.node_ids)

    # -- watchers --------------------------------------------------------------------------------------

    def is_local(self, run_id: str) -> bool:
        """See `RunReader`."""
        return run_id in self.loops

    def is_busy(self) -> bool:
        """See `RunReader`."""
        return bool(self.loops)

    async def _node_ids(self, user_id: str, run_id: str) -> Sequence[str]:
        loop = self.loops.get(run_id)
        return await super()._node_ids(user_id, run_id) if loop is None else loop.program.node_ids

    def tell(self, event: RunEvent) -> None:
        """Something about a run that is not recorded: tell who watches, here and elsewhere."""
        self.feeds.tell(event)
        if self._is_watched_elsewhere(event.run_id):
            self.send("told", event.model_dump_json())

    def watch_for_others(self, run_id: str) -> None:
        """Another process has watchers of a run that is executed here; it says so again every second."""
        if run_id in self.loops:
            self._watched_elsewhere[run_id] = time.monotonic() + _WATCHED_S

    def _is_watched_elsewhere(self, run_id: str) -> bool:
        if self._watched_elsewhere.get(run_id, 0.0) > time.monotonic():
            return True
        self._watched_elsewhere.pop(run_id, None)
        return False

    def _tell_of_more(self, run_id: str) -> None:
        """At most every `_MORE_S`, and never without a last time."""
        if run_id not in self._more_is_due and self._is_watched_elsewhere(run_id):
            self._more_is_due.add(run_id)
            asyncio.get_running_loop().call_later(_MORE_S, self._send_more, run_id)

    def _send_more(self, run_id: str) -> None:
        self._more_is_due.discard(run_id)
        self.send("more", run_id)

    def send(self, what: str, about: str) -> None:
        """Say something to all processes; the worker does."""

    def answered(self, loop: RunLoop) -> None:
        if loop.row.id in self.foreign:
            self.told_done(loop.row.id)

    def forget(self, loop: RunLoop) -> None:
        if self.services.tracer is not None:
            self.services.tracer.run_left(loop)
        run_id = loop.row.id
        if self.loops.get(run_id) is loop:
            del self.loops[run_id]
        if run_id in self.foreign:
            self.foreign.discard(run_id)
            self.told_done(run_id)


def options_of(text: str) -> RunOptions:
    """The options of a stored run."""
    return DEFAULT_OPTIONS if text == "{}" else RunOptions.model_validate_json(text)


def next_seq(segments: list[Segment], *, is_fresh: bool) -> int:
    """The number of the next event; a fresh run has its `queued` only."""
    if is_fresh:
        return 2
    return segments[-1].end if segments else 1


def row_of(row: dict[str, Any], worker_id: str) -> RunRow:
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
