"""A block that a service refuses: its failure carries the request and the answer, and none of its secrets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from backend.blocks import Catalogue
from backend.blocks.http._credentials import HttpCredentialsInput
from backend.data.block import AsyncBlockOutput, Block, BlockOutput
from backend.data.credentials import HostScopedCredentials
from backend.data.model import BlockSchema, CredentialsField, SchemaField
from backend.data.run import FINAL
from backend.util.errors import BlockError, ProviderError
from backend.util.request import AsyncRequests, Requests
from tests.server.conftest import REVIEW, graph_json, node, stored
from tests.support.engine import catalogue_with
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

CANARY = "c4n4ry-of-the-board"


class Asked(BlockSchema):
    url: str = SchemaField()


class AskedWithSecret(Asked):
    credentials: HttpCredentialsInput = CredentialsField(description="Of the board")


class Said(BlockSchema):
    out: Any = SchemaField()


class BoardBlock(Block):
    """Sends its secret everywhere, and lets the client refuse."""

    id = "test-exchange-board"
    Input, Output = AskedWithSecret, Said

    async def run(
        self, input_data: AskedWithSecret, *, credentials: HostScopedCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        secret = credentials.headers["X-Key"].get_secret_value()
        sent = {"note": f"it is {secret}", "card": 7}
        answer = await AsyncRequests({"X-Key": secret}).post(input_data.url, json=sent, params={"q": secret})
        yield "out", answer.status


class ThreadBlock(Block):
    """Asks in a thread and says itself what is wrong."""

    id = "test-exchange-thread"
    Input, Output = Asked, Said

    def run(self, input_data: Asked, **kwargs: Any) -> BlockOutput:
        answer = Requests(raise_for_status=False).get(input_data.url)
        if not answer.ok:
            raise ProviderError("The board is closed. Open it.", http_status=answer.status)
        yield "out", answer.status


class OwnFaultBlock(Block):
    """Asks, gets an answer, and fails for a reason of its own."""

    id = "test-exchange-own-fault"
    Input, Output = Asked, Said

    async def run(self, input_data: Asked, **kwargs: Any) -> AsyncBlockOutput:
        yield "out", (await AsyncRequests(raise_for_status=False).get(input_data.url)).status
        raise BlockError("It does not fit.")


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with([BoardBlock, ThreadBlock, OwnFaultBlock])


@pytest.fixture
def board() -> Iterator[LocalServer]:
    def refuse(seen: Seen) -> Answer:
        said = {"error": "archived", "you_sent": f"{seen.query} {seen.headers} {seen.body.decode()}"}
        return Answer.of_json(said, status=409, headers={"X-Echo": CANARY})

    with local_http_server({"/cards": refuse}) as server, reachable(server):
        yield server


async def _ran(client: httpx.AsyncClient, block: type[Block], policy: Any = None, **constants: Any) -> str:
    made = {**node("b", block.id, **constants), **({"policy": policy} if policy else {})}
    graph_id = await stored(client, graph_json("board", [made], []))
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})
    assert answer.json()["status"] == "failed", answer.text
    return str(answer.json()["run_id"])


async def _exchanges(client: httpx.AsyncClient, run_id: str) -> list[dict[str, Any] | None]:
    """Of the firing, of the run's error, and of the event."""
    firing = (await client.get(f"/api/runs/{run_id}/nodes/b/firings/0")).json()
    run = (await client.get(f"/api/runs/{run_id}")).json()
    events = (await client.get(f"/api/runs/{run_id}/events")).json()["items"]
    [failed] = [event["data"] for event in events if event["kind"] == "failed"]
    return [firing["error"]["exchange"], run["errors"][0]["exchange"], failed.get("exchange")]


async def test_refusal_carries_the_request_and_the_answer_without_the_secret(
    ada: httpx.AsyncClient, board: LocalServer
) -> None:
    body = {"kind": "host_scoped", "provider": "http", "host": "127.0.0.1", "headers": {"X-Key": CANARY}}
    made = (await ada.post("/api/credentials", json=body)).json()
    reference = {"id": made["id"], "provider": "http", "type": "host_scoped"}
    run_id = await _ran(ada, BoardBlock, url=f"{board.base_url}/cards", credentials=reference)
    [seen] = board.seen
    assert (seen.query["q"], seen.headers["x-key"]) == ([CANARY], CANARY)
    assert CANARY in seen.body.decode()
    firing, error, event = await _exchanges(ada, run_id)
    assert firing is not None
    assert firing == error == event
    assert (firing["method"], firing["status"]) == ("POST", 409)
    assert firing["url"] == f"{board.base_url}/cards?q=***"
    assert json.loads(firing["request_body"]) == {"note": "it is ***", "card": 7}
    assert firing["request_headers"]["x-key"] == "***"
    assert json.loads(firing["response_body"])["error"] == "archived"
    assert firing["response_headers"]["x-echo"] == "***"
    assert firing["duration_ms"] > 0
    for part in ("", "/events", "/nodes", "/nodes/b/firings", "/nodes/b/firings/0"):
        assert CANARY not in (await ada.get(f"/api/runs/{run_id}{part}")).text


async def test_refusal_that_a_thread_s_block_words_itself_carries_them_too(
    ada: httpx.AsyncClient, board: LocalServer
) -> None:
    run_id = await _ran(ada, ThreadBlock, url=f"{board.base_url}/cards")
    for told in await _exchanges(ada, run_id):
        assert told is not None
        assert (told["method"], told["status"]) == ("GET", 409)


async def test_failure_that_is_no_refusal_carries_none(ada: httpx.AsyncClient, board: LocalServer) -> None:
    run_id = await _ran(ada, OwnFaultBlock, url=f"{board.base_url}/cards")
    assert await _exchanges(ada, run_id) == [None, None, None]


async def test_each_attempt_tells_its_own_exchange(ada: httpx.AsyncClient, board: LocalServer) -> None:
    board.routes["/cards"] = [Answer(409), Answer(410)]
    policy = {"retry": {"times": 1, "backoff_s": 0}}
    run_id = await _ran(ada, ThreadBlock, policy, url=f"{board.base_url}/cards")
    events = (await ada.get(f"/api/runs/{run_id}/events")).json()["items"]
    told = [event["data"]["exchange"]["status"] for event in events if event["kind"] in ("retried", "failed")]
    assert told == [409, 410]


async def test_run_that_goes_on_from_its_journal_keeps_the_exchange(
    ada: httpx.AsyncClient, board: LocalServer
) -> None:
    failing = node("b", ThreadBlock.id, url=f"{board.base_url}/cards") | {"policy": {"on_error": "continue"}}
    graph_id = await stored(
        ada, graph_json("asks", [failing, node("ask", REVIEW, name="Go on?", data={"text": "Hi"})], [])
    )
    started = (await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})).json()
    assert started["status"] == "waiting", started
    [review] = (await ada.get("/api/reviews")).json()["items"]
    assert (await ada.post(f"/api/reviews/{review['id']}", json={"approved": True})).status_code == 204
    async with asyncio.timeout(10):
        while (run := (await ada.get(f"/api/runs/{started['run_id']}")).json())["status"] not in FINAL:
            await asyncio.sleep(0.02)
    assert run["status"] == "completed_with_errors"
    assert run["errors"][0]["exchange"]["status"] == 409
