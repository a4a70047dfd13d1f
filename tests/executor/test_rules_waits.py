"""Runs that wait for people or for a time: they hold no worker, and come back as they were."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data import review_store, run_store
from backend.data.block import AsyncBlockOutput, Block, Context, Decision
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.model import BlockSchema, SchemaField
from backend.data.run import EventKind, RunLimits, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.clock import now
from backend.util.errors import Conflict, ProviderUnavailable
from backend.util.settings import Settings
from tests.support import blocks as b
from tests.support.engine import catalogue_with, execute, look
from tests.support.graphs import graph, node, retries


class AskOnceBlock(b.AskBlock):
    """Asks a person; is never repeated after an interruption."""

    id = "test-ask-once"
    at_most_once = True


class FailThenWaitBlock(Block):
    """Fails, waits when it is tried again, and fails after the wait until it is tried the `good`-th time."""

    id = "test-fail-then-wait"

    class Input(BlockSchema):
        good: int = SchemaField(default=9)

    class Output(BlockSchema):
        out: int = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        if context.attempt == 1:
            raise ProviderUnavailable("first")
        await context.wait_until(now() + timedelta(seconds=0.01))
        if context.attempt < input_data.good:
            raise ProviderUnavailable(f"attempt {context.attempt}")
        yield "out", context.attempt


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    return catalogue_with((*b.BLOCKS, AskOnceBlock, FailThenWaitBlock))


async def start(worker: Worker, made: Graph) -> tuple[Graph, str]:
    saved = await worker.save_graph(LOCAL_USER_ID, made)
    return saved, (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id


async def until_waiting(worker: Worker, run_id: str) -> None:
    for _ in range(200):
        if (await worker.view(LOCAL_USER_ID, run_id)).status is RunStatus.WAITING and not worker.loops:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the run never waited without a worker")


async def open_reviews(database: Database) -> list[str]:
    async with database.begin() as connection:
        return [row["id"] for row in await review_store.list_open_reviews(connection, LOCAL_USER_ID)]


async def asking_family(worker: Worker) -> Graph:
    """A parent whose child asks a person."""
    child = await worker.save_graph(
        LOCAL_USER_ID,
        graph(
            [
                node("in", AgentInputBlock, name="x"),
                node("a", b.AskBlock),
                node("out", AgentOutputBlock, name="y"),
            ],
            ["in.result -> a.value", "a.out -> out.value"],
        ),
    )
    return graph(
        [node("p", b.ParentBlock, graph_id=child.id, x=5), node("e", b.EffectBlock)], ["p.out -> e.value"]
    )


async def test_parent_waits_with_its_child_and_goes_on_with_the_answer(
    worker: Worker, database: Database
) -> None:
    saved, run_id = await start(worker, await asking_family(worker))
    await until_waiting(worker, run_id)
    (review,) = await open_reviews(database)
    await worker.decide(LOCAL_USER_ID, review, Decision(True, 6, "ok"))
    run = await look(worker, saved, run_id)
    assert run.status == "completed"
    assert run.outs("e") == [["y", [True, 6, "ok"]]]
    with pytest.raises(Conflict):
        await worker.decide(LOCAL_USER_ID, review, Decision(False, 7))


async def test_cancel_of_a_waiting_run_ends_its_child_and_withdraws_what_it_asked(
    worker: Worker, database: Database
) -> None:
    _, run_id = await start(worker, await asking_family(worker))
    await until_waiting(worker, run_id)
    assert await worker.cancel(LOCAL_USER_ID, run_id) is RunStatus.CANCELLED
    assert await open_reviews(database) == []
    async with database.raw() as raw:
        states = await raw.fetch("SELECT status::text FROM run")
    assert [row[0] for row in states] == ["cancelled", "cancelled"]


async def test_long_wait_for_a_time_frees_the_worker_and_ends_in_time(worker: Worker) -> None:
    saved, run_id = await start(worker, graph([node("s", b.SleepBlock, seconds=2.4, value=1)]))
    began = asyncio.get_running_loop().time()
    await until_waiting(worker, run_id)
    run = await look(worker, saved, run_id, timeout_s=6)
    assert run.status == "completed"
    assert 1.5 < asyncio.get_running_loop().time() - began < 4
    assert (run.outs("s", "before"), run.outs("s")) == ([1], [1])


async def test_block_that_may_not_be_repeated_comes_back_from_its_wait(
    worker: Worker, database: Database
) -> None:
    saved, run_id = await start(worker, graph([node("a", AskOnceBlock, value=1)]))
    await until_waiting(worker, run_id)
    (review,) = await open_reviews(database)
    await worker.decide(LOCAL_USER_ID, review, Decision(True, None))
    run = await look(worker, saved, run_id)
    assert run.errors == []
    assert run.outs("a") == [[True, 1, ""]]


async def test_attempts_are_counted_on_after_a_wait(worker: Worker) -> None:
    saved, run_id = await start(worker, graph([node("f", FailThenWaitBlock, policy=retries(1))]))
    run = await look(worker, saved, run_id)
    assert run.errors == [("f", "provider_unavailable", "attempt 2")]
    assert [event.data["attempt"] for event in run.of(EventKind.RETRIED)] == [1]


async def test_items_that_wait_side_by_side_each_get_their_own_answer(
    worker: Worker, database: Database
) -> None:
    made = graph(
        [
            node("g", b.ItemsBlock, items=["a", "b", "c"]),
            node("q", b.AskBlock),
            node("j", b.JoinBlock),
            node("c", b.GatherBlock),
        ],
        ["g.item -> q.value", "q.out -> j.x", "g.item -> j.y", "j.out -> c.items"],
    )
    saved, run_id = await start(worker, made)
    await until_waiting(worker, run_id)
    for review in reversed(await open_reviews(database)):
        await worker.decide(LOCAL_USER_ID, review, Decision(True, None))
        await asyncio.sleep(0.05)
    run = await look(worker, saved, run_id)
    assert run.status == "completed"
    assert [(pair[0][1], pair[1]) for pair in run.outs("c", "list")[0]] == [
        ("a", "a"),
        ("b", "b"),
        ("c", "c"),
    ]


async def test_caller_that_waits_hears_of_the_end_at_once_whenever_it_comes(worker: Worker) -> None:
    slowest_s = 0.0
    for pause_ms in range(40):
        began = asyncio.get_running_loop().time()
        await execute(worker, graph([node("e", b.EffectBlock, pause_s=pause_ms / 4_000)]))
        slowest_s = max(slowest_s, asyncio.get_running_loop().time() - began)
    assert slowest_s < 0.9


async def test_answer_that_meets_the_end_of_its_run_is_a_conflict(worker: Worker, database: Database) -> None:
    _, run_id = await start(worker, graph([node("a", b.AskBlock, value=1)]))
    await until_waiting(worker, run_id)
    (review,) = await open_reviews(database)
    async with database.raw() as raw, raw.transaction():
        await raw.execute("SELECT 1 FROM run WHERE id = $1 FOR UPDATE", run_id)
        answering = asyncio.create_task(worker.decide(LOCAL_USER_ID, review, Decision(True, None)))
        await asyncio.sleep(0.1)
        await raw.execute("UPDATE review SET status = 'withdrawn' WHERE id = $1", review)
    with pytest.raises(Conflict):
        await answering


class CancelledAsItRestsBlock(Block):
    """Somebody cancels its run in the moment in which it begins to wait, and the message is lost."""

    id = "test-cancelled-as-it-rests"
    database: ClassVar[Database]

    class Output(BlockSchema):
        out: int = SchemaField()

    async def run(self, input_data: Any, *, run_id: str, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        async with self.database.raw() as raw:
            await raw.execute("UPDATE run SET cancel_requested_at = now() WHERE id = $1", run_id)
        await context.wait_until(now() + timedelta(seconds=60))
        yield "out", 1


async def test_a_run_cancelled_while_it_is_put_aside_does_not_sleep_on(
    database: Database, settings: Settings
) -> None:
    CancelledAsItRestsBlock.database = database
    slow = settings.model_copy(update={"heartbeat_s": 5.0})  # nobody looks for cancels meanwhile
    resting = Worker(database, slow, catalogue_with([CancelledAsItRestsBlock]).find)
    async with resting.at_work():
        await asyncio.sleep(0.2)
        run = await execute(resting, graph([node("w", CancelledAsItRestsBlock)]), timeout_s=3)
    assert run.status == RunStatus.CANCELLED


async def test_cancelling_a_child_run_cancels_the_run_at_its_top(worker: Worker) -> None:
    asking = graph([node("x", AgentInputBlock, name="x"), node("a", b.AskBlock, value=1)], name="child")
    child = await worker.save_graph(LOCAL_USER_ID, asking)
    parent = graph([node("p", b.ParentBlock, graph_id=child.id, x=1)])
    saved = await worker.save_graph(LOCAL_USER_ID, parent)
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {})
    await until_waiting(worker, accepted.run_id)
    async with worker.database.begin() as connection:
        (child_run,) = await run_store.children_of(connection, LOCAL_USER_ID, accepted.run_id)
    assert await worker.cancel(LOCAL_USER_ID, child_run) == RunStatus.CANCELLED
    for run_id in (accepted.run_id, child_run):
        assert (await worker.view(LOCAL_USER_ID, run_id)).status == RunStatus.CANCELLED


async def test_firings_before_a_wait_count_against_the_limit_after_it(
    worker: Worker, database: Database
) -> None:
    before = [
        node("g", b.ItemsBlock, items=list(range(20))),
        node("p", b.PureBlock),
        node("c", b.GatherBlock),
    ]
    after = [node(f"n{k}", b.PureBlock) for k in range(5)]
    links = ["g.item -> p.value", "p.out -> c.items", "c.list -> a.value", "a.out -> n0.value"]
    links += [f"n{k}.out -> n{k + 1}.value" for k in range(4)]
    asking = graph([*before, node("a", b.AskBlock), *after], links)
    asking.limits = RunLimits(max_firings=26)
    _, run_id = await start(worker, asking)
    await until_waiting(worker, run_id)
    (review,) = await open_reviews(database)
    await worker.decide(LOCAL_USER_ID, review, Decision(True, None))
    view = await worker.wait(LOCAL_USER_ID, run_id, 5)
    assert view.status == RunStatus.FAILED
    assert view.summary is not None
    assert [error.code for error in view.summary.errors] == ["limit_reached"]
