"""How much dearer than its floor a run may be, both measured here and now, with three times the design's slack."""

from __future__ import annotations

import pytest

from backend.app import App
from backend.blocks import Catalogue
from bench import graphs, w1, w3
from bench.engine import all_blocks, durable_run

SLACK = 3
MOST_W1 = 3.0 / 0.53 * SLACK
"""Target by the floor on the machine where the targets were set; docs/performance.md, W1."""
MOST_EFFECT = 0.8 / 0.25 * SLACK
"""The same for a node with effects; the floor is a committed row."""
MOST_W3 = 50.0 / 7.9 * SLACK


@pytest.fixture
def blocks() -> Catalogue:
    """What the worker finds here; the catalogue of all other tests stays as it is."""
    return all_blocks()


@pytest.fixture
async def warm_app(app: App) -> App:
    """A worker whose connections are open."""
    await (await durable_run(app, graphs.single_node()))()
    return app


async def test_a_row_of_pure_nodes_costs_little_more_than_asyncio(warm_app: App) -> None:
    turns = await w1.pure_nodes(warm_app, rounds=5, times=15)
    assert turns.best_ratio <= MOST_W1


async def test_a_node_with_effects_costs_little_more_than_a_commit(warm_app: App) -> None:
    turns = await w1.effect_nodes(warm_app, rounds=5, times=3)
    assert turns.best_ratio <= MOST_EFFECT


async def test_a_thousand_values_cost_little_more_than_asyncio(warm_app: App) -> None:
    turns = await w3.fan_out(warm_app, rounds=5, times=3)
    assert turns.best_ratio <= MOST_W3
