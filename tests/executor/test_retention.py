"""What retention removes: what is due and nothing else, in one process at a time, without holding up a run."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from backend.data import retention_store
from backend.data.db import Database
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.retention import Pruned, Retention, in_batches
from backend.executor.worker import Worker
from backend.util.clock import new_id, now
from backend.util.settings import Settings
from tests.support import durable
from tests.support.workers import at_work, fetch, submit, until, value

DAY = timedelta(days=1)
FINAL = ("completed", "completed_with_errors", "failed", "cancelled")
OPEN = ("queued", "running", "waiting")
KEPT_TABLES = (
    "run", "run_event", "review", "blob", "file", "file_chunk", "graph", "graph_version", "charge",
    "login_session", "audit_entry", "users",
)  # fmt: skip


@dataclass
class StoredRun:
    """A run as the test put it there, with the runs below it."""

    id: str
    graph_id: str
    status: str
    ended_at: datetime | None
    from_run_id: str | None = None
    below: list[StoredRun] = field(default_factory=list["StoredRun"])

    def tree(self) -> list[StoredRun]:
        return [self, *(run for child in self.below for run in child.tree())]


async def store(database: Database, run: StoredRun, parent: StoredRun | None = None, root: str = "") -> None:
    """Write a run and those below it, each with a journal, a review, a blob, a file and a charge."""
    root = root or run.id
    async with database.raw() as connection:
        await connection.execute(
            "INSERT INTO run (id, user_id, graph_id, graph_version, status, parent_run_id, root_run_id, from_run_id, "
            "inputs, created_at, ended_at) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, '{}', $8, $9)",
            run.id, LOCAL_USER_ID, run.graph_id, run.status, parent and parent.id, root, run.from_run_id,
            run.ended_at or now(), run.ended_at,
        )  # fmt: skip
        await connection.execute(_BELONGINGS, run.id, LOCAL_USER_ID)
    for child in run.below:
        await store(database, child, run, root)


_BELONGINGS = """
WITH events AS (
  INSERT INTO run_event (run_id, seq, count, epoch, at, events)
    SELECT $1, n, 1, 0, now(), '[["k","state",null,null,{},0]]' FROM generate_series(1, 3) n),
reviews AS (
  INSERT INTO review (id, user_id, run_id, node_id, firing, key, name, data)
    VALUES ('review-' || $1, $2, $1, 'n', 0, 'ask', 'Fine?', '1')),
blobs AS (
  INSERT INTO blob (id, user_id, run_id, size_bytes, data) VALUES ('blob-' || $1, $2, $1, 4, 'data')),
files AS (
  INSERT INTO file (id, user_id, run_id, name, media_type, size_bytes, sha256)
    VALUES ('file-' || $1, $2, $1, 'a', 'text/plain', 4, '') RETURNING id),
chunks AS (
  INSERT INTO file_chunk (file_id, position, data) SELECT 'file-' || $1, 0, 'data'::bytea FROM files)
INSERT INTO charge (run_id, seq, root_run_id, user_id, graph_id, node_id, block_id, usd_micros, at)
  VALUES ($1, 2, $1, $2, 'g', 'n', 'b', 7, now())"""


async def store_graph(
    database: Database, graph_id: str, retain_days: int | None, deleted_at: datetime | None = None
) -> None:
    async with database.raw() as connection:
        await connection.execute(
            "INSERT INTO graph (id, user_id, name, latest_version, retain_days, deleted_at) "
            "VALUES ($1, $2, 'g', 1, $3, $4)",
            graph_id, LOCAL_USER_ID, retain_days, deleted_at,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO graph_version (graph_id, version, definition, digest) VALUES ($1, 1, '{}', '')",
            graph_id,
        )


async def everything(database: Database) -> dict[str, set[str]]:
    """Every row of every table as PostgreSQL writes it."""
    return {
        table: {row[0] for row in await fetch(database, f"SELECT t::text FROM {table} t")}
        for table in KEPT_TABLES
    }


class Chance:
    """Random runs over graphs that keep theirs for different times."""

    def __init__(self, seed: int, moment: datetime) -> None:
        self.random = random.Random(seed)
        self.moment = moment
        self.days: dict[str, int | None] = {"usual": None, "short": 3, "ever": 0, "gone": 1}
        self.runs: list[StoredRun] = []

    def tree(self, depth: int = 0, graph_id: str | None = None) -> StoredRun:
        graph_id = graph_id or self.random.choice([*self.days, "absent"])
        is_open = self.random.random() < 0.1
        status = self.random.choice(OPEN if is_open else FINAL)
        age = timedelta(days=self.random.choice([0.5, 2, 4, 8, 20]), seconds=self.random.randrange(1000))
        run = StoredRun(new_id(), graph_id, status, None if is_open else self.moment - age)
        if self.runs and self.random.random() < 0.1:
            run.from_run_id = self.random.choice(self.random.choice(self.runs).tree()).id
        if depth < 3 and self.random.random() < 0.3:
            run.below = [self.tree(depth + 1) for _ in range(self.random.randint(1, 2))]
        return run

    def is_due(self, root: StoredRun, usual_days: int) -> bool:
        """By the words of the rule, one after the other."""
        days = self.days.get(root.graph_id)
        days = usual_days if days is None else days
        tree = root.tree()
        needed = {run.from_run_id for other in self.runs for run in other.tree() if run.status in OPEN}
        return (
            days > 0
            and all(run.status in FINAL for run in tree)
            and root.ended_at is not None
            and root.ended_at < self.moment - days * DAY
            and not needed & {run.id for run in tree}
        )


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_due_goes_whole_and_all_else_stays_byte_for_byte(
    database: Database, settings: Settings, seed: int
) -> None:
    moment = now()
    chance = Chance(seed, moment)
    for name, days in chance.days.items():
        await store_graph(database, name, days, moment - DAY if name == "gone" else None)
    for _ in range(40):
        chance.runs.append(chance.tree())
    for run in chance.runs:
        await store(database, run)
    due = {run.id for root in chance.runs if chance.is_due(root, 7) for run in root.tree()}
    roots = sum(root.id in due for root in chance.runs)
    assert 3 < roots < 35
    before = await everything(database)
    retention = Retention(database, settings.model_copy(update={"retain_days": 7}))
    assert (await retention.count(moment)).runs == roots
    assert await everything(database) == before
    pruned = await retention.prune(moment)
    assert pruned is not None
    assert pruned.runs == roots
    after = await everything(database)
    for table in KEPT_TABLES:
        gone = before[table] - after[table]
        assert not after[table] - before[table], table
        if table == "charge":
            assert not gone
        elif table in ("graph", "graph_version"):
            used = {run.graph_id for root in chance.runs for run in root.tree() if run.id not in due}
            assert len(gone) == (0 if "gone" in used else 1), table
        else:
            assert gone == {row for row in before[table] if _run_of(table, row) in due}, table
    assert (await retention.prune(moment)) == Pruned()


def _run_of(table: str, row: str) -> str | None:
    """The run to which a row belongs."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", row) if table not in ("users", "login_session") else None
    return found[0] if found else None


async def test_nothing_goes_when_everything_is_kept_for_ever(database: Database, settings: Settings) -> None:
    old = now() - 3000 * DAY
    await store(database, StoredRun(new_id(), "absent", "completed", old))
    await value(database, "INSERT INTO audit_entry (id, action, at) VALUES ('a', 'graph.create', $1)", old)
    forever = settings.model_copy(update={"retain_days": 0, "audit_retain_days": 0, "file_retain_days": 0})
    before = await everything(database)
    assert await Retention(database, forever).prune() == Pruned()
    assert await everything(database) == before


async def test_expired_logins_and_old_audit_entries_go(database: Database, settings: Settings) -> None:
    moment = now()
    for name, at in [("old", moment - 400 * DAY), ("new", moment - 300 * DAY)]:
        await value(database, "INSERT INTO audit_entry (id, action, at) VALUES ($1, 'x', $2)", name, at)
    for name, at in [("over", moment - DAY), ("good", moment + DAY)]:
        await value(
            database,
            "INSERT INTO login_session (id, user_id, expires_at) VALUES ($1, $2, $3)",
            name, LOCAL_USER_ID, at,
        )  # fmt: skip
    retention = Retention(database, settings)
    assert await retention.count(moment) == Pruned(sessions=1, audit_entries=1)
    assert await retention.prune(moment) == Pruned(sessions=1, audit_entries=1)
    assert [row[0] for row in await fetch(database, "SELECT id FROM login_session")] == ["good"]
    assert [row[0] for row in await fetch(database, "SELECT id FROM audit_entry")] == ["new"]


async def test_only_one_process_prunes(database: Database, settings: Settings) -> None:
    await store(database, StoredRun(new_id(), "absent", "completed", now() - 100 * DAY))
    other = await database.connect()
    assert await retention_store.take_turn(other)
    assert await Retention(database, settings).prune() is None
    assert await value(database, "SELECT count(*) FROM run") == 1
    await other.close()
    both = await asyncio.gather(*(Retention(database, settings).prune() for _ in range(2)))
    assert sum(pruned.runs for pruned in both if pruned is not None) == 1


async def test_a_worker_prunes_by_itself_and_says_how_much(database: Database, settings: Settings) -> None:
    run = StoredRun(new_id(), "absent", "completed", now() - 100 * DAY)
    await store(database, run)

    async def is_gone() -> bool:
        return not await value(database, "SELECT count(*) FROM run WHERE id = $1", run.id)

    async with at_work(database, settings, prune_every_s=0.1) as worker:
        await until(is_gone, within_s=10)
        assert worker.metrics.pruned_runs == 1


async def test_a_worker_that_is_told_to_end_does_not_wait_for_what_is_left(
    database: Database, settings: Settings
) -> None:
    await _old_runs(database, 8_000, events=1)
    async with at_work(database, settings, prune_every_s=0.01) as worker:
        await until(lambda: _has_begun(worker), within_s=10)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    left = await value(database, "SELECT count(*) FROM run")
    assert 0 < left < 8_000
    assert await value(database, "SELECT count(*) FROM run_event") == left


async def _has_begun(worker: Worker) -> bool:
    return worker.metrics.pruned_runs > 0


async def _old_runs(database: Database, count: int, *, events: int) -> None:
    async with database.raw() as connection:
        await connection.execute(
            "INSERT INTO run (id, user_id, graph_id, graph_version, status, root_run_id, inputs, created_at, ended_at) "
            "SELECT 'old' || n, $1, 'g', 1, 'completed', 'old' || n, '{}', now() - interval '200 d', "
            "now() - interval '199 d' FROM generate_series(1, $2::int) n",
            LOCAL_USER_ID, count,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO run_event (run_id, seq, count, epoch, at, events) SELECT 'old' || n, k, 1, 0, now(), '[]' "
            "FROM generate_series(1, $1::int) n, generate_series(1, $2::int) k",
            count, events,
        )  # fmt: skip


async def test_a_heap_of_old_runs_that_goes_does_not_hold_up_a_new_one(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await _old_runs(database, 4_000, events=20)
    async with at_work(database, settings) as worker:
        pruning = asyncio.create_task(Retention(database, settings).prune())
        slowest_s, runs = 0.0, 0
        while not pruning.done():
            began = time.perf_counter()
            await submit(worker, durable.pure())
            slowest_s = max(slowest_s, time.perf_counter() - began)
            runs += 1
        pruned = await pruning
    assert pruned is not None
    assert pruned.runs == 4_000
    with capsys.disabled():
        print(
            f"\nwhile 4,000 runs with 80,000 rows went: {runs} runs stored, slowest {slowest_s * 1000:.0f} ms"
        )
    assert runs > 5
    assert slowest_s < 1.0


def test_a_batch_holds_neither_too_many_runs_nor_too_much() -> None:
    many = [str(n) for n in range(1200)]
    assert [len(batch) for batch in in_batches(many, {})] == [500, 500, 200]
    assert list(in_batches(["a", "b", "c"], {"a": 1, "b": 1_000_000, "c": 1})) == [["a"], ["b"], ["c"]]
    assert list(in_batches([], {})) == []
