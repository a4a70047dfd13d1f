"""The prefix property: a run that is interrupted after any event ends as if nothing had happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data import review_store
from backend.data.block import Decision
from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.graph import Graph, Node
from backend.data.run import EventKind, RunLimits, RunOptions
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.records import Record
from backend.executor.worker import Worker
from backend.util.errors import Conflict
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node, retries
from tests.support.rewind import essence, records_of, rewind

LONGEST_S = 10.0
TIGHT = RunOptions(limits=RunLimits(max_waiting_values=4))


@pytest.fixture
def blocks() -> Catalogue:
    b.effects.clear()
    b.keys.clear()
    return catalogue_with(b.BLOCKS)


@asynccontextmanager
async def a_person_approves(worker: Worker, database: Database) -> AsyncIterator[None]:
    """Answers everything that is asked, soon."""

    async def answer_all() -> None:
        while True:
            async with database.begin() as connection:
                asked = await review_store.list_open_reviews(connection, LOCAL_USER_ID)
            for review in asked:
                with suppress(Conflict):
                    await worker.decide(LOCAL_USER_ID, review["id"], Decision(True, None, "fine"))
            await asyncio.sleep(0.02)

    answering = asyncio.create_task(answer_all())
    try:
        yield
    finally:
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering


async def until_over(connection: Connection, run_id: str) -> str:
    """The final state; what it is after LONGEST_S if it never comes."""
    status = ""
    for _ in range(int(LONGEST_S / 0.004)):
        status = await connection.fetchval("SELECT status::text FROM run WHERE id = $1", run_id)
        if status in ("completed", "completed_with_errors", "failed", "cancelled"):
            break
        await asyncio.sleep(0.004)
    return status


def output(name: str) -> Node:
    return node(f"out {name}", AgentOutputBlock, name=name)


def hello() -> Graph:
    return graph(
        [
            node("in", AgentInputBlock, name="x", value="you"),
            node("say", b.PureBlock, mark="hello"),
            output("y"),
        ],
        ["in.result -> say.value", "say.out -> out y.value"],
    )


def list_of_five() -> Graph:
    chain = [node(f"m{k}", b.PureBlock, mark=f"m{k}") for k in range(3)]
    return graph(
        [node("g", b.ItemsBlock, items=[1, 2, 3, 4, 5]), *chain, node("c", b.GatherBlock), output("y")],
        [
            "g.item -> m0.value",
            "m0.out -> m1.value",
            "m1.out -> m2.value",
            "m2.out -> c.items",
            "c.list -> out y.value",
        ],
    )


def joined_branches() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2, 3]),
            node("a", b.PureBlock, mark="a"),
            node("e", b.EffectBlock),
            node("j", b.JoinBlock),
            node("c", b.GatherBlock),
            output("y"),
        ],
        [
            "g.item -> a.value",
            "g.item -> e.value",
            "a.out -> j.x",
            "e.out -> j.y",
            "j.out -> c.items",
            "c.list -> out y.value",
        ],
    )


def accumulator() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2, 3]),
            node("e", b.EffectBlock),
            node("a", b.AddEntryBlock),
            output("y"),
        ],
        ["g.item -> e.value", "e.out -> a.entry", "a.list -> a.list", "a.list -> out y.value"],
    )


def failures() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2, 3]),
            node("f", b.FailOnBlock, policy=CONTINUE, bad=2),
            node("h", b.FailOnBlock, bad=3, yields_error=True),
            node("e", b.EffectBlock),
            node("c", b.GatherBlock),
            node("j", b.JoinBlock),
            output("y"),
        ],
        [
            "g.item -> f.value",
            "f.out -> c.items",
            "g.item -> h.value",
            "h.error -> e.value",
            "e.out -> j.x",
            "f.out -> j.y",
            "c.list -> out y.value",
        ],
    )


def run_that_fails() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2]),
            node("e", b.EffectBlock, policy=retries(0, parallel=1)),
            node("f", b.FailOnBlock, bad=2),
        ],
        ["g.item -> e.value", "e.out -> f.value"],
    )


def retried() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2]),
            node("r", b.FlakyBlock, policy=retries(2), good=3),
            node("w", b.FlakyBlock, policy=retries(1, on_error="continue"), good=3),
            node("c", b.GatherBlock),
            output("y"),
        ],
        ["g.item -> r.value", "g.item -> w.value", "r.out -> c.items", "c.list -> out y.value"],
    )


def steps_that_cost() -> Graph:
    return graph(
        [node("g", b.ItemsBlock, items=[1, 2]), node("s", b.StepsBlock, usd_micros=70), output("y")],
        ["g.item -> s.value", "s.out -> out y.value"],
    )


def thread_and_process() -> Graph:
    return graph(
        [
            node("t", b.ThreadBlock, value=3),
            node("p", b.ProcessBlock, value=4),
            node("j", b.JoinBlock),
            output("y"),
        ],
        ["t.out -> j.x", "p.out -> j.y", "j.out -> out y.value"],
    )


def waits_for_time() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2]),
            node("s", b.SleepBlock),
            node("c", b.GatherBlock),
            output("y"),
        ],
        ["g.item -> s.value", "s.out -> c.items", "c.list -> out y.value"],
    )


def waits_for_a_person() -> Graph:
    return graph([node("a", b.AskBlock, value=7), output("y")], ["a.out -> out y.value"])


def tools() -> Graph:
    return graph(
        [
            node("m", b.CallerBlock, tool="t", calls=[1, 2]),
            node("t", b.PureBlock, mark="t"),
            node("n", b.CallerBlock, tool="e", calls=[3]),
            node("e", b.EffectBlock),
            output("y"),
            output("z"),
        ],
        [
            "m.tools -> t.value",
            "m.out -> out y.value",
            "n.tools -> e.value",
            "n.out -> out z.value",
            "t.out -> out z.value",
        ],
    )


def paused(block: type[Any]) -> Graph:
    return graph(
        [
            node("g", block, count=12),
            node("e", b.EffectBlock, policy=retries(0, parallel=1)),
            node("c", b.GatherBlock),
            output("y"),
        ],
        ["g.item -> e.value", "e.out -> c.items", "c.list -> out y.value"],
    )


def merged() -> Graph:
    return graph(
        [
            node("g", b.ItemsBlock, items=[1, 2, 3]),
            node("f", b.FailOnBlock, bad=2),
            node("e", b.EffectBlock),
            node("m", b.PureBlock, mark="m"),
            node("c", b.GatherBlock),
            output("y"),
        ],
        [
            "g.item -> f.value",
            "f.error -> m.value",
            "f.out -> e.value",
            "e.out -> m.value",
            "m.out -> c.items",
            "c.list -> out y.value",
        ],
    )


GRAPHS: dict[str, Callable[[], Graph]] = {
    made.__name__: made
    for made in (
        hello,
        list_of_five,
        joined_branches,
        accumulator,
        failures,
        run_that_fails,
        retried,
        steps_that_cost,
        thread_and_process,
        waits_for_time,
        waits_for_a_person,
        tools,
        merged,
    )
}
GRAPHS["paused"] = lambda: paused(b.GrowBlock)
GRAPHS["paused pure"] = lambda: paused(b.PureGrowBlock)


def check_equal(first: EngineRun, again: EngineRun, cut: int) -> None:
    """The same journal and the same end."""
    before, after = essence(first.events), essence(again.events)
    for key in before.keys() | after.keys():
        assert after.get(key) == before.get(key), f"cut after {cut}: {key}"
    assert again.status == first.status, cut
    assert again.view.summary is not None
    assert first.view.summary is not None
    assert sorted(again.errors, key=repr) == sorted(first.errors, key=repr), cut
    assert again.view.summary.model_dump(exclude={"errors"}) == first.view.summary.model_dump(
        exclude={"errors"}
    )


def check_effects(first: EngineRun, prefix: list[Record]) -> None:
    """What was recorded was not done again; what was not was done once."""
    ids = [node.id for node in first.graph.nodes]
    recorded = {f"{ids[r[2]]}/{r[3]}/{r[4]['key']}" for r in prefix if r[0] == "k" and r[1] == EventKind.STEP}
    ended = {f"{ids[r[1]]}/{r[2]}" for r in prefix if r[0] == "f"}
    assert not b.effects.keys() & (recorded | ended)
    assert all(count == 1 for count in b.effects.values()), b.effects
    assert all(len(seen) == 1 for seen in b.keys.values()), b.keys


@pytest.mark.parametrize("name", GRAPHS)
async def test_run_cut_after_any_event_ends_the_same(
    name: str, worker: Worker, blocks: Catalogue, database: Database
) -> None:
    options = TIGHT if name.startswith("paused") else None
    async with a_person_approves(worker, database), database.raw() as raw:
        first = await execute(worker, GRAPHS[name](), options=options)
        records = await records_of(raw, first.view.id)
        assert len(records) > 5
        for cut in range(1, len(records)):
            b.effects.clear()
            await rewind(raw, first.view.id, records[:cut])
            await until_over(raw, first.view.id)
            again = await look(worker, first.graph, first.view.id, timeout_s=0)
            check_equal(first, again, cut)
            check_effects(first, records[:cut])
            charged = sum(event.data["usd_micros"] for event in again.of(EventKind.CHARGED))
            assert again.view.cost_usd_micros == charged
