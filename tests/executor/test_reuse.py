"""Going on from a run: what came out well is taken over, what failed and what follows from it is run anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.blocks import Catalogue
from backend.blocks.agent.review import HumanInTheLoopBlock
from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data.block import AsyncBlockOutput, Block, Context
from backend.data.graph import Graph
from backend.data.model import BlockSchema, SchemaField
from backend.data.run import RunOptions
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.errors import BadInput, BlockError, Conflict, NotFound
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, look
from tests.support.graphs import CONTINUE, graph, node
from tests.support.rewind import rewind

done: Counter[Any] = Counter()
"""How often a value went through `CarefulBlock`."""
failing: set[Any] = set()
"""The values at which it fails."""


class CarefulBlock(Block):
    """An effect that fails for as long as its value is in `failing`."""

    id = "test-careful"

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        add: int = SchemaField(default=0)

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        done[context.node_id, str(input_data.value)] += 1
        if input_data.value in failing:
            raise BlockError(f"not {input_data.value}")
        yield "out", input_data.value + input_data.add if input_data.add else input_data.value


@pytest.fixture
def blocks() -> Catalogue:
    done.clear()
    failing.clear()
    return catalogue_with([*b.BLOCKS, CarefulBlock])


async def start(
    worker: Worker, saved: Graph, inputs: dict[str, Any] | None = None, **options: Any
) -> EngineRun:
    accepted = await worker.submit(
        LOCAL_USER_ID, saved.id, inputs or {}, version=saved.version, options=RunOptions(**options)
    )
    return await look(worker, saved, accepted.run_id)


async def store(worker: Worker, made: Graph) -> Graph:
    return await worker.save_graph(LOCAL_USER_ID, made)


def items_graph(items: list[Any], *, name: str = "items") -> Graph:
    """items -> first -> second (effects) -> gather -> out."""
    return graph(
        [
            node("items", b.ItemsBlock, items=items),
            node("first", CarefulBlock, policy=CONTINUE),
            node("second", CarefulBlock, policy=CONTINUE),
            node("gather", b.GatherBlock),
            node("out", AgentOutputBlock, name="all"),
        ],
        [
            "items.item -> first.value",
            "first.out -> second.value",
            "second.out -> gather.items",
            "gather.list -> out.value",
        ],
        name=name,
    )


async def test_retry_runs_only_what_failed_and_what_follows(worker: Worker) -> None:
    saved = await store(worker, items_graph([1, 2, 3, 4]))
    failing.add(3)
    before = await start(worker, saved)
    assert before.status == "completed_with_errors"
    assert before.output == {"all": [[1, 2, 4]]}
    failing.clear()
    done.clear()
    after = await start(worker, saved, from_run=before.view.id)
    assert after.status == "completed"
    assert after.output == {"all": [[1, 2, 3, 4]]}
    assert done == {("first", "3"): 1, ("second", "3"): 1}


async def test_retry_of_a_stopped_run_does_what_it_had_not_come_to(worker: Worker) -> None:
    saved = await store(
        worker,
        graph(
            [
                node("a", CarefulBlock, value=1),
                node("b", CarefulBlock),
                node("c", CarefulBlock),
                node("out", AgentOutputBlock, name="o"),
            ],
            ["a.out -> b.value", "b.out -> c.value", "c.out -> out.value"],
        ),
    )
    failing.add(1)
    saved_a = await start(worker, saved)
    assert saved_a.status == "failed"
    failing.clear()
    first = await start(worker, saved, from_run=saved_a.view.id)
    assert first.status == "completed"
    assert done == {("a", "1"): 2, ("b", "1"): 1, ("c", "1"): 1}
    again = await start(worker, saved, from_run=first.view.id, from_node="c")
    assert again.output == {"o": [1]}
    assert done == {("a", "1"): 2, ("b", "1"): 1, ("c", "1"): 2}
    assert {event.node_id for event in again.of("reused")} == {"a", "b"}


async def test_run_from_a_node_with_edited_data(worker: Worker) -> None:
    saved = await store(
        worker,
        graph(
            [
                node("a", CarefulBlock, value=1),
                node("b", CarefulBlock, add=10),
                node("out", AgentOutputBlock, name="o"),
            ],
            ["a.out -> b.value", "b.out -> out.value"],
        ),
    )
    before = await start(worker, saved)
    assert before.output == {"o": [11]}
    after = await start(worker, saved, from_run=before.view.id, from_node="b", edits={"b": {"value": 5}})
    assert after.output == {"o": [15]}
    assert done == {("a", "1"): 1, ("b", "1"): 1, ("b", "5"): 1}
    async with worker.database.raw() as raw:
        row = await raw.fetchrow("SELECT from_run_id, from_node_id FROM run WHERE id = $1", after.view.id)
    assert row is not None
    assert tuple(row) == (before.view.id, "b")


async def test_run_with_safe_mode_asks_where_the_other_one_had_approved_itself(worker: Worker) -> None:
    saved = await store(
        worker,
        graph(
            [
                node("ask", HumanInTheLoopBlock, data=1, name="Go on?"),
                node("act", CarefulBlock),
                node("out", AgentOutputBlock, name="o"),
            ],
            ["ask.approved_data -> act.value", "act.out -> out.value"],
        ),
    )
    failing.add(1)
    before = await start(worker, saved, safe_mode=False)
    assert before.status == "failed"
    failing.clear()
    accepted = await worker.submit(
        LOCAL_USER_ID, saved.id, {}, version=saved.version, options=RunOptions(from_run=before.view.id)
    )
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await look(worker, saved, accepted.run_id)
    assert done == {("act", "1"): 1}
    await worker.cancel(LOCAL_USER_ID, accepted.run_id)
    bold = await start(worker, saved, from_run=before.view.id, safe_mode=False)
    assert bold.output == {"o": [1]}


async def test_edits_reach_pure_nodes_and_lists_too(worker: Worker) -> None:
    saved = await store(worker, items_graph([1, 2]))
    before = await start(worker, saved)
    edited = await start(
        worker, saved, from_run=before.view.id, from_node="items", edits={"items": {"items": [7]}}
    )
    assert edited.output == {"all": [[7]]}
    gathered = await start(worker, saved, from_run=before.view.id, edits={"gather": {"items": [9, 9]}})
    assert gathered.output == {"all": [[9, 9]]}
    assert done["second", "2"] == 1


async def test_retry_of_a_run_with_edits_and_pins_keeps_them(worker: Worker) -> None:
    saved = await store(
        worker,
        graph(
            [
                node("a", CarefulBlock, value=1),
                node("p", CarefulBlock, value=2),
                node("q", CarefulBlock),
                node("b", CarefulBlock, add=10),
                node("out", AgentOutputBlock, name="o"),
                node("out2", AgentOutputBlock, name="p"),
            ],
            ["a.out -> b.value", "b.out -> out.value", "p.out -> q.value", "q.out -> out2.value"],
        ),
    )
    given: dict[str, Any] = {"edits": {"b": {"value": 5}}, "pins": {"p": {"out": [7]}}}
    first = await start(worker, saved, **given)
    assert first.output == {"o": [15], "p": [7]}
    failing.add(5)
    failed = await start(worker, saved, from_run=first.view.id, from_node="b", **given)
    assert failed.status == "failed"
    failing.clear()
    done.clear()
    mended = await start(worker, saved, from_run=failed.view.id, **given)
    assert mended.output == {"o": [15], "p": [7]}
    assert done == {("b", "5"): 1}
    plain = await start(worker, saved, from_run=mended.view.id)
    assert plain.output == {"o": [11], "p": [2]}
    assert done == {("b", "5"): 1, ("b", "1"): 1, ("p", "2"): 1, ("q", "2"): 1}


async def test_changed_inputs_run_anew_what_hangs_on_them(worker: Worker) -> None:
    saved = await store(
        worker,
        graph(
            [
                node("x", AgentInputBlock, name="x"),
                node("y", AgentInputBlock, name="y"),
                node("a", CarefulBlock),
                node("b", CarefulBlock),
                node("out", AgentOutputBlock, name="o"),
                node("out2", AgentOutputBlock, name="p"),
            ],
            ["x.result -> a.value", "y.result -> b.value", "a.out -> out.value", "b.out -> out2.value"],
        ),
    )
    before = await start(worker, saved, {"x": 1, "y": 2})
    done.clear()
    after = await start(worker, saved, {"x": 1, "y": 3}, from_run=before.view.id)
    assert after.output == {"o": [1], "p": [3]}
    assert done == {("b", "3"): 1}


async def test_mended_version_goes_on_where_the_broken_one_failed(worker: Worker) -> None:
    broken = items_graph([1, 2, 3])
    saved = await store(worker, broken)
    before = await start(worker, saved)
    done.clear()
    changed = saved.model_copy(
        update={
            "nodes": [
                one.model_copy(update={"input_default": {"add": 100}}) if one.id == "second" else one
                for one in saved.nodes
            ]
        }
    )
    mended = await store(worker, changed)
    assert mended.version == saved.version + 1
    after = await start(worker, mended, from_run=before.view.id)
    assert after.output == {"all": [[101, 102, 103]]}
    assert {place for place, _ in done} == {"second"}


async def test_large_values_are_the_new_runs_own(worker: Worker) -> None:
    text = "x" * 2_000_000
    saved = await store(
        worker,
        graph(
            [
                node("a", CarefulBlock, value=text),
                node("b", CarefulBlock),
                node("out", AgentOutputBlock, name="o"),
            ],
            ["a.out -> b.value", "b.out -> out.value"],
        ),
    )
    before = await start(worker, saved)
    after = await start(worker, saved, from_run=before.view.id, from_node="b")
    async with worker.database.raw() as raw:
        await raw.execute("DELETE FROM blob WHERE run_id = $1", before.view.id)
        kept = await raw.fetch("SELECT data FROM blob WHERE run_id = $1", after.view.id)
    assert [orjson.loads(row["data"]) for row in kept] == [text] * 3


async def test_retry_goes_on_within_the_graph_that_a_node_runs(worker: Worker) -> None:
    inner = await store(
        worker,
        graph(
            [
                node("x", AgentInputBlock, name="x"),
                node("p", CarefulBlock),
                node("q", CarefulBlock, add=1),
                node("out", AgentOutputBlock, name="y"),
            ],
            ["x.result -> p.value", "p.out -> q.value", "q.out -> out.value"],
            name="inner",
        ),
    )
    outer = await store(
        worker,
        graph(
            [
                node("a", CarefulBlock, value=4, add=1),
                node("run", AgentExecutorBlock, graph_id=inner.id, **_ports(inner)),
                node("out", AgentOutputBlock, name="o"),
            ],
            ["a.out -> run.x", "run.y -> out.value"],
            name="outer",
        ),
    )
    failing.add(5)
    before = await start(worker, outer)
    assert before.status == "failed"
    assert done["p", "5"] == 1
    failing.clear()
    failing.add("nothing")
    after = await start(worker, outer, from_run=before.view.id)
    assert after.output == {"o": [6]}
    assert done == {("a", "4"): 1, ("p", "5"): 2, ("q", "5"): 1}
    rerun = await start(worker, outer, from_run=after.view.id, from_node="run")
    assert rerun.output == {"o": [6]}
    assert done["p", "5"] == 3


def _ports(inner: Graph) -> dict[str, Any]:
    return {
        "input_schema": {"type": "object", "properties": {"x": {}}},
        "output_schema": {"type": "object", "properties": {"y": {}}},
    }


async def test_interrupted_retry_takes_over_the_same_afterwards(worker: Worker, database: Any) -> None:
    saved = await store(worker, items_graph([1, 2, 3]))
    failing.add(2)
    before = await start(worker, saved)
    failing.clear()
    whole = await start(worker, saved, from_run=before.view.id)
    async with database.raw() as raw:
        segments = await worker.segments(whole.view.id)
        records = [record for segment in segments for record in segment.records]
        assert [record[0] for record in records].count("i") > 3
        for cut in range(1, len(records)):
            done.clear()
            await rewind(raw, whole.view.id, records[:cut])
            ended = await worker.wait(LOCAL_USER_ID, whole.view.id, 10)
            assert ended.status.value == "completed"
            assert ended.summary is not None
            assert ended.summary.outputs == {"all": [[1, 2, 3]]}
            assert {value for _, value in done} <= {"2"}, (cut, done)


async def test_what_cannot_be_gone_on_from_is_refused(worker: Worker) -> None:
    saved = await store(worker, items_graph([1]))
    other = await store(worker, items_graph([1], name="other"))
    before = await start(worker, saved)
    with pytest.raises(NotFound):
        await start(worker, saved, from_run="00000000-0000-7000-8000-000000000000")
    with pytest.raises(BadInput, match="another graph"):
        await start(worker, other, from_run=before.view.id)
    with pytest.raises(BadInput, match="no such node"):
        await start(worker, saved, from_run=before.view.id, from_node="nowhere")
    with pytest.raises(BadInput, match="no input 'colour'"):
        await start(worker, saved, from_run=before.view.id, edits={"first": {"colour": 1}})
    with pytest.raises(BadInput, match="no such node"):
        await start(worker, saved, from_run=before.view.id, edits={"nowhere": {"value": 1}})
    sleeping = await store(worker, graph([node("s", b.SleepBlock, seconds=30)]))
    running = await worker.submit(LOCAL_USER_ID, sleeping.id, {})
    with pytest.raises(Conflict, match="still"):
        await start(worker, sleeping, from_run=running.run_id)
    await worker.cancel(LOCAL_USER_ID, running.run_id)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True),
    bad=st.sets(st.integers(0, 30), max_size=4),
    still_bad=st.sets(st.integers(0, 30), max_size=2),
)
async def test_after_a_retry_the_outputs_are_those_of_a_run_that_never_failed(
    worker: Worker, items: list[int], bad: set[int], still_bad: set[int]
) -> None:
    saved = await store(worker, items_graph(items))
    failing.clear()
    failing.update(bad)
    before = await start(worker, saved)
    failing.clear()
    failing.update(still_bad)
    done.clear()
    after = await start(worker, saved, from_run=before.view.id)
    well = {value for value in items if value not in bad}
    assert after.output == {"all": [[value for value in items if value in well or value not in still_bad]]}
    assert not {value for _, value in done} & {str(value) for value in well}
