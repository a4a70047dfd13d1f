"""Random graphs, cut at random events and gone on with: the end is the same, and nothing is done twice."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings

from backend.blocks import Catalogue
from backend.data.connection import Connection
from backend.data.db import Database
from backend.executor.worker import Worker
from tests.executor.plan_graphs import Allowed, RandomGraph, graphs
from tests.executor.test_engine_random import CONFIG as ENGINE
from tests.executor.test_engine_random import SEED, is_promised, planned, run_engine
from tests.executor.test_plan_random import describe
from tests.executor.test_resume import until_over
from tests.support.engine import EngineRun, catalogue_with, look
from tests.support.rewind import records_of, rewind

CONFIG = settings(ENGINE, max_examples=int(os.environ.get("EX", "20")))
CUTS = 4


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with(())


async def cut_and_go_on(raw: Connection, worker: Worker, run: EngineRun, random: Random) -> EngineRun:
    """The run, after a cut at a random event of its journal as it is now."""
    records = await records_of(raw, run.view.id)
    await rewind(raw, run.view.id, records[: random.randint(1, len(records) - 1)])
    await until_over(raw, run.view.id)
    return await look(worker, run.graph, run.view.id, timeout_s=0)


@CONFIG
@given(graph=graphs(Allowed(merge=False, wait=True)), seed=SEED)
async def test_random_run_ends_the_same_wherever_it_was_cut(
    worker: Worker, blocks: Catalogue, database: Database, graph: RandomGraph, seed: int
) -> None:
    driver = planned(graph)
    random = Random(seed)
    run = await run_engine(worker, blocks, graph, None, seed)
    async with database.raw() as raw:
        for _ in range(CUTS):
            again = await cut_and_go_on(raw, worker, run, random)
            assert again.status == run.status, (describe(driver.graph), again.errors)
            if is_promised(graph, driver):
                assert again.record() == driver.record(), describe(driver.graph)
                assert again.leftovers() == driver.leftovers(), describe(driver.graph)


@CONFIG
@given(graph=graphs(Allowed(wait=True)), seed=SEED)
async def test_what_is_recorded_of_a_random_run_stays_as_it_is(
    worker: Worker, blocks: Catalogue, database: Database, graph: RandomGraph, seed: int
) -> None:
    driver = planned(graph)
    random = Random(seed)
    run = await run_engine(worker, blocks, graph, None, seed)
    async with database.raw() as raw:
        for _ in range(CUTS):
            records = await records_of(raw, run.view.id)
            cut = random.randint(1, len(records) - 1)
            await rewind(raw, run.view.id, records[:cut])
            await until_over(raw, run.view.id)
            again = await look(worker, run.graph, run.view.id, timeout_s=0)
            assert again.status.startswith("completed"), (describe(driver.graph), again.errors)
            assert (await records_of(raw, run.view.id))[:cut] == records[:cut]
            ends = Counter((e.node_id, e.firing) for e in again.events if e.kind in ("finished", "failed"))
            starts = Counter((e.node_id, e.firing) for e in again.events if e.kind == "started")
            assert starts == ends
            assert set(ends.values()) == {1}
