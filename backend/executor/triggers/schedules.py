"""Starts the runs of schedules, in every process that takes queued runs.

A time becomes a queued run in the transaction that moves the schedule on to its next one: whatever dies when,
each time starts one run or is counted as missed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

import orjson
import structlog

from backend.data import schedule_store as store
from backend.data.away import is_away
from backend.data.connection import Connection
from backend.data.cron import Cron, parse_cron
from backend.data.model import JsonObject
from backend.data.run_store import enqueue_new_runs
from backend.data.schedule_store import NOT_PUBLISHED, DueSchedule, Outcome, Overlap, stop_schedules
from backend.executor.run_reader import DEFAULT_OPTIONS
from backend.executor.worker import Worker
from backend.util.clock import new_id
from backend.util.errors import BadInput, BlockyardError, Problem

__all__ = ["SIGNAL", "Schedules", "check_inputs", "stop_schedules"]

log = structlog.get_logger(__name__)

SIGNAL = "schedules"
"""What is sent to all processes when a schedule was changed: somebody may have to get up earlier."""
LONGEST_SLEEP_S = 30.0
"""So late is a time at most when a message was lost, or a clock has jumped."""
_SHORTEST_SLEEP_S = 0.1
_WAITING_SLEEP_S = 1.0
_RETRY_S = 1.0
_AT_ONCE = 100
MOST_COUNTED = 100_000
"""Missed times beyond it are not counted: ten weeks of every minute."""
_COUNTED_BESIDE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """The times that have come: how many, and the last of them; None: none has, the clock was wrong."""

    due_at: datetime | None
    passed: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of them. `is_start`: they start one run."""

    outcome: Outcome
    missed: int
    problem: str = ""

    @property
    def is_start(self) -> bool:
        return self.outcome is Outcome.STARTED


def turn_at(cron: Cron, next_at: datetime, at: datetime) -> Turn:
    """Which times have come when `next_at` was the next one, and which is next now."""
    if next_at > at:
        return Turn(None, 0, cron.after(at))
    since = takewhile(lambda time: time <= at, cron.times(next_at))
    passed = [next_at, *islice(since, MOST_COUNTED - 1)]
    return Turn(passed[-1], len(passed), cron.after(at))


def verdict(due: DueSchedule, passed: int, problem: str) -> Verdict:
    """What is to become of so many times, of which the last one counts; `problem`: why it cannot run."""
    if due.published_version is None:
        return Verdict(Outcome.FAILED, passed, NOT_PUBLISHED)
    if due.is_busy and due.overlap is Overlap.SKIP:
        return Verdict(Outcome.SKIPPED, passed, problem)
    if due.is_busy and due.overlap is Overlap.QUEUE:
        return Verdict(Outcome.WAITING, 0, problem)
    if problem:
        return Verdict(Outcome.FAILED, passed, problem)
    return Verdict(Outcome.STARTED, passed - 1)


class Schedules:
    """Sleeps until the next time, starts what is due, and sleeps again."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        hear = self._hear
        self._worker.hearers[SIGNAL].append(hear)
        try:
            while True:
                pause_s = await self._round()
                try:
                    await asyncio.wait_for(self._wake.wait(), timeout=pause_s)
                except TimeoutError:
                    continue
        finally:
            self._worker.hearers[SIGNAL].remove(hear)

    def _hear(self, _: str) -> None:
        self._wake.set()

    async def _round(self) -> float:
        """Start what is due; how long to sleep then."""
        self._wake.clear()
        try:
            await self.start_due()
            return await self._pause_s()
        except Exception as error:  # not even a bug of ours here may end the worker
            if is_away(error):
                log.warning("schedules.database_away", error=error)
            else:
                log.exception("schedules.failed")
            return _RETRY_S

    async def _pause_s(self) -> float:
        async with self._worker.database.raw() as connection:
            until_next_s = await store.seconds_until_next(connection)
            is_waiting = await store.is_any_waiting(connection)
        longest_s = _WAITING_SLEEP_S if is_waiting else LONGEST_SLEEP_S
        return max(_SHORTEST_SLEEP_S, min(longest_s, longest_s if until_next_s is None else until_next_s))

    async def start_due(self) -> int:
        """One pass over what is due now; how many schedules this process has taken.

        Raises:
            Unavailable: the database went away; what is due stays due.
        """
        async with self._worker.database.raw() as connection:
            due = await store.due_schedules(connection, _AT_ONCE)
        return sum([await self._take(one) for one in due])

    async def _take(self, seen: DueSchedule) -> bool:
        try:
            cron = parse_cron(seen.cron, seen.timezone)
            turn = await _turn(cron, seen)
            problem = await self._problem(seen)
        except BadInput as error:  # the zone is not known any more
            turn, problem = Turn(seen.next_at, 1, seen.at + timedelta(hours=1)), str(error)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("schedule.failed", schedule_id=seen.id)
            turn = Turn(seen.next_at, 1, seen.at + timedelta(hours=1))
            problem = f"Blockyard failed to start it: {error!r}. Please report it."
        async with self._worker.database.raw() as connection, connection.transaction():
            locked = await store.lock_due(connection, seen)
            if locked is not None:
                await _settle(connection, locked, turn, problem)
        return locked is not None

    async def _problem(self, due: DueSchedule) -> str:
        """Why the published graph cannot run with these inputs; empty when it can."""
        if due.published_version is None:
            return ""
        try:
            await check_inputs(self._worker, due.user_id, due.graph_id, due.published_version, due.inputs)
        except BlockyardError as error:
            if is_away(error):
                raise
            return str(error)
        return ""


async def check_inputs(
    worker: Worker, user_id: str, graph_id: str, version: int | None, inputs: JsonObject
) -> None:
    """Let inputs pass with which the version can run, the newest one without `version`.

    Raises:
        NotFound: there is no such graph of this user.
        GraphInvalid, BadInput: it cannot run, or not with these inputs; all problems.
    """
    program = await worker.programs.get(user_id, graph_id, version, DEFAULT_OPTIONS)
    if len(program.compiled.never) == len(program.compiled.nodes):
        problem = Problem(
            "Nothing in this graph starts by a schedule: it has triggers only.",
            "Add an input or a block without links.",
            path="graph_id",
        )
        raise BadInput(str(problem), problems=(problem,))
    program.bind_inputs(inputs)


async def _turn(cron: Cron, due: DueSchedule) -> Turn:
    if due.at - due.next_at < _COUNTED_BESIDE:
        return turn_at(cron, due.next_at, due.at)
    return await asyncio.to_thread(turn_at, cron, due.next_at, due.at)


async def _settle(connection: Connection, due: DueSchedule, turn: Turn, problem: str) -> None:
    """Within the transaction that holds the schedule's lock."""
    if turn.due_at is None:
        await store.settle(connection, due.id, next_at=turn.next_at, last_at=due.at, outcome=due.last_outcome)
        return
    said = verdict(due, turn.passed, problem)
    is_waiting = said.outcome is Outcome.WAITING
    run_id = await _start(connection, due, turn.due_at) if said.is_start else None
    await store.settle(
        connection,
        due.id,
        next_at=due.next_at if is_waiting else turn.next_at,
        last_at=due.last_at if is_waiting else turn.due_at,
        run_id=run_id,
        outcome=said.outcome,
        missed=said.missed,
        problem=said.problem,
    )


async def _start(connection: Connection, due: DueSchedule, due_at: datetime) -> str:
    """Queue the run of a time; the one that it has started already, when the clock was put back since."""
    key = store.run_key(due.id, due_at)
    known = await store.find_run(connection, due.user_id, key)
    if known is not None:
        return known
    run = {
        "id": new_id(),
        "user_id": due.user_id,
        "graph_id": due.graph_id,
        "graph_version": due.published_version,
        "inputs": orjson.dumps(due.inputs).decode(),
        "options": "{}",
        "idempotency_key": key,
    }
    await enqueue_new_runs(connection, [run])
    return str(run["id"])
