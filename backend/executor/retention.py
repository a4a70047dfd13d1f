"""Removes what nobody wants to keep any longer, an hour apart, a few runs at a time, in one process only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog

from backend.data import retention_store as store
from backend.data.away import is_away
from backend.data.db import Database
from backend.data.file_store import prune_files
from backend.executor.metrics import WorkerMetrics
from backend.util.clock import now
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

_FIRST_AFTER_S = 60.0
_MOST_RUNS = 500
_MOST_WEIGHT = 5_000
_PAUSE_S = 0.05
"""Between two transactions, so that a heap of old runs is no load of its own."""
_TOLD_EVERY = 20


@dataclass(slots=True)
class Pruned:
    """How many of each went; `runs` are root runs, and those below go with them."""

    runs: int = 0
    graphs: int = 0
    files: int = 0
    sessions: int = 0
    oauth_logins: int = 0
    audit_entries: int = 0
    deliveries: int = 0


class Retention:
    """Prunes until cancelled: `run`. Or once: `prune`."""

    def __init__(self, database: Database, settings: Settings, metrics: WorkerMetrics | None = None) -> None:
        self._database = database
        self._settings = settings
        self._metrics = metrics or WorkerMetrics()

    async def run(self) -> None:
        """A pass soon after the start and one every `prune_every_s`."""
        await asyncio.sleep(min(_FIRST_AFTER_S, self._settings.prune_every_s))
        while True:
            try:
                await self.prune()
            except Exception as error:  # not even a bug of ours here may end the worker
                if is_away(error):
                    log.warning("retention.database_away", error=error)
                else:
                    log.exception("retention.failed")
            await asyncio.sleep(self._settings.prune_every_s)

    async def prune(self, moment: datetime | None = None) -> Pruned | None:
        """Remove what is due at the moment, which is now without one; None while another process does it.

        Raises:
            Unavailable: the database went away; what is due stays due.
        """
        moment = moment or now()
        async with self._turn() as is_ours:
            if not is_ours:
                return None
            pruned = Pruned()
            await self._prune_runs(moment, pruned)
            await self._prune_rest(moment, pruned)
        if any(asdict(pruned).values()):
            log.info("retention.done", **asdict(pruned))
        return pruned

    async def count(self, moment: datetime | None = None) -> Pruned:
        """What `prune` would remove; files are not counted: which go turns out when their runs have gone."""
        moment = moment or now()
        counts = Pruned()
        async for due in self._due(moment):
            async with self._database.begin() as connection:
                counts.runs += len(await store.final_trees(connection, due))
        for name, rest, limit in self._rest(moment):
            async with self._database.begin() as connection:
                setattr(counts, name, await store.count_rest(connection, rest, limit))
        return counts

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncGenerator[bool]:
        connection = await self._database.connect()
        try:
            yield await store.take_turn(connection)
        finally:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.shield(connection.close(timeout=2))

    async def _prune_runs(self, moment: datetime, pruned: Pruned) -> None:
        batches = 0
        async for due in self._due(moment):
            async with self._database.begin() as connection:
                weights = await store.weights(connection, due)
            for batch in in_batches(due, weights):
                async with self._database.begin() as connection:
                    deleted = await store.delete_runs(connection, batch)
                pruned.runs += deleted
                self._metrics.pruned_runs += deleted
                batches += 1
                if batches % _TOLD_EVERY == 0:
                    log.info("retention.at_work", runs=pruned.runs)
                await asyncio.sleep(_PAUSE_S)

    async def _due(self, moment: datetime) -> AsyncGenerator[list[str]]:
        after: str | None = ""
        while after is not None:
            async with self._database.begin() as connection:
                found = await store.old_runs(connection, after, moment, self._settings.retain_days)
            for start in range(0, len(found.due), _MOST_RUNS):
                yield found.due[start : start + _MOST_RUNS]
            after = found.last

    async def _prune_rest(self, moment: datetime, pruned: Pruned) -> None:
        for name, rest, limit in self._rest(moment):
            count = store.BATCH
            while count == store.BATCH:
                async with self._database.begin() as connection:
                    count = await store.delete_rest(connection, rest, limit)
                setattr(pruned, name, getattr(pruned, name) + count)
        if self._settings.file_retain_days:
            unused_before = moment - timedelta(days=self._settings.file_retain_days)
            async with self._database.begin() as connection:
                pruned.files = await prune_files(connection, unused_before=unused_before)

    def _rest(self, moment: datetime) -> Iterator[tuple[str, store.Rest, datetime]]:
        yield "graphs", store.GRAPHS, store.gone_since(moment)
        yield "sessions", store.SESSIONS, moment
        yield "oauth_logins", store.LOGINS, moment
        yield "deliveries", store.DELIVERIES, moment - timedelta(days=self._settings.delivery_retain_days)
        if self._settings.audit_retain_days:
            yield "audit_entries", store.AUDIT, moment - timedelta(days=self._settings.audit_retain_days)


def in_batches(run_ids: Sequence[str], weights: Mapping[str, int]) -> Iterator[list[str]]:
    """Runs that go in one transaction: not too many, and not too much in them; a heavy one goes alone."""
    batch: list[str] = []
    heavy = 0
    for run_id in run_ids:
        weight = weights.get(run_id, 1)
        if batch and (len(batch) >= _MOST_RUNS or heavy + weight > _MOST_WEIGHT):
            yield batch
            batch, heavy = [], 0
        batch.append(run_id)
        heavy += weight
    if batch:
        yield batch
