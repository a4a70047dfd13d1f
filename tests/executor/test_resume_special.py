"""Interruptions of a special kind: within child runs, twice, of blocks that may not or cannot be repeated."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data.block import Block
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.run import EventKind
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from tests.executor import test_resume as whole
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node
from tests.support.rewind import essence, records_of, rewind


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    b.keys.clear()
    return catalogue_with(b.BLOCKS)


async def family(worker: Worker) -> tuple[Graph, Graph]:
    """A stored child that pays for its steps, and a parent that runs it."""
    child = await worker.save_graph(
        LOCAL_USER_ID,
        graph(
            [
                node("in", AgentInputBlock, name="x"),
                node("s", b.StepsBlock, usd_micros=50),
                node("out", AgentOutputBlock, name="y"),
            ],
            ["in.result -> s.value", "s.out -> out.value"],
            name="child",
        ),
    )
    parent = graph(
        [
            node("p", b.ParentBlock, graph_id=child.id, x=3),
            node("e", b.EffectBlock),
            node("out", AgentOutputBlock, name="z"),
        ],
        ["p.out -> e.value", "e.out -> out.value"],
        name="parent",
    )
    return child, parent


async def child_of(raw: Any, run_id: str) -> str:
    return str(await raw.fetchval("SELECT id FROM run WHERE parent_run_id = $1", run_id))


def check_family(first: EngineRun, again: EngineRun, place: object) -> None:
    assert again.status == "completed", place
    assert again.view.summary == first.view.summary, place
    assert essence(again.events) == essence(first.events), place


@pytest.mark.parametrize("keeps_children", [True, False])
async def test_parent_cut_anywhere_finds_its_child_or_starts_it_again(
    keeps_children: bool, worker: Worker, blocks: Catalogue, database: Database
) -> None:
    child, parent = await family(worker)
    first = await execute(worker, parent)
    assert first.view.cost_usd_micros == 150
    async with database.raw() as raw:
        records = await records_of(raw, first.view.id)
        for cut in range(1, len(records)):
            has_result = any(r[0] == "k" and r[1] == EventKind.STEP for r in records[:cut])
            keeps = keeps_children or has_result
            b.effects.clear()
            await rewind(
                raw, first.view.id, records[:cut], base_cost=150 if keeps else 0, keeps_children=keeps
            )
            assert await whole.until_over(raw, first.view.id) == "completed"
            check_family(first, await look(worker, parent, first.view.id, timeout_s=0), cut)
            steps = [name for name in b.effects if "step" in name]
            assert len(steps) == (0 if keeps else 3), cut
            again = await worker.view(LOCAL_USER_ID, first.view.id)
            assert again.cost_usd_micros == 150, cut
    assert child.id != parent.id


async def test_child_cut_anywhere_goes_on_and_pays_no_step_twice(
    worker: Worker, blocks: Catalogue, database: Database
) -> None:
    child, parent = await family(worker)
    first = await execute(worker, parent)
    async with database.raw() as raw:
        child_id = await child_of(raw, first.view.id)
        first_child = await look(worker, child, child_id)
        records, below = await records_of(raw, first.view.id), await records_of(raw, child_id)
        started = next(n for n, r in enumerate(records, start=1) if r[0] == "s")
        for cut in range(1, len(below)):
            b.effects.clear()
            charged = sum(
                r[4]["usd_micros"] for r in below[:cut] if r[0] == "k" and r[1] == EventKind.CHARGED
            )
            await rewind(raw, child_id, below[:cut])
            await rewind(raw, first.view.id, records[:started], base_cost=charged)
            assert await whole.until_over(raw, first.view.id) == "completed"
            check_family(first, await look(worker, parent, first.view.id, timeout_s=0), cut)
            again = await look(worker, child, child_id, timeout_s=0)
            check_family(first_child, again, cut)
            paid = sum(event.data["usd_micros"] for event in again.of(EventKind.CHARGED))
            assert again.view.cost_usd_micros == paid
            assert (await worker.view(LOCAL_USER_ID, first.view.id)).cost_usd_micros == paid
            recorded = {r[4]["key"] for r in below[:cut] if r[0] == "k" and r[1] == EventKind.STEP}
            assert not {name.split("/")[-1] for name in b.effects} & recorded


@pytest.mark.parametrize(
    "name", ["retried", "waits_for_a_person", "tools", "accumulator", "failures", "paused"]
)
async def test_run_that_is_interrupted_again_and_again_ends_the_same(
    name: str, worker: Worker, blocks: Catalogue, database: Database
) -> None:
    random = Random(name)
    options = whole.TIGHT if name == "paused" else None
    async with whole.a_person_approves(worker, database), database.raw() as raw:
        first = await execute(worker, whole.GRAPHS[name](), options=options)
        cut = 3
        for _ in range(8):
            records = await records_of(raw, first.view.id)
            cut = min(cut + random.randint(0, 4), len(records) - 1)
            await rewind(raw, first.view.id, records[:cut])
            await whole.until_over(raw, first.view.id)
            whole.check_equal(first, await look(worker, first.graph, first.view.id, timeout_s=0), cut)


async def cut_after(database: Database, worker: Worker, run: EngineRun, kind: str) -> EngineRun:
    """The run, gone on with after the first event of this kind."""
    async with database.raw() as raw:
        records = await records_of(raw, run.view.id)
        cut = next(event.seq for event in run.events if event.kind == kind)
        assert cut is not None
        await rewind(raw, run.view.id, records[:cut])
        await whole.until_over(raw, run.view.id)
    return await look(worker, run.graph, run.view.id, timeout_s=0)


async def test_block_that_yields_something_else_when_repeated_fails_as_diverged(
    worker: Worker, blocks: Catalogue, database: Database
) -> None:
    run = await execute(
        worker, graph([node("r", b.RandomBlock), node("e", b.EffectBlock)], ["r.out -> e.value"])
    )
    assert run.status == "completed"
    again = await cut_after(database, worker, run, EventKind.YIELDED)
    assert again.status == "failed"
    ((place, code, message),) = again.errors
    assert (place, code) == ("r", "diverged")
    assert "context.step" in message


async def test_block_that_yields_less_when_repeated_fails_as_diverged(
    worker: Worker, blocks: Catalogue, database: Database
) -> None:
    run = await execute(worker, graph([node("m", OnceBlock), node("e", b.EffectBlock)], ["m.out -> e.value"]))
    again = await cut_after(database, worker, run, EventKind.YIELDED)
    assert [(place, code) for place, code, _ in again.errors] == [("m", "diverged")]
    assert len(again.of(EventKind.YIELDED, "m")) == 1


class OnceBlock(b.RandomBlock):
    """Yields at its first run only."""

    id = "test-once"
    runs = 0

    async def run(self, input_data: Any, **kwargs: Any) -> Any:
        OnceBlock.runs += 1
        if OnceBlock.runs == 1:
            yield "out", 1


@pytest.fixture(autouse=True)
def once(blocks: Catalogue) -> Block:
    OnceBlock.runs = 0
    return blocks.add(OnceBlock)


@pytest.mark.parametrize(("policy", "status"), [(None, "failed"), (CONTINUE, "completed_with_errors")])
async def test_at_most_once_fails_an_interrupted_firing_instead_of_repeating_it(
    policy: Any, status: str, worker: Worker, blocks: Catalogue, database: Database
) -> None:
    run = await execute(worker, graph([node("m", b.AtMostOnceBlock, policy=policy, value=1)]))
    assert run.status == "completed"
    b.effects.clear()
    again = await cut_after(database, worker, run, EventKind.STARTED)
    assert again.status == status
    assert [(place, code) for place, code, _ in again.errors] == [("m", "interrupted")]
    assert not b.effects


async def test_at_most_once_that_had_finished_is_not_touched(
    worker: Worker, blocks: Catalogue, database: Database
) -> None:
    run = await execute(
        worker, graph([node("m", b.AtMostOnceBlock, value=1), node("e", b.EffectBlock)], ["m.out -> e.value"])
    )
    b.effects.clear()
    again = await cut_after(database, worker, run, EventKind.FINISHED)
    assert again.status == "completed"
    assert "m/0" not in b.effects


async def test_journal_that_does_not_fit_its_graph_fails_the_run(
    worker: Worker, blocks: Catalogue, database: Database
) -> None:
    run = await execute(worker, whole.joined_branches())
    async with database.raw() as raw:
        records = [list(record) for record in await records_of(raw, run.view.id)]
        joined = next(r for r in records if r[0] == "s" and r[4].keys() == {"x", "y"})
        joined[4] = {"x": joined[4]["y"], "y": joined[4]["x"]}
        await rewind(raw, run.view.id, records[:-1])
        assert await whole.until_over(raw, run.view.id) == "failed"
    again = await look(worker, run.graph, run.view.id, timeout_s=0)
    assert [code for _, code, _ in again.errors] == ["diverged"]
