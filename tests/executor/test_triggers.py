"""Triggers, and limits that come from the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from backend.data.block import Block, BlockData, BlockManualWebhookConfig, BlockOutput
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.model import BlockSchema, SchemaField
from backend.data.run import RunLimits, RunOptions, RunStatus
from backend.executor.worker import Worker
from backend.util.errors import BadInput, GraphInvalid
from backend.util.settings import Settings
from tests.support.blocks import PureBlock
from tests.support.engine import catalogue_with, execute
from tests.support.graphs import graph, node


class BellTriggerBlock(Block):
    """Fires when a bell rings."""

    id = "0d8f4a52-6f1c-4a3d-9d5e-2b8b7f6f1a01"
    pure = True
    webhook_config = BlockManualWebhookConfig(provider="http", webhook_type="bell")

    class Input(BlockSchema):
        payload: dict[str, Any] = SchemaField(hidden=True)

    class Output(BlockSchema):
        event: dict[str, Any] = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "event", input_data.payload


class CountUpBlock(Block):
    """Counts for ever."""

    id = "0d8f4a52-6f1c-4a3d-9d5e-2b8b7f6f1a02"
    pure = True

    class Input(BlockSchema):
        count: int = SchemaField(default=0)

    class Output(BlockSchema):
        count: int = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> Iterator[BlockData]:
        yield "count", input_data.count + 1


@pytest.fixture
async def bells(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    known = catalogue_with([BellTriggerBlock, CountUpBlock, PureBlock])
    worker = Worker(database, settings, known.find)
    async with worker.at_work():
        yield worker


def two_bells() -> Graph:
    return graph(
        [node("front", BellTriggerBlock), node("back", BellTriggerBlock), node("seen", PureBlock)],
        ["front.event -> seen.value", "back.event -> seen.value"],
    )


async def test_only_the_trigger_that_started_the_run_fires_with_the_runs_inputs(bells: Worker) -> None:
    run = await execute(bells, two_bells(), {"payload": {"rang": 1}}, options=RunOptions(trigger_node="back"))
    assert run.status == RunStatus.COMPLETED
    assert [event.data["value"] for event in run.of("yielded", "back")] == [{"rang": 1}]
    assert run.keys("front") == []
    assert len(run.keys("seen")) == 1


async def test_a_run_started_by_hand_fires_no_trigger(bells: Worker) -> None:
    run = await execute(bells, two_bells())
    assert run.status == RunStatus.COMPLETED
    assert run.keys("front") == run.keys("back") == run.keys("seen") == []


async def test_a_node_that_is_no_trigger_cannot_start_a_run(bells: Worker) -> None:
    with pytest.raises(GraphInvalid, match="no trigger"):
        await execute(bells, two_bells(), options=RunOptions(trigger_node="seen"))


async def test_an_input_that_the_trigger_lacks_is_refused_by_name(bells: Worker) -> None:
    with pytest.raises(BadInput, match="colour"):
        await execute(bells, two_bells(), {"colour": "red"}, options=RunOptions(trigger_node="front"))


async def test_a_graphs_own_limit_of_firings_holds_and_a_run_may_set_another(bells: Worker) -> None:
    endless = graph([node("n", CountUpBlock)], ["n.count -> n.count"])
    endless.limits = RunLimits(max_firings=50)
    run = await execute(bells, endless)
    assert (run.status, run.view.summary and run.view.summary.errors[0].code) == ("failed", "limit_reached")
    assert len(run.keys("n")) == 50
    other = await execute(bells, endless, options=RunOptions(limits=RunLimits(max_firings=7)))
    assert len(other.keys("n")) == 7
