"""The journal: what is told to be on disk is on disk once, whatever happens to the connection meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.journal import Journal
from backend.executor.journal_reader import read_segments
from backend.executor.run_log import Part, RunLog, RunLost, RunRow
from backend.util.clock import new_id, now


class Bench:
    """A journal at work, with a connection of the test's own beside it."""

    def __init__(self, database: Database, journal: Journal, beside: Connection) -> None:
        self.database = database
        self.journal = journal
        self.beside = beside

    def new_log(self, **columns: Any) -> RunLog:
        run_id = new_id()
        moment = now()
        row = RunRow(
            id=run_id,
            user_id=LOCAL_USER_ID,
            graph_id="g",
            graph_version=1,
            root_run_id=run_id,
            inputs="{}",
            options="{}",
            created_at=moment,
            status=RunStatus.RUNNING,
            worker_id="w",
            **columns,
        )
        return RunLog(self.journal, row, epoch=1, is_new=True)

    async def stored_log(self) -> RunLog:
        """A run that is on disk, with one event."""
        run_log = self.new_log()
        run_log.note("first", None, None, {})
        await run_log.flushed()
        return run_log

    async def kinds(self, run_log: RunLog) -> list[str]:
        segments = await read_segments(self.beside, run_log.row.id)
        ends = [segment.end for segment in segments]
        assert [segment.seq for segment in segments] == [1, *ends[:-1]][: len(segments)]
        return [record[1] for segment in segments for record in segment.records]

    async def status(self, run_log: RunLog) -> str | None:
        status: str | None = await self.beside.fetchval(
            "SELECT status FROM run WHERE id = $1", run_log.row.id
        )
        return status

    async def take_over(self, run_log: RunLog) -> None:
        await self.beside.execute("UPDATE run SET epoch = epoch + 1 WHERE id = $1", run_log.row.id)


@asynccontextmanager
async def working(database: Database, connect: Callable[[], Any] | None = None) -> AsyncIterator[Bench]:
    journal = Journal(connect or database.connect)
    beside = await database.connect()
    writer = asyncio.create_task(journal.run())
    try:
        yield Bench(database, journal, beside)
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer
        await beside.close()


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with working(database) as made:
        yield made


class Saboteur:
    """Connections of a journal whose backend is terminated beside its `at`-th commit, before or after it."""

    def __init__(self, database: Database, *, at: int, when: str) -> None:
        self._database = database
        self._left = at
        self._when = when
        self.cuts = 0

    async def connect(self) -> Any:
        connection = await self._database.connect()
        return _Cut(connection, self)

    async def commit(self, connection: Connection, work: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._left != 0:
            return await work()
        if self._when == "after":
            await work()
        self.cuts += 1
        if self._when == "confused":
            raise asyncpg.InternalClientError(
                "cannot switch to state 11; another operation (2) is in progress"
            )
        async with self._database.raw() as other:
            await other.fetchval("SELECT pg_terminate_backend($1, 5000)", connection.get_server_pid())
        return await connection.fetchval("SELECT 1")


class _Cut:
    """asyncpg's connection with a look at each statement that writes."""

    def __init__(self, connection: Connection, saboteur: Saboteur) -> None:
        self._connection = connection
        self._saboteur = saboteur
        self._in_transaction = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, query: str, *arguments: Any) -> Any:
        async def work() -> Any:
            return await self._connection.fetch(query, *arguments)

        if self._in_transaction or "INSERT INTO run_event" not in query:
            return await work()
        return await self._saboteur.commit(self._connection, work)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        transaction = self._connection.transaction()
        await transaction.start()
        self._in_transaction = True
        try:
            yield
        except BaseException:
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresError):
                await transaction.rollback()
            raise
        finally:
            self._in_transaction = False
        await self._saboteur.commit(self._connection, transaction.commit)


# -- batching and order --------------------------------------------------------------------------------------


async def test_what_is_flushed_is_on_disk_with_its_row(bench: Bench) -> None:
    run_log = bench.new_log()
    run_log.note("one", None, None, {"a": 1})
    run_log.note("two", 3, 4, None)
    await run_log.flushed()
    assert await bench.status(run_log) == "running"
    assert await bench.kinds(run_log) == ["one", "two"]


async def test_runs_that_come_at_once_share_commits(bench: Bench) -> None:
    logs = [bench.new_log() for _ in range(200)]
    for run_log in logs:
        run_log.note("one", None, None, {})
    await asyncio.gather(*(run_log.flushed() for run_log in logs))
    assert bench.journal.commits <= 3
    count = await bench.beside.fetchval("SELECT count(*) FROM run_event WHERE seq = 1 AND count = 1")
    assert count == 200


async def test_flushed_waits_for_what_came_before_it_and_for_nothing_after(bench: Bench) -> None:
    run_log = await bench.stored_log()
    order: list[str] = []

    async def watch(name: str) -> None:
        await run_log.flushed()
        order.append(f"{name} {run_log.flushed_seq}")

    run_log.note("two", None, None, {})
    first = asyncio.create_task(watch("second"))
    await asyncio.sleep(0)
    run_log.note("three", None, None, {})
    await asyncio.gather(first, watch("third"))
    await run_log.flushed()
    assert [line.split()[0] for line in order] == ["second", "third"]
    assert int(order[0].split()[1]) >= 2
    assert int(order[1].split()[1]) >= 3


async def test_a_statement_that_belongs_to_an_event_is_in_its_transaction(bench: Bench) -> None:
    run_log = await bench.stored_log()
    run_log.also(
        "INSERT INTO blob (id, user_id, run_id, size_bytes, data) VALUES ($1, $2, $3, 1, 'x')",
        "blob-1",
        LOCAL_USER_ID,
        run_log.row.id,
    )
    run_log.note("yielded", 0, 0, {"$blob": "blob-1"})
    await run_log.flushed()
    same = await bench.beside.fetchval(
        "SELECT b.xmin::text = e.xmin::text FROM blob b, run_event e "
        "WHERE b.id = 'blob-1' AND e.run_id = $1 AND e.seq = 2",
        run_log.row.id,
    )
    assert same is True


# -- the fence -----------------------------------------------------------------------------------------------


async def test_a_run_taken_over_writes_nothing_more(bench: Bench) -> None:
    run_log = await bench.stored_log()
    lost: list[RunLog] = []
    bench.journal.on_lost = lost.append
    await bench.take_over(run_log)
    run_log.note("late", None, None, {})
    with pytest.raises(RunLost):
        await run_log.flushed()
    run_log.note("later", None, None, {})
    with pytest.raises(RunLost):
        await run_log.flushed()
    assert lost == [run_log]
    assert await bench.kinds(run_log) == ["first"]


async def test_a_run_taken_over_does_not_change_its_row_or_leave_a_blob(bench: Bench) -> None:
    run_log = await bench.stored_log()
    await bench.take_over(run_log)
    run_log.row.status = RunStatus.COMPLETED
    run_log.change_row()
    run_log.also(
        "INSERT INTO blob (id, user_id, run_id, size_bytes, data) VALUES ('b', $1, $2, 1, 'x')",
        LOCAL_USER_ID,
        run_log.row.id,
    )
    run_log.note("state", None, None, {})
    with pytest.raises(RunLost):
        await run_log.flushed()
    assert await bench.status(run_log) == "running"
    assert await bench.beside.fetchval("SELECT count(*) FROM blob") == 0


async def test_a_final_state_is_not_changed_by_its_own_epoch_either(bench: Bench) -> None:
    run_log = await bench.stored_log()
    await bench.beside.execute("UPDATE run SET status = 'cancelled' WHERE id = $1", run_log.row.id)
    run_log.row.status = RunStatus.COMPLETED
    run_log.change_row()
    run_log.note("state", None, None, {})
    with pytest.raises(RunLost):
        await run_log.flushed()
    assert await bench.status(run_log) == "cancelled"
    assert await bench.kinds(run_log) == ["first"]


async def test_a_run_whose_id_is_taken_is_not_created_twice(bench: Bench) -> None:
    run_log = await bench.stored_log()
    again = RunLog(bench.journal, run_log.row, epoch=1, is_new=True)
    again.note("second life", None, None, {})
    with pytest.raises(RunLost):
        await again.flushed()
    assert await bench.kinds(run_log) == ["first"]


async def test_in_a_commit_of_many_only_the_lost_run_writes_nothing(bench: Bench) -> None:
    held, lost, changed, lost_too = [await bench.stored_log() for _ in range(4)]
    new = bench.new_log()
    await bench.take_over(lost)
    await bench.take_over(lost_too)
    changed.row.status = lost_too.row.status = RunStatus.COMPLETED
    changed.change_row()
    lost_too.change_row()
    logs = [held, lost, changed, lost_too, new]
    for run_log in logs:
        run_log.note("second", None, None, {})
    before = bench.journal.commits
    ends = await asyncio.gather(*(run_log.flushed() for run_log in logs), return_exceptions=True)
    assert bench.journal.commits == before + 1
    assert [type(end) for end in ends] == [type(None), RunLost, type(None), RunLost, type(None)]
    assert [await bench.kinds(run_log) for run_log in logs] == [
        ["first", "second"],
        ["first"],
        ["first", "second"],
        ["first"],
        ["second"],
    ]
    assert await bench.status(changed) == "completed"
    assert await bench.status(lost_too) == "running"


# -- commits in doubt ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after", "confused"])
@pytest.mark.parametrize("with_statement", [False, True])
async def test_a_commit_whose_answer_is_cut_off_is_written_once(
    database: Database, when: str, with_statement: bool
) -> None:
    saboteur = Saboteur(database, at=2, when=when)
    async with working(database, saboteur.connect) as bench:
        lost_logs: list[RunLog] = []
        bench.journal.on_lost = lost_logs.append
        gone = bench.new_log()
        old = bench.new_log()
        for run_log in (gone, old):
            run_log.note("first", None, None, {})
        await asyncio.gather(gone.flushed(), old.flushed())
        await bench.take_over(gone)
        new, ending = bench.new_log(), bench.new_log()
        ending.row.status = RunStatus.COMPLETED
        for run_log in (gone, old, new, ending):  # the first of them is lost, the others are not
            run_log.note("second", None, None, {})
        if with_statement:
            old.also(
                "INSERT INTO blob (id, user_id, run_id, size_bytes, data) VALUES ('b', $1, $2, 1, 'x')",
                LOCAL_USER_ID,
                old.row.id,
            )
        await asyncio.gather(old.flushed(), new.flushed(), ending.flushed())
        assert saboteur.cuts == 1
        assert lost_logs == [gone]
        assert await bench.kinds(gone) == ["first"]
        assert await bench.kinds(old) == ["first", "second"]
        assert await bench.kinds(new) == ["second"]
        assert await bench.status(ending) == "completed"
        assert await bench.beside.fetchval("SELECT count(*) FROM blob") == int(with_statement)
        old.note("third", None, None, {})
        await old.flushed()
        assert await bench.kinds(old) == ["first", "second", "third"]


async def test_a_deadlock_is_tried_again(bench: Bench) -> None:
    first, second = await bench.stored_log(), await bench.stored_log()
    transaction = bench.beside.transaction()
    await transaction.start()
    await bench.beside.execute("SET LOCAL deadlock_timeout = '5s'")  # so that the journal is the victim
    await bench.beside.execute("SELECT 1 FROM run WHERE id = $1 FOR UPDATE", second.row.id)
    first.note("second", None, None, {})
    first.also("SELECT 1 FROM run WHERE id = $1 FOR UPDATE", second.row.id)
    for _ in range(50):  # until the journal holds the one and waits for the other
        await asyncio.sleep(0.02)
        if await bench.beside.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            break
    await bench.beside.execute("UPDATE run SET cost_usd_micros = 1 WHERE id = $1", first.row.id)
    await transaction.commit()
    await first.flushed()
    assert not first.lost
    assert await bench.kinds(first) == ["first", "second"]


# -- data that the database refuses --------------------------------------------------------------------------


BAD_NAMES = {"refused by the server": "a\x00b", "refused by the driver": 5, "not Unicode": "\ud800"}


@pytest.mark.parametrize("bad", BAD_NAMES.values(), ids=BAD_NAMES.keys())
@pytest.mark.parametrize("is_alone", [False, True])
async def test_bad_data_of_one_run_does_not_take_the_others_with_it(
    bench: Bench, bad: Any, is_alone: bool
) -> None:
    refused: list[tuple[RunLog, str]] = []
    bench.journal.on_refused = lambda run_log, error: refused.append((run_log, str(error)))
    culprit, other = await bench.stored_log(), await bench.stored_log()
    culprit.note("second", None, None, {})
    culprit.also("UPDATE run SET graph_id = $2::text WHERE id = $1", culprit.row.id, bad)
    if not is_alone:
        other.note("second", None, None, {})
    with pytest.raises(RunLost):
        await asyncio.wait_for(culprit.flushed(), 10)
    await asyncio.wait_for(other.flushed(), 10)
    assert [run_log for run_log, _ in refused] == [culprit]
    assert await bench.kinds(other) == ["first"] if is_alone else ["first", "second"]
    culprit.note("state", None, None, {})  # what its owner writes instead joins on without a gap
    await asyncio.wait_for(culprit.flushed(), 10)
    assert await bench.kinds(culprit) == ["first", "state"]


async def test_an_event_that_is_no_json_harms_only_its_run(bench: Bench) -> None:
    culprit, other = await bench.stored_log(), await bench.stored_log()
    for run_log in (culprit, other):
        run_log.note("second", None, None, {"message": "\ud800" if run_log is culprit else "fine"})
    with pytest.raises(RunLost):
        await asyncio.wait_for(culprit.flushed(), 10)
    await asyncio.wait_for(other.flushed(), 10)
    assert await bench.kinds(other) == ["first", "second"]
    assert await bench.kinds(culprit) == ["first"]


async def test_a_new_run_that_is_refused_is_told_so_and_is_not_there(bench: Bench) -> None:
    culprit = bench.new_log(idempotency_key="a\x00b")
    culprit.note("first", None, None, {})
    with pytest.raises(RunLost):
        await asyncio.wait_for(culprit.flushed(), 10)
    assert await bench.status(culprit) is None


async def test_a_flushed_part_is_shown_before_its_waiters_go_on(bench: Bench) -> None:
    seen: list[str] = []

    def show(part: Part) -> None:
        seen.append("shown")

    bench.journal.on_flushed = show
    run_log = bench.new_log()
    run_log.note("first", None, None, {})
    await run_log.flushed()
    seen.append("went on")
    assert seen == ["shown", "went on"]


async def test_a_row_is_written_as_it_was_with_its_records(database: Database) -> None:
    may_connect = asyncio.Event()

    async def connect_late() -> Connection:
        await may_connect.wait()
        return await database.connect()

    async with working(database, connect_late) as bench:
        run_log = bench.new_log()
        run_log.note("first", None, None, {})
        await asyncio.sleep(0.01)  # the writer has taken the first part and waits for its connection
        run_log.row.status = RunStatus.COMPLETED
        run_log.change_row()
        run_log.note("last", None, None, {})
        may_connect.set()
        await run_log.flushed()
        assert not run_log.lost
        assert await bench.kinds(run_log) == ["first", "last"]
        assert await bench.status(run_log) == "completed"
