"""A caller that waits gets what a block answers, as soon as it does."""

from __future__ import annotations

import time
from typing import Any

import httpx

from backend.blocks.basic.respond import RespondToCallerBlock
from tests.server.conftest import OUTPUT, TEXT_INPUT, WAIT, graph_json, link, node, stored


def answering_graph(seconds: int) -> dict[str, Any]:
    return graph_json(
        "answer",
        [
            node("in", TEXT_INPUT, name="name"),
            node("say", RespondToCallerBlock.id, status=201),
            node("wait", WAIT, seconds=seconds, input_message="done"),
            node("out", OUTPUT, name="said"),
        ],
        [
            link("in.result", "say.body"),
            link("say.is_first", "wait.input_message"),
            link("wait.output_message", "out.value"),
        ],
    )


async def test_wait_is_answered_by_the_block_and_the_run_goes_on(
    both_forms: dict[str, httpx.AsyncClient],
) -> None:
    for client in both_forms.values():
        graph_id = await stored(client, answering_graph(2))
        began = time.monotonic()
        body = {"inputs": {"name": "Zoë"}, "wait": 20}
        answer = await client.post(f"/api/graphs/{graph_id}/runs", json=body)
        assert time.monotonic() - began < 1.9
        assert answer.status_code == 200
        said = answer.json()
        assert said["status"] in ("running", "waiting")
        assert said["answer"] == {"status": 201, "headers": {}, "body": "Zoë"}
        run = (await client.get(f"/api/runs/{said['run_id']}")).json()
        assert run["answer"] == said["answer"]
        assert run["ended_at"] is None
        await client.post(f"/api/runs/{said['run_id']}/cancel")


async def test_without_an_answer_there_is_none(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(
        ada,
        graph_json(
            "echo",
            [node("in", TEXT_INPUT, name="name"), node("out", OUTPUT, name="echo")],
            [link("in.result", "out.value")],
        ),
    )
    body = {"inputs": {"name": "Ada"}, "wait": 20}
    answer = (await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).json()
    assert (answer["status"], answer["answer"]) == ("completed", None)
    assert (await ada.get(f"/api/runs/{answer['run_id']}")).json()["answer"] is None
