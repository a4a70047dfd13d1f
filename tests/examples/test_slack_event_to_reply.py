"""A mention in Slack starts a published graph, and its reply is in the thread: from the signed event to the message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from backend.app import open_app
from backend.blocks.slack.send_message import SlackSendMessageBlock
from backend.blocks.slack.triggers import SlackEventTriggerBlock
from backend.server.serve import bound, listening, url_of
from backend.util.settings import Settings
from tests.server.conftest import client_of, graph_json, link, make_person, node, stored
from tests.support.http_server import reachable
from tests.support.slack_server import TOKEN, SlackServer, slack_server

SIGNING_SECRET = "the signing secret of the local app"


@dataclass(frozen=True, slots=True)
class Stage:
    """A local Slack, a person's client, and where Slack sends its events."""

    slack: SlackServer
    client: httpx.AsyncClient
    ingress: str

    async def mention(self, text: str, **how: Any) -> tuple[str, httpx.Response]:
        """Somebody mentions the app: the message's `ts`, and what the ingress answered."""
        ts = self.slack.workspace.say("C0GENERAL", text)
        event = {"type": "app_mention", "user": "U0ADA0000", "text": text, "ts": ts, "channel": "C0GENERAL"}
        return ts, await self.slack.deliver(self.ingress, how.pop("secret", SIGNING_SECRET), event, **how)

    async def runs(self) -> list[dict[str, Any]]:
        """Those of the graph, once all are over."""
        for _ in range(500):
            found: list[dict[str, Any]] = (await self.client.get("/api/runs")).json()["items"]
            if all(one["ended_at"] is not None for one in found):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("A run did not end.")

    def replies(self) -> list[tuple[str, str]]:
        """(thread, text) of what the app wrote."""
        said = self.slack.workspace.messages.get("C0GENERAL", [])
        return [(one["thread_ts"], one["text"]) for one in said if one["user"] == self.slack.workspace.bot]


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    """A graph that answers mentions, published; Slack knows its address, it knows Slack's signing secret."""
    with slack_server() as slack, reachable(origin_map=slack.origin_map), bound("127.0.0.1", 0) as listener:
        async with open_app(settings) as app, listening(app, listener):
            url, person = url_of(listener, "127.0.0.1"), await make_person(app, "ada")
            async with client_of(url, person.key) as client:
                path = await published(client, await connected(client))
                rotated = await client.post(f"{path}/rotate-secret", json={"secret": SIGNING_SECRET})
                assert rotated.status_code == 200, rotated.text
                yield Stage(slack, client, f"{url}{path}/ingress")


async def connected(client: httpx.AsyncClient) -> dict[str, Any]:
    """Store Slack's token; the reference that a graph has to it."""
    asked = {"kind": "api_key", "provider": "slack", "api_key": TOKEN}
    answer = await client.post("/api/credentials", json=asked)
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"], "provider": "slack", "type": "api_key"}


async def published(client: httpx.AsyncClient, credentials: dict[str, Any]) -> str:
    """Trigger -> reply in the thread; the path of the trigger's webhook."""
    nodes = [
        node("trigger", SlackEventTriggerBlock.id, events=["app_mention"]),
        node("reply", SlackSendMessageBlock.id, credentials=credentials),
    ]
    links = [
        link("trigger.channel_id", "reply.channel"),
        link("trigger.thread_ts", "reply.thread_ts"),
        link("trigger.text", "reply.text"),
    ]
    graph_id = await stored(client, graph_json("Answer mentions", nodes, links))
    answer = await client.post(f"/api/graphs/{graph_id}/publish", json={"version": 1})
    assert answer.status_code == 200, answer.text
    (trigger,) = answer.json()["triggers"]
    return f"/api/integrations/slack/webhooks/{trigger['webhook_id']}"


async def test_a_mention_is_answered_in_its_thread(stage: Stage) -> None:
    challenge = await stage.slack.verify_url(stage.ingress, SIGNING_SECRET, "a challenge")
    assert (challenge.status_code, challenge.json()) == (200, {"challenge": "a challenge"})
    ts, answer = await stage.mention("<@U0BOT0000> what is the hour?")
    assert answer.is_success, answer.text
    (run,) = await stage.runs()
    assert run["status"] == "completed"
    assert stage.replies() == [(ts, "<@U0BOT0000> what is the hour?")]
    (call,) = [request for name, _, request in stage.slack.seen if name == "chat.postMessage"]
    assert call.headers["authorization"] == f"Bearer {TOKEN}"


async def test_an_event_that_slack_sends_again_is_answered_once(stage: Stage) -> None:
    _, first = await stage.mention("<@U0BOT0000> hi", event_id="Ev0000001")
    _, again = await stage.mention("<@U0BOT0000> hi", event_id="Ev0000001", retry_num=1)
    assert first.is_success
    assert again.is_success
    assert len(await stage.runs()) == 1
    assert len(stage.replies()) == 1


async def test_who_does_not_know_the_signing_secret_starts_nothing(stage: Stage) -> None:
    _, forged = await stage.mention("<@U0BOT0000> hi", secret="another secret")
    _, stale = await stage.mention("<@U0BOT0000> hi", timestamp=1_600_000_000)
    assert (forged.status_code, stale.status_code) == (401, 401)
    assert await stage.runs() == []
    assert stage.replies() == []


async def test_an_event_that_the_trigger_does_not_want_starts_nothing(stage: Stage) -> None:
    answer = await stage.slack.deliver(
        stage.ingress, SIGNING_SECRET, {"type": "reaction_added", "user": "U0ADA0000", "reaction": "eyes"}
    )
    assert answer.is_success, answer.text
    assert await stage.runs() == []


async def test_a_token_that_was_revoked_fails_the_run_and_is_in_no_answer(stage: Stage) -> None:
    stage.slack.revoked[TOKEN] = "token_revoked"
    await stage.mention("<@U0BOT0000> hi")
    (run,) = await stage.runs()
    detail = await stage.client.get(f"/api/runs/{run['run_id']}")
    assert run["status"] == "failed"
    assert "Connect Slack again" in detail.text
    assert TOKEN not in detail.text
