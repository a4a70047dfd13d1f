"""Answers that are given within the loop: one commit with their run, and the same after every crash."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.basic.respond import RespondToCallerBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data.db import Database
from backend.data.graph import Graph, NodePolicy
from backend.data.run import RunLimits, RunOptions, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.journal_reader import read_segments
from backend.executor.worker import Worker
from tests.executor.test_resume import until_over
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node, retries
from tests.support.rewind import records_of, rewind

TIGHT = RunOptions(limits=RunLimits(max_waiting_values=1))
LONG = ["ü" * 100] * 1_000
"""More than is worked on within the loop."""


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with([])


def says(value: Any, headers: dict[str, str] | None = None, policy: NodePolicy | None = None) -> Graph:
    return graph(
        [
            node("in", AgentInputBlock, name="x", value=value),
            node("say", RespondToCallerBlock, policy=policy, headers=headers),
            node("out y", AgentOutputBlock, name="y"),
            node("out z", AgentOutputBlock, name="z"),
        ],
        ["in.result -> say.body", "say.is_first -> out y.value", "say.is_first -> out z.value"],
    )


def outputs(run: EngineRun) -> dict[str, list[Any]] | None:
    assert run.view.summary is not None
    return run.view.summary.outputs


async def test_an_answer_is_one_record_in_the_one_commit_of_its_run(
    worker: Worker, database: Database
) -> None:
    saved = await worker.save_graph(LOCAL_USER_ID, says({"a": 1}))
    before = worker.journal.commits
    accepted = await worker.submit(LOCAL_USER_ID, saved.id, {}, is_durable_first=False)
    assert accepted.loop is not None
    assert await accepted.loop.done is RunStatus.COMPLETED
    assert worker.journal.commits == before + 1
    assert accepted.loop.callers.answer is not None
    assert accepted.loop.callers.answer.body == {"a": 1}
    async with database.raw() as raw:
        [segment] = await read_segments(raw, accepted.run_id)
    assert [record[0] for record in segment.records if record[0] != "k"] == ["i", "i", "i", "i"]


async def test_one_that_goes_on_beside_the_loop_is_the_first_after_a_crash_too(
    worker: Worker, database: Database
) -> None:
    async with database.raw() as raw:
        first = await execute(worker, says("hello"), options=TIGHT)
        assert outputs(first) == {"y": [True], "z": [True]}
        records = await records_of(raw, first.view.id)
        said = [place for place, record in enumerate(records) if record[:2] == ["k", "step"]]
        assert len(said) == 1, "a value that waits twice takes the firing off the fast path"
        for cut in range(said[0] + 1, len(records)):
            await rewind(raw, first.view.id, records[:cut])
            await until_over(raw, first.view.id)
            again = await look(worker, first.graph, first.view.id, timeout_s=0)
            assert again.status == "completed", (cut, again.errors)
            assert outputs(again) == outputs(first), cut
            assert again.view.answer == first.view.answer


async def test_one_whose_commit_was_lost_is_given_by_the_repetition(
    worker: Worker, database: Database
) -> None:
    async with database.raw() as raw:
        first = await execute(worker, says("hello"))
        records = await records_of(raw, first.view.id)
        begins = next(place for place, record in enumerate(records) if record[:2] == ["s", 1])
        await rewind(raw, first.view.id, records[:begins])
        await raw.execute("UPDATE run SET answer = NULL WHERE id = $1", first.view.id)
        await until_over(raw, first.view.id)
        again = await look(worker, first.graph, first.view.id, timeout_s=0)
    assert outputs(again) == {"y": [True], "z": [True]}
    assert again.view.answer == first.view.answer
    assert again.view.answer is not None


async def test_a_long_one_is_given_from_a_thread(worker: Worker) -> None:
    run = await execute(worker, says(LONG))
    assert outputs(run) == {"y": [True], "z": [True]}
    assert run.view.answer is not None
    assert run.view.answer.body == LONG


async def test_one_that_cannot_be_sent_is_no_answer_however_often_it_is_tried(worker: Worker) -> None:
    once = await execute(worker, says("hello", {"a b": "c"}, CONTINUE))
    assert once.view.answer is None
    assert len(once.errors) == 1
    assert "'a b'" in repr(once.errors)
    tried = await execute(worker, says("hello", {"a b": "c"}, retries(2, on_error="continue")))
    assert tried.view.answer is None
    assert [event.kind for event in tried.events].count("retried") == 2
