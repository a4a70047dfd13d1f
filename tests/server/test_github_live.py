"""GitHub end to end: a graph goes live, its webhook is made there, and what happens there starts runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from backend.app import App
from backend.blocks.github.repository_triggers import GithubPushTriggerBlock
from backend.blocks.github.triggers import GithubIssuesTriggerBlock
from backend.data.credentials import APIKeyCredentials
from backend.data.tables import run
from backend.util.clock import new_id
from tests.server.conftest import OUTPUT, Person, client_of, graph_json, link, make_person, node
from tests.server.hooks import kept, published
from tests.support.github_server import REPO, TOKEN, Github, github_server
from tests.support.http_server import reachable

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures/webhooks/github"
OPENED = json.loads(json.loads((FIXTURES / "issues.opened.json").read_text(encoding="utf-8"))["body"])
PUSHED = json.loads(json.loads((FIXTURES / "push.json").read_text(encoding="utf-8"))["body"])


@pytest.fixture
def github() -> Iterator[Github]:
    with github_server() as server, reachable(origin_map=server.origin_map):
        yield server


@pytest.fixture
async def eve(app: App, github: Github) -> AsyncIterator[Person]:
    """Somebody, with a keeper at its work."""
    async with kept(app):
        yield await make_person(app, "eve")


@pytest.fixture
async def eves(eve: Person, url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(url, eve.key) as client:
        yield client


async def credential_of(app: App, user_id: str) -> dict[str, str]:
    """A reference to a stored token of GitHub."""
    credential_id = new_id()
    given = APIKeyCredentials(id=credential_id, provider="github", api_key=SecretStr(TOKEN))
    async with app.database.begin() as connection:
        await app.credentials.add(connection, user_id, given)
    return {"id": credential_id, "provider": "github", "type": "api_key"}


def listening(block_id: str, pin: str, **constants: Any) -> dict[str, Any]:
    """A graph whose output is one pin of its trigger."""
    nodes = [node("github", block_id, repo=REPO, **constants), node("out", OUTPUT, name="came")]
    return graph_json(pin, nodes, [link(f"github.{pin}", "out.value")])


async def came(app: App, user_id: str, count: int) -> list[Any]:
    """What the runs gave, once there are so many."""
    query = sa.select(run.c.id, run.c.status).where(run.c.user_id == user_id).order_by(run.c.id)
    async with asyncio.timeout(10):
        while True:
            async with app.database.begin() as connection:
                found = (await connection.execute(query)).all()
            if len(found) == count and all(row.status == "completed" for row in found):
                summaries = [(await app.worker.view(user_id, row.id)).summary for row in found]
                return [
                    value for one in summaries if one is not None for value in (one.outputs or {})["came"]
                ]
            await asyncio.sleep(0.05)


async def deliver(github: Github, url: str, event: str, payload: Any, delivery: str = "") -> list[int]:
    return await asyncio.to_thread(github.deliver, event, payload, delivery=delivery, served_at=url)


async def test_an_issue_that_is_opened_starts_one_run(
    app: App, url: str, github: Github, eve: Person, eves: httpx.AsyncClient
) -> None:
    reference = await credential_of(app, eve.id)
    graph = listening(
        GithubIssuesTriggerBlock.id, "issue_title", credentials=reference, events={"opened": True}
    )
    graph_id, _ = await published(eves, graph)
    assert [said["events"] for _, said in github.hooks.values()] == [["issues"]]
    assert await deliver(github, url, "issues", OPENED, "one") == [202]
    assert await came(app, eve.id, 1) == ["Spelling error in the README file"]
    assert (await deliver(github, url, "issues", OPENED, "one"))[0] < 300
    assert (await deliver(github, url, "issues", {**OPENED, "action": "closed"}, "two"))[0] < 300
    assert (await deliver(github, url, "issues", OPENED, "three"))[0] < 300
    assert len(await came(app, eve.id, 2)) == 2
    assert (await eves.delete(f"/api/graphs/{graph_id}")).status_code < 300
    async with asyncio.timeout(10):
        while github.hooks:
            await asyncio.sleep(0.05)


async def test_graphs_that_listen_to_one_repository_share_one_webhook(
    app: App, url: str, github: Github, eve: Person, eves: httpx.AsyncClient
) -> None:
    reference = await credential_of(app, eve.id)
    await published(
        eves,
        listening(GithubIssuesTriggerBlock.id, "issue_title", credentials=reference, events={"opened": True}),
    )
    await published(eves, listening(GithubPushTriggerBlock.id, "branch", credentials=reference))
    async with asyncio.timeout(10):
        while [said["events"] for _, said in github.hooks.values()] != [["issues", "push"]]:
            await asyncio.sleep(0.05)
    assert await deliver(github, url, "push", PUSHED) == [202]
    assert await came(app, eve.id, 1) == ["main"]


async def test_what_others_sign_starts_nothing(
    app: App, url: str, github: Github, eve: Person, eves: httpx.AsyncClient
) -> None:
    reference = await credential_of(app, eve.id)
    await published(eves, listening(GithubPushTriggerBlock.id, "branch", credentials=reference))
    ((_, said),) = github.hooks.values()
    said["config"]["secret"] += "x"
    assert await deliver(github, url, "push", PUSHED) == [401]
    assert await came(app, eve.id, 0) == []
