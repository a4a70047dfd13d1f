"""The trigger in a published graph: each message that arrives starts one run, whoever asks the server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.email.triggers import EmailMessageTriggerBlock
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.triggers.polls import SIGNAL, Checked, Polls
from backend.executor.worker import Worker
from backend.integrations.credentials_store import StoredCredentials
from backend.util.clock import new_id
from backend.util.settings import Settings
from tests.blocks.email.driving import message
from tests.support import graphs
from tests.support.collector import thaw
from tests.support.engine import catalogue_with
from tests.support.mail_servers import PASSWORD, MailServers
from tests.support.polls import live
from tests.support.workers import ended, fetch, until


@pytest.fixture
async def graph(database: Database, credentials: StoredCredentials, mail: MailServers) -> Graph:
    """The subject of a message that arrives -> output `subject`, with a stored credential."""
    made = mail.credentials().model_copy(update={"id": new_id()})
    async with database.begin() as connection:
        await credentials.add(connection, LOCAL_USER_ID, made)
    reference = {"id": made.id, "provider": "email", "type": "user_password"}
    return graphs.graph(
        [
            graphs.node("mail", EmailMessageTriggerBlock, credentials=reference),
            graphs.node("out", AgentOutputBlock, name="subject"),
        ],
        ["mail.subject -> out.value"],
        name="mail",
    )


@pytest.fixture
async def idle(
    database: Database, settings: Settings, credentials: StoredCredentials
) -> AsyncIterator[Worker]:
    """A worker that takes nothing from the queue, so that runs stay as they are."""
    worker = Worker(database, settings, catalogue_with([]).find, credentials)
    async with worker.at_work(takes_queued=False):
        yield worker
    thaw()


async def check(worker: Worker, poll_id: str) -> Checked:
    """One look by a poller that was not there before."""
    return await Polls(worker).check(LOCAL_USER_ID, poll_id)


async def started(database: Database) -> list[str]:
    """The subjects of what started runs, in the order in which they were stored."""
    rows = await fetch(database, "SELECT inputs::text FROM run ORDER BY id")
    return [orjson.loads(row["inputs"])["payload"]["subject"] for row in rows]


async def test_each_message_that_arrives_starts_one_run_and_a_new_poller_starts_none_again(
    idle: Worker, database: Database, mail: MailServers, graph: Graph
) -> None:
    mail.receive(message("old"))
    poll_id = await live(idle, graph)
    assert (await check(idle, poll_id)).is_first
    mail.receive(message("first"))
    mail.receive(message("größe"))
    assert len((await check(idle, poll_id)).run_ids) == 2
    assert (await check(idle, poll_id)).run_ids == ()
    mail.receive(message("third"))
    assert len((await check(idle, poll_id)).run_ids) == 1
    assert await started(database) == ["first", "größe", "third"]


async def test_a_wrong_password_is_the_poll_s_problem_and_is_in_no_word_of_it(
    idle: Worker, database: Database, credentials: StoredCredentials, mail: MailServers, graph: Graph
) -> None:
    wrong = mail.credentials("wrong-password-99").model_copy(update={"id": new_id()})
    async with database.begin() as connection:
        await credentials.add(connection, LOCAL_USER_ID, wrong)
    graph.nodes[0].input_default["credentials"]["id"] = wrong.id
    poll_id = await live(idle, graph)
    problem = (await check(idle, poll_id)).problem
    assert "Connect E-mail again" in problem
    assert "wrong-password-99" not in problem


async def test_a_published_graph_runs_once_for_a_message_though_its_worker_is_started_anew(
    database: Database, settings: Settings, credentials: StoredCredentials, mail: MailServers, graph: Graph
) -> None:
    poll_id = ""
    for expected in (0, 1, 1):
        worker = Worker(database, settings, catalogue_with([]).find, credentials)
        polls = Polls(worker)
        worker.beside.append(polls.run)
        async with worker.at_work():
            if not poll_id:
                poll_id = await live(worker, graph)
                worker.send(SIGNAL, "")
                await until(
                    lambda: fetch(database, "SELECT 1 FROM poll WHERE cursor IS NOT NULL"), within_s=20
                )
                mail.receive(message("Größe"))
            else:
                await due_at_once(database)
                worker.send(SIGNAL, "")
                await until(lambda: fetch(database, "SELECT 1 FROM poll WHERE next_at > now()"), within_s=20)
            runs = await fetch(database, "SELECT id FROM run")
            assert len(runs) == expected
            for run in runs:
                assert outputs(await ended(worker, run["id"])) == {"subject": ["Größe"]}
        thaw()
    assert PASSWORD not in str(await fetch(database, "SELECT * FROM poll"))


async def due_at_once(database: Database) -> None:
    await fetch(database, "UPDATE poll SET next_at = now() - interval '1 second' RETURNING id")


def outputs(view: Any) -> Any:
    assert view.summary is not None
    return view.summary.outputs
