"""A block answers whoever waits for the run, and blocks keep values beyond their runs."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from backend.blocks.basic.kept import (
    ForgetInformationBlock,
    PersistInformationBlock,
    RetrieveInformationBlock,
)
from backend.blocks.basic.respond import RespondToCallerBlock
from backend.blocks.lists.add import AddToListBlock
from backend.blocks.time.countdown import CountdownTimerBlock
from backend.data import kept_value_store
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.graph_store import delete_graph
from backend.data.run import CallerAnswer, RunStatus
from backend.data.user_store import LOCAL_USER_ID, create_user
from backend.executor.journal import Journal
from backend.executor.worker import Worker
from backend.util.errors import Conflict, TooLarge
from backend.util.settings import Settings
from tests.support.durable import IN, OUT, Nodes, make, nested
from tests.support.workers import at_work, ended, submit, until, value


def answers(seconds: float) -> Graph:
    """Answers with x, then waits, then answers again; y: whether that was the first."""
    nodes: Nodes = {
        **IN,
        "say": (RespondToCallerBlock, {"status": 202, "headers": {"X-Kind": "early"}}),
        "wait": (CountdownTimerBlock, {"seconds": str(seconds)}),
        "again": (RespondToCallerBlock, {}),
        **OUT,
    }
    links = ["in.result say.body", "say.is_first wait.input_message", "wait.output_message again.body"]
    return make("answers", nodes, [*links, "again.is_first out.value"])


async def test_a_caller_is_answered_while_the_run_goes_on_and_the_first_answer_counts(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        began = time.monotonic()
        run_id = await submit(worker, answers(1.5), "größe")
        view = await worker.wait(LOCAL_USER_ID, run_id, 10, is_for_answer=True)
        assert time.monotonic() - began < 1.4
        assert not view.status.is_final
        assert view.answer == CallerAnswer(status=202, headers={"X-Kind": "early"}, body="größe")
        view = await ended(worker, run_id)
        assert view.summary is not None
        assert view.summary.outputs == {"y": [False]}
        assert view.answer == CallerAnswer(status=202, headers={"X-Kind": "early"}, body="größe")


async def test_an_answer_reaches_a_caller_in_another_process(database: Database, settings: Settings) -> None:
    async with (
        at_work(database, settings, takes_queued=False) as here,
        at_work(database, settings) as there,
    ):
        run_id = await submit(there, answers(2), 7)
        there.foreign.add(run_id)
        began = time.monotonic()
        view = await here.wait(LOCAL_USER_ID, run_id, 10, is_for_answer=True)
        assert time.monotonic() - began < 1.9
        assert view.answer is not None
        assert view.answer.body == 7
        await ended(there, run_id)


async def test_after_a_hand_over_an_answered_run_stays_answered(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as first:
        run_id = await submit(first, answers(1), 1)
        await until(lambda: value(database, "SELECT answer FROM run WHERE id = $1", run_id), within_s=3)
    async with at_work(database, settings) as second:
        view = await ended(second, run_id)
    assert view.summary is not None
    assert view.summary.outputs == {"y": [False]}
    assert view.answer is not None
    assert view.answer.body == 1


async def test_a_graph_within_a_graph_answers_for_the_run_at_the_top(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        child = await worker.save_graph(LOCAL_USER_ID, answers(1))
        run_id = await submit(worker, nested(child), "from below")
        view = await worker.wait(LOCAL_USER_ID, run_id, 10, is_for_answer=True)
        assert view.status is not RunStatus.COMPLETED
        assert view.answer is not None
        assert view.answer.body == "from below"
        await ended(worker, run_id)
    assert await value(database, "SELECT count(*) FROM run WHERE answer IS NOT NULL") == 1


# -- kept values -------------------------------------------------------------------------------------------


def appends(name: str, scope: str) -> Graph:
    """Adds x to a list that is kept; y: the list."""
    nodes: Nodes = {
        **IN,
        "old": (RetrieveInformationBlock, {"key": "all", "scope": scope, "default_value": []}),
        "add": (AddToListBlock, {}),
        "keep": (PersistInformationBlock, {"key": "all", "scope": scope}),
        **OUT,
    }
    links = ["old.value add.list", "in.result add.entry", "add.updated_list keep.value"]
    return make(name, nodes, [*links, "keep.value out.value"])


async def kept_after(worker: Worker, graph: Graph, given: Any) -> Any:
    view = await ended(worker, await submit(worker, graph, given))
    assert view.summary is not None
    assert view.summary.outputs is not None
    [kept] = view.summary.outputs["y"]
    return kept


async def test_a_value_is_kept_for_later_runs_of_the_graph_or_of_all_graphs(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        one, other = appends("one", "within_agent"), appends("other", "within_agent")
        assert await kept_after(worker, one, {"é": 1}) == [{"é": 1}]
        assert await kept_after(worker, one, 0) == [{"é": 1}, 0]
        assert await kept_after(worker, other, 5) == [5]
        assert await kept_after(worker, one, 2) == [{"é": 1}, 0, 2]
        for graph, kept in (("three", ["three"]), ("four", ["three", "four"])):
            assert await kept_after(worker, appends(graph, "across_agents"), graph) == kept


async def test_what_one_user_keeps_no_other_sees(database: Database) -> None:
    async with database.begin() as connection:
        await create_user(
            connection, user_id="bob", email="bob@example.com", name="Bob", password_hash="x", role="editor"
        )
        await kept_value_store.keep_value(connection, LOCAL_USER_ID, "g", "k", "1")
        assert await kept_value_store.read_kept_value(connection, LOCAL_USER_ID, "g", "k") == "1"
        assert await kept_value_store.read_kept_value(connection, "bob", "g", "k") is None
        assert await kept_value_store.read_kept_value(connection, LOCAL_USER_ID, "", "k") is None


async def test_what_is_kept_is_limited(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_value_store, "MOST_VALUES", 2)
    monkeypatch.setattr(kept_value_store, "MOST_BYTES", 30)
    async with database.begin() as connection:

        async def keep(key: str, raw: str) -> None:
            await kept_value_store.keep_value(connection, LOCAL_USER_ID, "", key, raw)

        await keep("a", '"0123456789"')
        await keep("b", '"0123456789"')
        await keep("a", '"0123456789abc"')
        with pytest.raises(Conflict, match="2 values"):
            await keep("c", "1")
        with pytest.raises(Conflict):
            await keep("b", '"0123456789abcdefgh"')
        with pytest.raises(TooLarge, match="1 MiB"):
            await keep("a", '"' + "x" * 1_048_576 + '"')
        assert await kept_value_store.read_kept_value(connection, LOCAL_USER_ID, "", "b") == '"0123456789"'


async def test_an_answer_is_told_once_it_is_on_disk_and_not_before(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, told_before = Journal._commit, []

    async def late(journal: Journal, connection: Any, parts: list[Any], *, is_repeated: bool) -> set[str]:
        if any(part.log.row.answer is not None for part in parts):
            await asyncio.sleep(0.3)
            told_before.append(loop.callers.answer)
        return await commit(journal, connection, parts, is_repeated=is_repeated)

    monkeypatch.setattr(Journal, "_commit", late)
    graph = make(
        "late",
        {**IN, "say": (RespondToCallerBlock, {}), **OUT},
        ["in.result say.body", "say.is_first out.value"],
    )
    async with at_work(database, settings) as worker:
        saved = await worker.save_graph(LOCAL_USER_ID, graph)
        accepted = await worker.submit(LOCAL_USER_ID, saved.id, {"x": "stored"}, is_durable_first=False)
        assert accepted.loop is not None
        loop = accepted.loop
        await asyncio.wait_for(loop.callers.heard(), 5)
        assert told_before[0] is None
        assert loop.callers.answer is not None
        assert loop.callers.answer.body == "stored"
        assert (await ended(worker, accepted.run_id)).status is RunStatus.COMPLETED


async def test_an_answer_that_is_too_long_fails_and_another_may_follow(
    database: Database, settings: Settings
) -> None:
    nodes: Nodes = {
        **IN,
        "long": (RespondToCallerBlock, {"body": ["x" * 1_100_000]}),
        "short": (RespondToCallerBlock, {}),
        **OUT,
    }
    graph = make("long", nodes, ["long.error short.body", "short.is_first out.value"])
    async with at_work(database, settings) as worker:
        view = await ended(worker, await submit(worker, graph))
    assert view.summary is not None
    assert view.summary.outputs == {"y": [True]}
    assert view.answer is not None
    assert "1 MiB" in view.answer.body


async def test_what_is_kept_can_be_forgotten_and_goes_with_its_graph(
    database: Database, settings: Settings
) -> None:
    graph = appends("kept", "within_agent")
    forgets = make(
        "kept",
        {**IN, "forget": (ForgetInformationBlock, {"key": "all"}), **OUT},
        ["in.result forget.key", "forget.was_kept out.value"],
    )
    async with at_work(database, settings) as worker:
        assert await kept_after(worker, graph, 1) == [1]
        assert await kept_after(worker, forgets, "all") is True
        assert await kept_after(worker, forgets, "all") is False
        assert await kept_after(worker, graph, 2) == [2]
        assert await value(database, "SELECT count(*) FROM kept_value") == 1
        async with database.begin() as connection:
            await delete_graph(connection, LOCAL_USER_ID, graph.id)
        assert await value(database, "SELECT count(*) FROM kept_value") == 0
