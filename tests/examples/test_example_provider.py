"""The Example provider from end to end: server and API are processes, and everything between them is HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import graph_json, node
from tests.support.command_line import EXAMPLES
from tests.support.deployment import deployed
from tests.support.example_api import API_KEY, ExampleApi, example_api

EXAMPLE_BLOCK = "c6fed5c4-1978-46b7-a835-02425735fd39"
OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"
KEY_FORM = {"fields": {"api_key": API_KEY}}


@dataclass(frozen=True, slots=True)
class World:
    """A server that finds the Example API where the real one would be, and somebody with an API key."""

    api: ExampleApi
    client: httpx.AsyncClient
    log: Path

    async def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = await self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def runs_of(self, graph_id: str) -> list[dict[str, Any]]:
        listed = await self.client.get("/api/runs", params={"graph_id": graph_id})
        return list(listed.json()["items"])

    async def run_at_its_end(self, run_id: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                told: dict[str, Any] = (await self.client.get(f"/api/runs/{run_id}")).json()
                if told["status"] not in ("queued", "running"):
                    return told
                await asyncio.sleep(0.05)

    async def send_event(self, webhook_type: str = "example_event", **data: Any) -> dict[str, Any]:
        """Let the API send an event; what came of its one delivery."""
        body = {"webhook_type": webhook_type, "data": data}
        sent = await asyncio.to_thread(self.api.post, "/v1/events", body)
        (delivery,) = sent["deliveries"]
        return {**delivery, "event_id": sent["id"]}


@asynccontextmanager
async def _world(dsn: str, folder: Path) -> AsyncIterator[World]:
    with example_api() as api:
        mapped = json.dumps({"https://api.example.com": api.origin})
        environment = {"ENVIRONMENT": "test", "HTTP_ORIGIN_MAP": mapped}
        async with deployed(dsn, folder, **environment) as deployment:
            server = await deployment.start("serve").ready()
            async with deployment.client(server) as client:
                yield World(api, client, server.log)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with _world(database_url, tmp_path) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Published:
    """A live graph of examples/webhook.json, to whose address the API sends events."""

    graph_id: str
    url: str
    secret: str


async def _publish(world: World) -> Published:
    graph = json.loads((EXAMPLES / "webhook.json").read_text())
    graph_id = (await world.post("/api/graphs", graph, status=201))["id"]
    (trigger,) = (await world.post(f"/api/graphs/{graph_id}/publish"))["triggers"]
    assert (trigger["is_live"], trigger["state"], trigger["problem"]) == (True, "active", "")
    assert "POST /v1/webhooks" in trigger["setup"]
    target = {"target": trigger["url"], "secret": trigger["secret"]}
    await asyncio.to_thread(world.api.post, "/v1/webhooks", target)
    return Published(graph_id, trigger["url"], trigger["secret"])


async def test_connection_is_made_and_its_block_greets(world: World) -> None:
    saved = await world.client.put("/api/connections/example-provider", json=KEY_FORM)
    assert saved.status_code == 200, saved.text
    assert saved.json()["account"]["organization"] == "Example Ltd"
    refused = await world.client.put(
        "/api/connections/example-provider", json={"fields": {"api_key": "other"}}
    )
    assert (refused.status_code, "This API key is not known" in refused.text) == (422, True)
    reference = {"id": saved.json()["credential_id"], "provider": "example-provider", "type": "api_key"}
    constants = {"name": "Ada", "greetings": ["Hello", "Hi"], "credentials": reference}
    graph = graph_json(
        "greet",
        [node("greet", EXAMPLE_BLOCK, **constants), node("out", OUTPUT, name="said")],
        [
            {
                "id": "l",
                "source_id": "greet",
                "source_name": "all_responses",
                "sink_id": "out",
                "sink_name": "value",
            }
        ],
    )
    graph_id = (await world.post("/api/graphs", graph, status=201))["id"]
    run = await world.post(f"/api/graphs/{graph_id}/runs", {"wait": 30})
    messages = [{"message": f"{word}, Ada! (from Example)"} for word in ("Hello", "Hi")]
    assert (run["status"], run["outputs"]) == ("completed", {"said": [messages]})
    made = world.api.client.get("/v1/resources").json()["items"]
    assert [one["name"] for one in made] == ["Hello, Ada!", "Hi, Ada!"]
    assert API_KEY not in world.log.read_text()


async def test_signed_event_of_the_api_runs_the_graph_and_the_output_holds_it(world: World) -> None:
    live = await _publish(world)
    delivery = await world.send_event(greeting="Hello, Ada!")
    assert (delivery["status"], delivery["attempts"]) == (202, 1)
    (run_id,) = json.loads(delivery["answer"])["run_ids"]
    run = await world.run_at_its_end(run_id)
    event = {
        "id": delivery["event_id"],
        "webhook_type": "example_event",
        "data": {"greeting": "Hello, Ada!"},
    }
    assert (run["status"], run["outputs"]) == ("completed", {"event": [event]})
    assert live.secret not in world.log.read_text()


async def test_forged_event_is_401_and_starts_nothing(world: World) -> None:
    live = await _publish(world)
    webhook_id = world.api.client.get("/v1/webhooks").json()["items"][0]["id"]
    world.api.client.delete(f"/v1/webhooks/{webhook_id}")
    forged = {"target": live.url, "secret": "not the secret"}
    await asyncio.to_thread(world.api.post, "/v1/webhooks", forged)
    delivery = await world.send_event(greeting="Give me everything")
    assert (delivery["status"], delivery["attempts"]) == (401, 3)
    assert "same secret at the sender" in delivery["answer"]
    unsigned = await world.client.post(
        live.url, json={"webhook_type": "example_event"}, headers={"authorization": ""}
    )
    assert unsigned.status_code == 401
    assert await world.runs_of(live.graph_id) == []


async def test_event_that_comes_twice_starts_one_run(world: World) -> None:
    live = await _publish(world)
    # A second registration of the same address: the API sends each event twice.
    await asyncio.to_thread(world.api.post, "/v1/webhooks", {"target": live.url, "secret": live.secret})
    sent = await asyncio.to_thread(world.api.post, "/v1/events", {"data": {"n": 1}})
    first, second = (json.loads(one["answer"]) for one in sent["deliveries"])
    assert [one["status"] for one in sent["deliveries"]] == [202, 200]
    assert second["is_repeat"] is True
    assert second["run_ids"] in ([], first["run_ids"])
    assert len(await world.runs_of(live.graph_id)) == 1


async def test_event_that_nobody_listens_for_is_taken_and_starts_nothing(world: World) -> None:
    live = await _publish(world)
    delivery = await world.send_event("another_example_event")
    assert (delivery["status"], json.loads(delivery["answer"])["run_ids"]) == (200, [])
    assert await world.runs_of(live.graph_id) == []
