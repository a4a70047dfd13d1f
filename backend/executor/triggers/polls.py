"""Asks services for news, in every process that takes queued runs; each new record starts one run.

A poll is leased while its service is asked, and no lock is held meanwhile. Then one transaction stores the runs,
what was seen and the cursor: whatever dies when, a record that was not stored comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import poll_store as store
from backend.data.away import is_away
from backend.data.connection import Connection
from backend.data.graph import Graph
from backend.data.poll_store import LeasedPoll, stop_polls
from backend.data.run_store import enqueue_new_runs
from backend.executor.program import FindBlock
from backend.executor.run_node import describe
from backend.executor.triggers.asking import ANSWER_WITHIN_S, Asked, ask, wanted_polls
from backend.executor.worker import Worker
from backend.util.clock import id_beside, new_id
from backend.util.errors import Conflict

__all__ = ["SIGNAL", "Checked", "Polls", "go_live_polls", "stop_polls"]

log = structlog.get_logger(__name__)

SIGNAL = "graph"
"""What all processes are sent when a graph was published: it may have nodes to ask for."""
LEASE_S = ANSWER_WITHIN_S + 30.0
MOST_RUNS = 100
"""Of one poll; the rest of what is new starts at the next, which comes soon."""
MORE_IN_S = 30.0
LONGEST_BACK_OFF_S = 3600.0
LONGEST_RETRY_AFTER_S = 86_400.0
_AT_ONCE = 8
_LONGEST_SLEEP_S = 30.0
_SHORTEST_SLEEP_S = 0.1
_RETRY_S = 1.0
_LONGEST_PROBLEM = 1_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of asking. `found` records were listed; the new ones of them started the runs.

    `is_first`: nothing was known before, so that what is there was marked as seen, unless the node wants it.
    """

    found: int = 0
    run_ids: tuple[str, ...] = ()
    is_first: bool = False
    problem: str = ""


async def go_live_polls(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> None:
    """Let this version's nodes that ask for news do so, in place of those of another version."""
    await store.put_polls(connection, user_id, graph.id, graph.version, wanted_polls(graph, find_block))


def back_off_s(interval_s: float, failures: int, retry_after_s: float | None) -> float:
    """How long to leave a service alone that has failed `failures` times before: doubled each time, up to an hour."""
    doubled_s = interval_s * 2.0 ** min(failures, 20)
    backed_off_s = min(doubled_s, max(LONGEST_BACK_OFF_S, interval_s))
    return max(backed_off_s, min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))


class Polls:
    """Sleeps until the next poll, asks for all that are due, some at a time, and sleeps again."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._wake = asyncio.Event()
        self._asking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        hear = self._hear
        self._worker.hearers[SIGNAL].append(hear)
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    pause_s = await self._round(tasks)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), timeout=pause_s)
        finally:
            self._worker.hearers[SIGNAL].remove(hear)

    def _hear(self, _: str) -> None:
        self._wake.set()

    async def _round(self, tasks: asyncio.TaskGroup) -> float:
        """Begin to ask for what is due; how long to sleep then."""
        self._wake.clear()
        free = _AT_ONCE - len(self._asking)
        if free <= 0:
            return _LONGEST_SLEEP_S
        try:
            async with self._worker.database.raw() as connection:
                leased = await store.lease_due(connection, LEASE_S, free)
                until_next_s = await store.seconds_until_next(connection)
        except Exception as error:  # not even a bug of ours here may end the worker
            if is_away(error):
                log.warning("polls.database_away", error=error)
            else:
                log.exception("polls.failed")
            return _RETRY_S
        for one in leased:
            task = tasks.create_task(self._ask_quietly(one))
            self._asking.add(task)
            task.add_done_callback(self._asked)
        if until_next_s is None:
            return _LONGEST_SLEEP_S
        return max(_SHORTEST_SLEEP_S, min(_LONGEST_SLEEP_S, until_next_s))

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._wake.set()

    async def _ask_quietly(self, leased: LeasedPoll) -> None:
        try:
            await self._ask(leased)
        except asyncio.CancelledError:
            await self._give_back(leased)
            raise
        except Exception as error:  # the lease ends, and somebody asks again
            if is_away(error):
                log.warning("poll.database_away", poll_id=leased.id, error=error)
            else:
                log.exception("poll.failed", poll_id=leased.id)

    async def _give_back(self, leased: LeasedPoll) -> None:
        """This process ends: another may ask at once."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1), self._worker.database.raw() as connection:
                await store.give_back(connection, leased)

    async def check(self, user_id: str, poll_id: str) -> Checked:
        """Ask now, due or not.

        Raises:
            NotFound: there is no such poll of this user.
            Conflict: somebody asks at this moment, or the graph was published meanwhile.
        """
        async with self._worker.database.begin() as reading:
            await store.read_poll(reading, user_id, poll_id)
        async with self._worker.database.raw() as connection:
            leased = await store.lease_one(connection, user_id, poll_id, LEASE_S)
        checked = None if leased is None else await self._ask(leased)
        if checked is None:
            raise Conflict("The service is being asked at this moment. Try again in a few seconds.")
        return checked

    async def _ask(self, leased: LeasedPoll) -> Checked | None:
        """None: the poll is not ours any more, and what was found is left for the next."""
        try:
            asked = await ask(self._worker, leased)
        except Exception as error:
            if is_away(error):
                raise
            return await self._fail(leased, error)
        try:
            async with self._worker.database.raw() as connection, connection.transaction():
                if not await store.lock_leased(connection, leased):
                    return None
                run_ids = await _settle(connection, leased, asked)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("poll.not_stored", poll_id=leased.id)
            return await self._fail(leased, error)
        return Checked(len(asked.inputs), tuple(run_ids), asked.is_first)

    async def _fail(self, leased: LeasedPoll, error: Exception) -> Checked | None:
        failure = describe(error)
        problem = failure.message[:_LONGEST_PROBLEM]
        next_in_s = back_off_s(leased.interval_s, leased.failures, failure.retry_after_s)
        async with self._worker.database.raw() as connection, connection.transaction():
            if not await store.lock_leased(connection, leased):
                return None
            await store.settle_failure(connection, leased.id, problem=problem, next_in_s=next_in_s)
        return Checked(problem=problem)


async def _settle(connection: Connection, leased: LeasedPoll, asked: Asked) -> list[str]:
    """Within the transaction that holds the poll's lock: the runs of what is new."""
    seen = await store.seen_before(connection, leased, asked.inputs.keys())
    new = [record_id for record_id in asked.inputs if record_id not in seen]
    is_quiet = asked.is_first and not asked.emits_existing
    starting = [] if is_quiet else new[:MOST_RUNS]
    has_more = not is_quiet and len(new) > len(starting)
    run_ids = await _start(connection, leased, asked, starting)
    marked = {*seen, *(new if is_quiet else starting)}
    await store.mark_seen(connection, leased.id, marked, [] if has_more else asked.inputs.keys())
    await store.settle_answer(
        connection,
        leased.id,
        cursor=leased.cursor if has_more else asked.cursor,
        next_in_s=min(MORE_IN_S, leased.interval_s) if has_more else leased.interval_s,
        is_emitted=bool(run_ids),
    )
    return run_ids


async def _start(
    connection: Connection, leased: LeasedPoll, asked: Asked, record_ids: Sequence[str]
) -> list[str]:
    options = asked.options.stored
    first_id = new_id()  # with those beside it, so that lists have them in the order of the records
    runs = [
        {
            "id": id_beside(first_id, place, store.record_key(leased.id, record_id)),
            "user_id": leased.user_id,
            "graph_id": leased.graph_id,
            "graph_version": leased.graph_version,
            "inputs": asked.inputs[record_id],
            "options": options,
            "idempotency_key": store.record_key(leased.id, record_id),
        }
        for place, record_id in enumerate(record_ids)
    ]
    if runs:
        await enqueue_new_runs(connection, runs)
    return [str(run["id"]) for run in runs]
