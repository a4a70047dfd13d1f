"""Worker processes under a load of runs of all kinds, and a person who answers every review."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import pytest

from backend.data import review_store
from backend.data.away import surely
from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.graph_store import save_graph
from backend.data.user_store import LOCAL_USER_ID
from tests.support import durable
from tests.support.worker_process import INTERNAL, Gone, Refused
from tests.torture.audit import Audit, Findings, Shape, shape_of, unfinished, watch_final_states

Result = TypeVar("Result")

LIST = [3, 1, 4, 1, 5]
SUBMITTERS = 6
PAUSE_S = 0.12


class Target(Protocol):
    """A process that takes runs."""

    @property
    def pid(self) -> int: ...

    @property
    def is_alive(self) -> bool: ...

    @property
    def is_ready(self) -> bool: ...

    async def ready(self) -> Any: ...

    async def submit(self, graph_id: str, value: Any, key: str) -> str:
        """The id of the accepted run.

        Raises:
            Refused: it was not accepted.
            Gone: the process ended; nobody knows.
        """
        ...

    async def decide(self, review_id: str) -> None: ...

    def stall(self, seconds: float) -> None: ...

    async def kill(self) -> None: ...


class Load:
    """Processes that are fed with runs; a test disturbs them, then asks for the findings."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        start: Callable[[Path], Awaitable[Target]],
        *,
        seed: int,
        with_effects: bool = True,
    ) -> None:
        self.database = database
        self.random = random.Random(seed)
        self.processes: list[Target] = []
        self.accepted: dict[str, Any] = {}
        """Acknowledged runs, and what each has to give."""
        self.refusals: list[str] = []
        self.unsure = 0
        self.quiet_s = 0.0
        """Seconds from the last mishap until all runs had ended."""
        self._folder = folder
        self._start = start
        self._ledger = folder / "ledger"
        self._ledger.touch()
        self._graphs = _graphs(str(self._ledger)) if with_effects else _graphs_of_real_blocks()
        self._shapes: dict[str, Shape] = {}
        self._is_over = False
        self._tasks: list[asyncio.Task[None]] = []

    # -- processes -------------------------------------------------------------------------------------

    async def start(self, count: int) -> None:
        """So many processes more; comes back when they work."""
        started = [await self.add() for _ in range(count)]
        for process in started:
            await process.ready()

    async def add(self) -> Target:
        """One process more, which may still be starting."""
        process = await self._start(self._folder / "workers.log")
        self.processes.append(process)
        return process

    async def replace(self, process: Target) -> None:
        """kill -9, and another in its place."""
        await process.kill()
        self.processes.remove(process)
        await self.add()

    def some_process(self) -> Target | None:
        """One that works, None when there is none."""
        working = [process for process in self.processes if process.is_ready]
        return self.random.choice(working) if working else None

    # -- load ------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Store the graphs and run each once undisturbed, to know what it records."""
        async with self.database.begin() as connection:
            for graph in self._graphs:
                await save_graph(connection, LOCAL_USER_ID, graph)
        async with self.database.raw() as raw:
            await watch_final_states(raw)
        self._tasks = [asyncio.create_task(self._answer_reviews())]
        for graph in self._graphs:
            await self._submit(graph)
        await self._all_ended(within_s=30)
        async with self.database.raw() as raw:
            for graph in self._graphs:
                run_id = await raw.fetchval(
                    "SELECT id FROM run WHERE graph_id = $1 ORDER BY id LIMIT 1", graph.id
                )
                self._shapes[graph.id] = await shape_of(raw, run_id, [node.id for node in graph.nodes])

    def begin(self) -> None:
        """Submit runs from now on."""
        self._tasks += [asyncio.create_task(self._submit_on()) for _ in range(SUBMITTERS)]

    async def _submit_on(self) -> None:
        while not self._is_over:
            await self._submit(self.random.choice(self._graphs))
            await asyncio.sleep(self.random.uniform(0, 2 * PAUSE_S))

    async def _submit(self, graph: Graph) -> None:
        """Send one run, again and again with the same key until it is accepted."""
        key = uuid4().hex
        value: Any = LIST if graph.id == "durable-items" else self.random.randrange(1000)
        while not self._is_over:
            process = self.some_process()
            if process is None:
                await asyncio.sleep(0.05)
                continue
            try:
                run_id = await process.submit(graph.id, value, key)
            except Gone:
                self.unsure += 1
                await asyncio.sleep(0.02)
            except Refused as error:
                self.refusals.append(str(error))
                await asyncio.sleep(0.1)
            else:
                self.accepted[run_id] = _expected(graph, value)
                return

    async def _answer_reviews(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            for review_id in await self._on_database(_open_reviews):
                process = self.some_process()
                if process is not None:
                    with suppress(Gone, Refused, TimeoutError):
                        await asyncio.wait_for(process.decide(review_id), 5)

    async def _on_database(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        return await surely("test", lambda: work(self.database))

    # -- the end ---------------------------------------------------------------------------------------

    async def settle(self, *, within_s: float = 60, may_overlap: bool = False) -> Findings:
        """Send no more, let everything end, and look at it."""
        self._is_over = True
        await asyncio.gather(*self._tasks[1:])
        began = time.monotonic()
        await self._all_ended(within_s=within_s)
        self.quiet_s = time.monotonic() - began
        self._tasks[0].cancel()
        node_ids = {graph.id: [node.id for node in graph.nodes] for graph in self._graphs}
        audit = Audit(self._shapes, node_ids, self._ledger)
        async with self.database.raw() as raw:
            return await audit.look(raw, self.accepted, may_overlap=may_overlap)

    async def _all_ended(self, *, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while left := await self._on_database(_unfinished):
            assert time.monotonic() < deadline, f"After {within_s} s still not ended: {left[:10]}"
            await asyncio.sleep(0.1)

    @property
    def internal_errors(self) -> list[str]:
        """Answers that no caller should get."""
        return [text for text in self.refusals if text.startswith(INTERNAL)]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for process in self.processes:
            await process.kill()


@asynccontextmanager
async def under_load(
    database: Database,
    folder: Path,
    start: Callable[[Path], Awaitable[Target]],
    *,
    processes: int,
    seed: int,
    with_effects: bool = True,
) -> AsyncIterator[Load]:
    """Processes at work under load; `start` makes one that logs to the file it is given."""
    load = Load(database, folder, start, seed=seed, with_effects=with_effects)
    try:
        await load.start(processes)
        await load.prepare()
        load.begin()
        yield load
    finally:
        await load.close()


def summary(name: str, load: Load, found: Findings, *, mishaps: int) -> str:
    """One line of figures."""
    return (
        f"{name}: {mishaps} mishaps, {found.runs} runs ({len(load.accepted)} acknowledged, {len(load.refusals)} "
        f"refused, {load.unsure} cut off), lost {len(found.lost) + len(found.gaps)}, doubled "
        f"{len(found.doubled) + len(found.paid_twice)}, changed {len(found.changed)}, wrong {len(found.wrong)}; effects "
        f"repeated before they were recorded {found.repeated}; longest run {found.slowest_s:.1f} s, all ended "
        f"{load.quiet_s:.1f} s after the last mishap"
    )


def _graphs(ledger: str) -> list[Graph]:
    effects, waits = durable.effects(ledger), durable.waits(0.3)
    return [
        durable.pure(),
        effects,
        durable.items(ledger),
        waits,
        durable.waits(2.5),
        durable.review(ledger),
        durable.nested(effects, "nested-effects"),
        durable.nested(waits, "nested-waits"),
    ]


def _graphs_of_real_blocks() -> list[Graph]:
    """Those that a server out of the box can run."""
    waits = durable.waits(0.3)
    return [durable.pure(), waits, durable.waits(2.5), durable.nested(waits, "nested-waits")]


def _expected(graph: Graph, value: Any) -> Any:
    if graph.id == "durable-items":
        return [one + 1 for one in LIST]
    return value + {"durable-pure": 5, "durable-effects": 1, "durable-nested-effects": 1}.get(graph.id, 0)


async def _open_reviews(database: Database) -> list[str]:
    async with database.begin() as connection:
        rows = await review_store.list_open_reviews(connection, LOCAL_USER_ID)
    return [row["id"] for row in rows]


async def _unfinished(database: Database) -> list[str]:
    connection: Connection
    async with database.raw() as connection:
        return await unfinished(connection)


async def verdict(
    load: Load, name: str, mishaps: int, capsys: pytest.CaptureFixture[str], *, may_overlap: bool = False
) -> dict[str, list[str]]:
    """What went wrong, by kind; nothing, it is hoped. Prints the figures."""
    found = await load.settle(may_overlap=may_overlap)
    with capsys.disabled():
        print(f"\n{summary(name, load, found, mishaps=mishaps)}")
    assert found.slowest_s < 60
    assert len(load.accepted) > 5 * mishaps
    internal = {"internal errors": load.internal_errors} if load.internal_errors else {}
    return found.problems() | internal


async def some_ready(load: Load, count: int) -> None:
    """Until so many processes work again, so that there is load to be killed."""
    deadline = time.monotonic() + 60
    while sum(process.is_ready for process in load.processes) < count:
        assert time.monotonic() < deadline, "No process comes up any more."
        await asyncio.sleep(0.05)
