"""pgqueuer, with its traps closed: jobs are whole runs, taken by claim, finished by whoever has them.

What is guarded against (docs/decisions/0004-queue.md): a stalled worker must not finish a job that
another has taken over; a restarted database must not leave a deaf listener; a broken connection must
not cancel runs; the intake is bounded; failed jobs are held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job

from backend.data.connection import Connection

log = structlog.get_logger(__name__)

ENTRYPOINT = "run"
_RETRY_S = 0.5
_LONGEST_BATCH = 100


class OwnedQueries(Queries):
    """Ends only jobs that are still this worker's, and writes no log row for each."""

    async def log_jobs(self, job_status: Any) -> None:
        await self.driver.execute(
            _FINISH_OWN,
            [job.id for job, _, _ in job_status],
            [status for _, status, _ in job_status],
            [job.queue_manager_id for job, _, _ in job_status],
        )


_FINISH_OWN = """
WITH ended AS (
  SELECT unnest($1::bigint[]) AS id, unnest($2::text[]) AS status, unnest($3::uuid[]) AS manager),
gone AS (
  DELETE FROM pgqueuer q USING ended e
    WHERE q.id = e.id AND q.queue_manager_id = e.manager AND e.status NOT IN ('failed', 'canceled'))
UPDATE pgqueuer q SET queue_manager_id = NULL, updated = now(),
    status = CASE e.status WHEN 'failed' THEN 'failed' ELSE 'queued' END::pgqueuer_status
  FROM ended e
  WHERE q.id = e.id AND q.queue_manager_id = e.manager AND e.status IN ('failed', 'canceled')"""
"""A job is cancelled only when this process has no more time for it, and so it goes back."""


class RunQueue:
    """Takes queued runs for this worker, as many at a time as it has room for."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        work_off: Callable[[str], Awaitable[None]],
        *,
        max_runs: int,
        dead_after_s: float,
    ) -> None:
        self._connect = connect
        self._work_off = work_off
        self._batch = max(1, min(_LONGEST_BATCH, max_runs // 2))
        self._max_runs = max(max_runs, 2 * self._batch)
        self._dead_after = timedelta(seconds=dead_after_s)
        self._current: PgQueuer | None = None
        self._is_stopping = False
        self._handlers: set[asyncio.Future[None]] = set()

    async def run(self) -> None:
        """Serve until `stop`; a lost connection is replaced, and pgqueuer with it."""
        while not self._is_stopping:
            connection: Connection | None = None
            try:
                connection = await self._connect()
                await self._serve(connection)
            except Exception as error:  # pgqueuer raises whatever its connection died of
                if not self._is_stopping:
                    log.warning("queue.restarting", error=error)
                    await asyncio.sleep(_RETRY_S)
            finally:
                if connection is not None:
                    connection.terminate()

    def stop(self) -> None:
        """Take no more; what is being worked off goes on."""
        self._is_stopping = True
        if self._current is not None:
            self._current.shutdown.set()

    async def _serve(self, connection: Connection) -> None:
        driver = AsyncpgDriver(connection)
        queuer = PgQueuer(driver, queries=OwnedQueries(driver))
        lost = asyncio.Event()

        async def handle(job: Job) -> None:
            await self._handle(job, lost)

        def on_termination(_: object) -> None:
            lost.set()
            queuer.shutdown.set()

        queuer.entrypoint(ENTRYPOINT, on_failure="hold", accepts_context=False)(handle)
        connection.add_termination_listener(on_termination)
        self._current = queuer
        await queuer.qm.run(
            dequeue_timeout=timedelta(seconds=10),
            batch_size=self._batch,
            max_concurrent_tasks=self._max_runs,
            shutdown_on_listener_failure=True,
            heartbeat_timeout=self._dead_after,
            log_aggregation_interval=timedelta(0),
        )

    async def _handle(self, job: Job, lost: asyncio.Event) -> None:
        """One run. When the connection breaks the job is let go: pgqueuer would not start anew before its end.

        The run itself goes on, also when pgqueuer cancels this; its claim protects it.
        """
        if job.payload is None:
            return
        if self._is_stopping:
            raise asyncio.CancelledError
        work = asyncio.ensure_future(self._work_off(job.payload.decode()))
        self._handlers.add(work)
        work.add_done_callback(self._handlers.discard)
        losing = asyncio.ensure_future(lost.wait())
        try:
            await asyncio.wait({work, losing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            losing.cancel()
        if work.done():
            await work
