"""Rules 11 and 13 of what a run does: back-pressure, graphs within graphs, tools."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data.block import Block
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.run import EventKind, RunLimits, RunOptions, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute
from tests.support.graphs import CONTINUE, graph, node, retries

BIG = 1_500_000


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    return catalogue_with(b.BLOCKS)


# -- 11: back-pressure ---------------------------------------------------------------------------------------


def most_waiting(run: EngineRun, generator: str, consumer: str) -> int:
    """How many values of the generator waited for the consumer at the worst moment."""
    waiting = worst = 0
    for event in run.events:
        if event.kind == EventKind.YIELDED and event.node_id == generator:
            waiting += 1
        elif event.kind == EventKind.STARTED and event.node_id == consumer:
            waiting -= 1
        worst = max(worst, waiting)
    return worst


@pytest.mark.parametrize("block", [b.GrowBlock, b.PureGrowBlock])
async def test_generator_never_has_more_than_a_thousand_values_waiting(
    block: type[Block], worker: Worker
) -> None:
    run = await execute(
        worker,
        graph([node("g", block, count=3_000), node("e", b.EffectBlock)], ["g.item -> e.value"]),
        timeout_s=60,
    )
    assert run.status == "completed"
    assert run.outs("e") == list(range(3_000))
    assert most_waiting(run, "g", "e") <= 1_001


def total_of_itself(block: type[Block]) -> Graph:
    """Every value waits for the last one: only the generator can go on."""
    return graph(
        [
            node("g", block, count=25, size=600),
            node("c", b.GatherBlock),
            node("n", b.PureBlock, mark="n"),
            node("j", b.JoinBlock),
            node("d", b.GatherBlock),
        ],
        ["g.item -> c.items", "c.list -> n.value", "n.out -> j.x", "g.item -> j.y", "j.out -> d.items"],
    )


@pytest.mark.parametrize("block", [b.GrowBlock, b.PureGrowBlock])
async def test_generator_that_alone_can_go_on_does_so_and_its_values_spill(
    block: type[Block], worker: Worker, database: Database
) -> None:
    options = RunOptions(limits=RunLimits(max_waiting_values=4))
    run = await execute(worker, total_of_itself(block), options=options)
    assert run.status == "completed", run.errors
    values = [str(k) * 600 for k in range(25)]
    ((joined,),) = [run.outs("d", "list")]
    assert [pair[1] for pair in joined] == values
    assert joined[0][0] == ["n", values]
    async with database.raw() as raw:
        spilled = await raw.fetchval("SELECT count(*) FROM blob WHERE run_id = $1", run.view.id)
    assert spilled > 10


async def test_two_generators_that_wait_for_each_other_both_come_to_their_end(worker: Worker) -> None:
    options = RunOptions(limits=RunLimits(max_waiting_values=3))
    run = await execute(
        worker,
        graph(
            [
                node("g", b.GrowBlock, count=20),
                node("h", b.GrowBlock, count=20),
                node("c", b.GatherBlock),
                node("d", b.GatherBlock),
                node("j", b.JoinBlock),
                node("k", b.JoinBlock),
            ],
            [
                "g.item -> c.items",
                "h.item -> d.items",
                "c.list -> j.x",
                "h.item -> j.y",
                "d.list -> k.x",
                "g.item -> k.y",
            ],
        ),
        options=options,
    )
    assert run.status == "completed"
    assert [pair[1] for pair in run.outs("j")] == list(range(20))
    assert [pair[1] for pair in run.outs("k")] == list(range(20))


# -- 13: graphs within graphs --------------------------------------------------------------------------------


async def child_graph(worker: Worker, *middle: Any, links: list[str]) -> Graph:
    """A stored graph with the input `x` and the output `y`."""
    return await worker.save_graph(
        LOCAL_USER_ID,
        graph(
            [node("in", AgentInputBlock, name="x"), *middle, node("out", AgentOutputBlock, name="y")],
            links,
            name="child",
        ),
    )


async def test_outputs_of_a_child_become_its_parents_values_and_its_cost_the_roots(
    worker: Worker, database: Database
) -> None:
    child = await child_graph(
        worker, node("s", b.StepsBlock, usd_micros=40), links=["in.result -> s.value", "s.out -> out.value"]
    )
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=["a", "b"]),
                node("p", b.ParentBlock, graph_id=child.id),
                node("e", b.EffectBlock),
            ],
            ["g.item -> p.x", "p.out -> e.value"],
        ),
    )
    assert run.outs("e") == [["y", [k, x]] for x in "ab" for k in range(3)]
    assert run.view.cost_usd_micros == 240
    async with database.raw() as raw:
        rows = await raw.fetch(
            "SELECT parent_run_id, root_run_id, parent_node_id, parent_firing, status::text, cost_usd_micros "
            "FROM run WHERE id <> $1 ORDER BY parent_firing",
            run.view.id,
        )
    place = (run.view.id, run.view.id, "p")
    assert [tuple(row) for row in rows] == [(*place, n, "completed", 120) for n in range(2)]


async def test_failed_child_fails_its_node_and_its_error_pin_carries_the_reason(worker: Worker) -> None:
    child = await child_graph(
        worker, node("f", b.FailOnBlock, bad=2), links=["in.result -> f.value", "f.out -> out.value"]
    )
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=[1, 2, 3]),
                node("p", b.ParentBlock, graph_id=child.id),
                node("h", b.PureBlock),
                node("j", b.JoinBlock),
            ],
            ["g.item -> p.x", "p.error -> h.value", "h.out -> j.x", "g.item -> j.y"],
        ),
    )
    assert run.status == "completed"
    ((reason, item),) = run.outs("j")
    assert item == 2
    assert "bad 2" in reason
    assert run.outs("p") == [["y", 1], ["y", 3]]


async def test_cancel_of_the_root_cancels_what_runs_below_it(worker: Worker, database: Database) -> None:
    child = await child_graph(
        worker, node("e", b.EffectBlock, pause_s=30), links=["in.result -> e.value", "e.out -> out.value"]
    )
    middle = await child_graph(
        worker, node("p", b.ParentBlock, graph_id=child.id), links=["in.result -> p.x", "p.out -> out.value"]
    )
    saved = await worker.save_graph(LOCAL_USER_ID, graph([node("p", b.ParentBlock, graph_id=middle.id, x=1)]))
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {})
    await asyncio.sleep(0.3)
    assert len(worker.loops) == 3
    began = asyncio.get_running_loop().time()
    await worker.cancel(LOCAL_USER_ID, accepted.run_id)
    view = await worker.wait(LOCAL_USER_ID, accepted.run_id, 2)
    assert view.status is RunStatus.CANCELLED
    assert asyncio.get_running_loop().time() - began < 1
    await asyncio.sleep(0.05)
    async with database.raw() as raw:
        states = await raw.fetch("SELECT status::text, ended_at IS NOT NULL FROM run")
    assert [tuple(row) for row in states] == [("cancelled", True)] * 3
    assert not worker.loops


async def test_child_of_a_node_that_timed_out_does_not_go_on(worker: Worker, database: Database) -> None:
    child = await child_graph(
        worker, node("e", b.EffectBlock, pause_s=30), links=["in.result -> e.value", "e.out -> out.value"]
    )
    policy = retries(0, timeout_s=0.2, on_error="continue")
    run = await execute(worker, graph([node("p", b.ParentBlock, policy=policy, graph_id=child.id, x=1)]))
    assert [code for _, code, _ in run.errors] == ["timeout"]
    await asyncio.sleep(0.05)
    async with database.raw() as raw:
        states = await raw.fetch("SELECT status::text FROM run WHERE parent_run_id IS NOT NULL")
    assert [row[0] for row in states] == ["cancelled"]


async def test_firings_of_children_count_towards_the_roots_limit(worker: Worker) -> None:
    child = await child_graph(
        worker,
        node("g", b.GrowBlock, count=30),
        node("p", b.PureBlock),
        links=["g.item -> p.value", "p.out -> out.value"],
    )
    options = RunOptions(limits=RunLimits(max_firings=40))
    run = await execute(
        worker, graph([node("p", b.ParentBlock, graph_id=child.id, x=1)]), options=options, timeout_s=5
    )
    assert run.status == "failed"
    assert [code for _, code, _ in run.errors] == ["limit_reached"]


async def test_large_output_of_a_child_arrives_whole(worker: Worker) -> None:
    child = await child_graph(
        worker, node("g", b.GrowBlock, count=1, size=BIG), links=["g.item -> out.value"]
    )
    run = await execute(
        worker,
        graph(
            [node("p", b.ParentBlock, graph_id=child.id, x=1), node("j", SizeBlock)],
            ["p.out -> j.value"],
        ),
    )
    assert run.outs("j") == [[1, BIG]]


class SizeBlock(b.PureBlock):
    """The sizes of a list's texts."""

    id = "test-size"

    def run(self, input_data: Any, **kwargs: Any) -> Any:
        yield "out", [len(part) for part in input_data.value]


@pytest.fixture(autouse=True)
def size(blocks: Catalogue) -> None:
    blocks.add(SizeBlock)


# -- tools -----------------------------------------------------------------------------------------------------


async def test_outputs_of_a_tool_go_back_to_its_caller_and_down_its_links(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("g", b.ItemsBlock, items=["i", "k"]),
                node("a", b.CallerBlock, tool="t", calls=[1, 2]),
                node("t", b.EffectBlock, times=2),
                node("e", b.PureBlock),
            ],
            ["g.item -> a.value", "a.tools -> t.value", "t.out -> e.value"],
        ),
    )
    assert run.status == "completed"
    assert run.outs("a") == [[["out", 1], ["out", 1], ["out", 2], ["out", 2]]] * 2
    assert Counter(run.outs("e")) == {1: 4, 2: 4}
    assert Counter(run.indexes("t")) == {(0,): 2, (1,): 2}


async def test_failure_of_a_tool_is_raised_where_it_was_called(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("a", b.CallerBlock, policy=CONTINUE, tool="t", calls=[1, 2, 3]),
                node("t", b.FailOnBlock, bad=2),
            ],
            ["a.tools -> t.value"],
        ),
    )
    assert [(place, message) for place, _, message in run.errors] == [("a", "bad 2")]
    assert run.outs("t") == [1]


async def test_node_that_is_no_tool_of_its_caller_cannot_be_called(worker: Worker) -> None:
    run = await execute(
        worker, graph([node("a", b.CallerBlock, tool="t", calls=[1]), node("t", b.PureBlock)])
    )
    assert run.status == "failed"
    assert "tools" in run.errors[0][2]


async def test_large_output_of_a_tool_reaches_its_caller_whole(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [
                node("a", b.CallerBlock, tool="t", calls=["x" * BIG]),
                node("t", b.EffectBlock),
                node("n", SizeBlock),
            ],
            ["a.tools -> t.value", "a.out_$_0 -> n.value"],
        ),
        timeout_s=10,
    )
    assert run.status == "completed", run.errors
    assert run.outs("n") == [[len("out"), BIG]]


async def test_tool_that_is_paused_while_its_caller_waits_for_it_goes_on(worker: Worker) -> None:
    options = RunOptions(limits=RunLimits(max_waiting_values=4))
    run = await execute(
        worker,
        graph(
            [
                node("a", b.CallerBlock, tool="t", calls=[1]),
                node("t", b.GrowBlock, count=20),
                node("j", b.JoinBlock),
            ],
            ["a.tools -> t.count", "t.item -> j.x", "a.out -> j.y"],
        ),
        options=options,
        timeout_s=5,
    )
    assert run.status == "completed"
    assert [pair[0] for pair in run.outs("j")] == list(range(20))
