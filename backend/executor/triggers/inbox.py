"""What webhooks bring becomes runs: the delivery and its runs are stored in one transaction, or neither is.

A delivery that starts one run goes with it into the next group commit of the journal. One that starts none or
several, or that this process has no room for, is stored in a transaction of its own, with its runs queued.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import structlog

from backend.data import inbox_store, run_store
from backend.data.away import is_away
from backend.data.connection import Connection
from backend.data.delivery import NewDelivery
from backend.data.model import JsonObject
from backend.data.run import CallerAnswer, RunOptions
from backend.data.webhook_store import IngressTrigger
from backend.executor.program import Program
from backend.executor.run_log import RunLog, RunLost
from backend.executor.run_loop import RunLoop
from backend.executor.worker import ACCEPT_S, Worker
from backend.integrations.webhooks._events import matches
from backend.util.clock import new_id
from backend.util.errors import BlockyardError, Unavailable
from backend.util.in_time import in_time

log = structlog.get_logger(__name__)

_NOT_STORED = (
    "The delivery could not be stored for certain. Send it again: an event that is known starts nothing."
)


@dataclass(frozen=True, slots=True)
class Start:
    """A node that a delivery starts: of which graph, in which version."""

    graph_id: str
    graph_version: int
    node_id: str


def live_triggers(triggers: Sequence[IngressTrigger], event: str) -> list[IngressTrigger]:
    """Those of a webhook's triggers that an event starts now."""
    return [one for one in triggers if one.is_live and matches(event, one.events)]


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is on disk. `loop` is set while its only run is executed in this process."""

    delivery_id: str
    run_ids: tuple[str, ...] = ()
    is_repeat: bool = False
    loop: RunLoop | None = None


class Inbox:
    """The way of deliveries into the worker of this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def take(self, delivery: NewDelivery, payload: JsonObject, starts: Sequence[Start]) -> Taken:
        """Store the delivery and start its runs. When this returns, all of it is on disk.

        Raises:
            Unavailable: the database is away, or a graph cannot be run; then the delivery is stored as failed.
        """
        programs, problems = await self._programs(delivery.user_id, starts)
        if problems and not programs:
            await self._keep_failed(delivery, "; ".join(problems))
            raise Unavailable(f"The graph that this event starts cannot run: {problems[0]}")
        if len(programs) == 1 and not problems and self._worker.has_room():
            return await self._start_here(delivery, payload, *programs[0])
        return await self._queue(delivery, payload, programs, "; ".join(problems))

    async def answer(self, taken: Taken, user_id: str, within_s: float) -> CallerAnswer | None:
        """What a block of the run says to the sender; None when it says nothing in time."""
        if taken.loop is None:
            run_id = taken.run_ids[0]
            view = await self._worker.wait(user_id, run_id, within_s, is_whole=False, is_for_answer=True)
            return view.answer
        callers = taken.loop.callers
        if callers.answer is None:  # mostly it was on disk with the delivery
            with suppress(TimeoutError):
                await in_time(callers.heard(), within_s)
        return callers.answer

    async def _programs(
        self, user_id: str, starts: Sequence[Start]
    ) -> tuple[list[tuple[Program, RunOptions]], list[str]]:
        """Those that can run, and why the others cannot: one broken graph keeps no other waiting."""
        found: list[tuple[Program, RunOptions]] = []
        problems: list[str] = []
        for start in starts:
            try:
                found.append(await self._program(user_id, start))
            except Unavailable:
                raise
            except BlockyardError as error:
                log.warning("inbox.graph_cannot_run", graph_id=start.graph_id, code=error.code)
                problems.append(str(error))
        return found, problems

    async def _program(self, user_id: str, start: Start) -> tuple[Program, RunOptions]:
        options = _options(start.node_id)
        program = await self._worker.programs.get(user_id, start.graph_id, start.graph_version, options)
        return program, options

    # -- in this process -------------------------------------------------------------------------------

    async def _start_here(
        self, delivery: NewDelivery, payload: JsonObject, program: Program, options: RunOptions
    ) -> Taken:
        worker, inputs = self._worker, {"payload": payload}
        row = worker.new_row(new_id(), delivery.user_id, program, inputs, options)
        run_log = RunLog(worker.journal, row, epoch=1, is_new=True, delivery=delivery)
        loop = worker.open(run_log, program, options, program.bind_inputs(inputs))
        loop.begin()
        try:
            await in_time(run_log.flushed(), ACCEPT_S)
        except RunLost as error:
            return await self._known(delivery, error)
        except TimeoutError as error:
            raise Unavailable(_NOT_STORED) from error
        return Taken(delivery.id, (row.id,), loop=loop)

    async def _known(self, delivery: NewDelivery, error: RunLost) -> Taken:
        """The run is lost here: its event had come before, or the commit was in doubt and came through."""
        async with self._worker.database.raw() as connection:
            known = await inbox_store.find_delivery(connection, delivery)
        if known is None:
            raise Unavailable(_NOT_STORED) from error
        return Taken(known.id, known.run_ids, is_repeat=known.id != delivery.id)

    # -- in a transaction of its own -------------------------------------------------------------------

    async def _queue(
        self,
        delivery: NewDelivery,
        payload: JsonObject,
        programs: Sequence[tuple[Program, RunOptions]],
        problem: str,
    ) -> Taken:
        rows = [self._queued(delivery.user_id, payload, *one) for one in programs]
        return await self._stored(delivery, rows, problem)

    def _queued(
        self, user_id: str, payload: JsonObject, program: Program, options: RunOptions
    ) -> dict[str, Any]:
        row = self._worker.new_row(new_id(), user_id, program, {"payload": payload}, options)
        return {
            "id": row.id,
            "user_id": row.user_id,
            "graph_id": row.graph_id,
            "graph_version": row.graph_version,
            "inputs": row.inputs,
            "options": row.options,
            "idempotency_key": None,
        }

    async def _stored(self, delivery: NewDelivery, rows: Sequence[dict[str, Any]], problem: str) -> Taken:
        run_ids = [row["id"] for row in rows]
        try:
            async with self._worker.database.raw() as connection, connection.transaction():
                known = await _store(connection, delivery, run_ids, problem)
                if known is None and rows:
                    await run_store.enqueue_new_runs(connection, rows)
        except Exception as error:
            if is_away(error):
                raise Unavailable(_NOT_STORED) from error
            raise
        return known or Taken(delivery.id, tuple(run_ids))

    async def _keep_failed(self, delivery: NewDelivery, problem: str) -> None:
        """For people to see and to replay. It has no event id: the sender may send the event again."""
        failed = replace(delivery, event_id=None)
        async with self._worker.database.raw() as connection:
            await inbox_store.store_delivery(connection, failed, [], "failed", problem)


@lru_cache(maxsize=10_000)
def _options(node_id: str) -> RunOptions:
    """How a run of this trigger runs."""
    return RunOptions(trigger_node=node_id)


async def _store(
    connection: Connection, delivery: NewDelivery, run_ids: Sequence[str], problem: str
) -> Taken | None:
    """Store it; what there was before when its event is known.

    What starts nothing keeps no event id: somebody may listen when the sender sends it again.
    """
    if not run_ids:
        delivery = replace(delivery, event_id=None)
    state: inbox_store.DeliveryState = "started" if run_ids else "ignored"
    if await inbox_store.store_delivery(connection, delivery, run_ids, state, problem):
        return None
    known = await inbox_store.find_delivery(connection, delivery)
    if known is None:
        raise Unavailable(_NOT_STORED)
    return Taken(known.id, known.run_ids, is_repeat=True)
