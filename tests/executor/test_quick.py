"""A pure block runs within the loop, or in a thread where its inputs make it slow; what it gives is the same."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from pydantic import ValidationError

from backend.blocks import catalogue
from backend.blocks.text.combine import CombineTextsBlock
from backend.data.block import Block, BlockOutput
from backend.data.db import Database
from backend.data.model import BlockSchema, SchemaField
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.settings import Settings
from tests.support.collector import thaw
from tests.support.durable import IN, OUT, make
from tests.support.workers import ended, submit


class WhereBlock(Block):
    """Says where it ran; with more than 10 it takes long. Below 0 it fails."""

    id = "test-where"
    pure = True

    class Input(BlockSchema):
        n: int = SchemaField(description="How much there is to do")

    class Output(BlockSchema):
        where: str = SchemaField(description="The kind of thread")
        error: str = SchemaField(description="Why it failed")

    def is_quick(self, input_data: Input) -> bool:
        return 0 <= input_data.n <= 10

    def run(self, input_data: Input, **kwargs: object) -> BlockOutput:
        if input_data.n < 0:
            raise ValueError("less than nothing")
        is_loop = threading.current_thread() is threading.main_thread()
        yield "where", "loop" if is_loop else "thread"


def find(block_id: str) -> Block | None:
    return WhereBlock() if block_id == WhereBlock.id else catalogue().find(block_id)


GRAPH = make("where", {**IN, "it": (WhereBlock, {}), **OUT}, ["in.result it.n", "it.where out.value"])


async def test_inputs_decide_where_a_pure_block_runs(database: Database, settings: Settings) -> None:
    worker = Worker(database, settings, find)
    async with worker.at_work():
        for given, where in ((10, "loop"), (11, "thread"), (3, "loop")):
            run_id = await submit(worker, GRAPH, given)
            view = await ended(worker, run_id)
            assert view.summary is not None
            assert view.summary.outputs == {"y": [where]}
            kinds = [
                event.kind for event in await worker.events(LOCAL_USER_ID, run_id) if event.node_id == "it"
            ]
            assert kinds == ["started", "yielded", "finished"]
        failed = await ended(worker, await submit(worker, GRAPH, -1))
        assert failed.summary is not None
        assert "less than nothing" in failed.summary.errors[0].message


async def test_large_lists_are_taken_off_the_loop_before_they_are_looked_at(
    database: Database, settings: Settings
) -> None:
    worker = Worker(database, settings, find)
    graph = make("large", {**IN, "it": (WhereBlock, {}), **OUT}, ["in.result_#_n it.n", "it.where out.value"])
    listed = make(
        "listed",
        {**IN, "it": (CombineTextsBlock, {"delimiter": ","}), **OUT},
        ["in.result it.input", "it.output out.value"],
    )
    async with worker.at_work():
        view = await ended(worker, await submit(worker, graph, {"n": 3, "more": [0] * 100_000}))
        assert view.summary is not None
        assert view.summary.outputs == {"y": ["loop"]}
        lags: list[float] = []
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(ticks(lags))
            view = await ended(worker, await submit(worker, listed, [1] * 200_000), within_s=20)
            ticking.cancel()
        assert view.status.value == "completed"
        assert max(lags) < 1.5
    thaw()


async def ticks(lags: list[float]) -> None:
    """How late the loop is, in seconds, every 5 ms."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - began - 0.005)


async def test_many_members_that_do_not_fit_are_one_problem() -> None:
    began = time.perf_counter()
    with pytest.raises(ValidationError) as caught:
        CombineTextsBlock.Input.model_validate({"input": [{}] * 300_000})
    assert caught.value.error_count() == 1
    assert time.perf_counter() - began < 0.5
