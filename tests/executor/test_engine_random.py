"""Random graphs through a real worker: at any speed what the planner's driver says, and every run ends."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from backend.blocks import Catalogue
from backend.data.run import RunLimits, RunOptions
from backend.executor.worker import Worker
from tests.executor.plan_driver import Driver, compiled
from tests.executor.plan_graphs import Allowed, RandomGraph, graphs
from tests.executor.test_plan_random import (
    describe,
    drops_items,
    has_repeats,
    has_static_repeats,
    pairs_by_order,
)
from tests.support.adapted import Way, adapted, needs_context
from tests.support.engine import EngineRun, catalogue_with, execute

EXAMPLES = int(os.environ.get("EX", "40"))
CONFIG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="EX" not in os.environ,
    phases=[Phase.generate],  # a run that hangs would hang again at every step of shrinking
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
LONGEST = 600
"""Steps of the driver beyond which a graph is too large for a quick test."""
OPTIONS = RunOptions(limits=RunLimits(max_firings=5_000))
SEED = st.integers(0, 10**6)


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with(())


async def run_engine(
    worker: Worker, blocks: Catalogue, graph: RandomGraph, way: Way | None, seed: int
) -> EngineRun:
    """One run; `way` None: each node another way. Nodes that wait or call are async in any case."""
    random = Random(seed)
    choices: list[Way] = ["inline", "async", "thread"]
    ways: dict[str, Way] = {}
    for node in graph.nodes:
        any_way = random.choice(choices) if way is None else way
        ways[node.id] = "async" if needs_context(node) else any_way
    stored, classes = adapted(graph.nodes, graph.links, ways, seed)
    for block in classes:
        blocks.add(block)
    return await execute(worker, stored, options=OPTIONS)


def planned(graph: RandomGraph) -> Driver:
    """What the driver makes of a graph that is small enough."""
    driver = Driver(compiled(graph.nodes, graph.links), graph.nodes, limit=LONGEST).run()
    assume(driver.status != "limit")
    return driver


def is_promised(graph: RandomGraph, driver: Driver) -> bool:
    """Whether rule 8 promises the same result at any speed."""
    plan = driver.graph
    by_arrival = graph.has_loop or any(node.is_tool for node in plan.nodes)
    if has_static_repeats(driver) or (by_arrival and has_repeats(driver)):
        return False
    return not (pairs_by_order(plan) and (by_arrival or any(node.states for node in plan.nodes)))


async def check_same(worker: Worker, blocks: Catalogue, graph: RandomGraph, seed: int) -> None:
    driver = planned(graph)
    assume(is_promised(graph, driver))
    ways: list[Way | None] = ["inline", "async" if seed % 2 else None]
    for way in ways:
        run = await run_engine(worker, blocks, graph, way, seed)
        assert run.status == driver.status, (way, describe(driver.graph), run.errors)
        assert run.record() == driver.record(), (way, describe(driver.graph))
        assert run.leftovers() == driver.leftovers(), (way, describe(driver.graph))


@CONFIG
@given(graph=graphs(Allowed(merge=False)), seed=SEED)
async def test_result_is_the_same_at_any_speed(
    worker: Worker, blocks: Catalogue, graph: RandomGraph, seed: int
) -> None:
    await check_same(worker, blocks, graph, seed)


@CONFIG
@given(graph=graphs(Allowed(merge=False, wait=True)), seed=SEED)
async def test_result_is_the_same_however_long_firings_wait(
    worker: Worker, blocks: Catalogue, graph: RandomGraph, seed: int
) -> None:
    await check_same(worker, blocks, graph, seed)


@CONFIG
@given(graph=graphs(Allowed(burst=False, wait=True)), seed=SEED)
async def test_items_are_never_mixed_and_every_run_ends(
    worker: Worker, blocks: Catalogue, graph: RandomGraph, seed: int
) -> None:
    driver = planned(graph)
    assume(not has_static_repeats(driver))
    graph.mixed.clear()
    run = await run_engine(worker, blocks, graph, None, seed)
    assert run.status.startswith("completed"), (describe(driver.graph), run.errors)
    if not (pairs_by_order(driver.graph) or drops_items(driver.graph)):
        assert not graph.mixed, describe(driver.graph)
