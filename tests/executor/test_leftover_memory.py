"""A run that has ended leaves nothing for the garbage collector: its pauses were what slowed requests down."""

from __future__ import annotations

import gc

from backend.data.db import Database
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.settings import Settings
from tests.support.blocks import GatherBlock, ItemsBlock, JoinBlock, PureBlock
from tests.support.engine import catalogue_with
from tests.support.graphs import graph, node

RUNS = 50


async def test_a_run_leaves_no_cycles_behind(database: Database, settings: Settings) -> None:
    worker = Worker(database, settings, catalogue_with([ItemsBlock, PureBlock, JoinBlock, GatherBlock]).find)
    listed = graph(
        [
            node("g", ItemsBlock, items=[1, 2, 3]),
            node("a", PureBlock, mark="a"),
            node("j", JoinBlock),
            node("c", GatherBlock),
        ],
        ["g.item -> a.value", "a.out -> j.x", "g.item -> j.y", "j.out -> c.items"],
    )
    async with worker.at_work(takes_queued=False):
        saved = await worker.save_graph(LOCAL_USER_ID, listed)

        async def run_once() -> None:
            accepted = await worker.submit(LOCAL_USER_ID, saved.id, {}, is_durable_first=False)
            assert accepted.loop is not None
            assert await accepted.loop.done == RunStatus.COMPLETED

        await run_once()
        gc.collect()
        gc.disable()
        try:
            for _ in range(RUNS):
                await run_once()
            found = gc.collect()
        finally:
            gc.enable()
            gc.unfreeze()
    assert found / RUNS < 5
