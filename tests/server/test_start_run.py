"""Starting runs over HTTP: the route answered by the gate and its twin in FastAPI say the same."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import Any

import httpx
import pytest

from backend.app import App
from tests.server.conftest import echo_graph, review_graph, stored, waiting_graph

Forms = dict[str, httpx.AsyncClient]
CHANGING = {"run_id", "duration_ms"}


def _without_changing(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in CHANGING}


BODIES: list[tuple[bytes, int]] = [
    (b'{"inputs": {"name": "Ada"}, "wait": true}', 200),
    (b'{"inputs": {"name": "Ada"}, "wait": 5}', 200),
    (b'{"inputs": {"name": "Ada"}}', 202),
    (b'{"inputs": {"name": "Ada"}, "wait": false}', 202),
    (b'{"inputs": {"name": "Ada"}, "wait": true, "version": 1}', 200),
    (b'{"inputs": {"name": "Ada"}, "wait": true, "until_node": "in"}', 200),
    (b'{"inputs": {"name": "Ada"}, "wait": true, "limits": {"max_firings": 1}}', 200),
    (b"", 400),
    (b"{}", 400),
    (b"[]", 400),
    (b"null", 400),
    (b'"text"', 400),
    (b"{", 400),
    (b'{"inputs": {"name": NaN}}', 400),
    (b'{"inputs": {"name": "a\\u0000b"}}', 400),
    (b'{"inputs": {"name": "\\ud800"}}', 400),
    (b'{"inputs": {"name": "\xff"}}', 400),
    (b'{"inputs": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    (b'{"inputs": {"nobody": 1}}', 400),
    (b'{"inputs": [], "wait": "x"}', 400),
    (b'{"inputs": {"name": "Ada"}, "wait": -1}', 400),
    (b'{"inputs": {"name": "Ada"}, "wait": 301}', 400),
    (b'{"inputs": {"name": "Ada"}, "speed": 3}', 400),
    (b'{"inputs": {"name": "Ada"}, "version": 99999999999999}', 400),
    (b'{"inputs": {"name": "Ada"}, "version": 7}', 404),
    (b'{"inputs": {"name": "Ada"}, "until_node": "nowhere"}', 422),
]


async def test_both_forms_of_the_route_answer_the_same(both_forms: Forms) -> None:
    graph_id = await stored(both_forms["direct"], echo_graph())
    for body, status in BODIES:
        answers = [
            await client.post(
                f"/api/graphs/{graph_id}/runs", content=body, headers={"content-type": "application/json"}
            )
            for client in both_forms.values()
        ]
        assert [answer.status_code for answer in answers] == [status, status], body
        assert _without_changing(answers[0]) == _without_changing(answers[1])
        assert sorted(set(answers[0].headers)) == sorted(set(answers[1].headers))


async def test_result_object_has_outputs_cost_and_what_was_left(both_forms: Forms) -> None:
    graph_id = await stored(both_forms["direct"], echo_graph())
    for client in both_forms.values():
        answer = await client.post(
            f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "Ada"}, "wait": True}
        )
        assert _without_changing(answer) == {
            "status": "completed",
            "outputs": {"echo": ["Ada"]},
            "answer": None,
            "cost": {"usd_micros": 0, "credits": 0.0},
            "leftovers": [],
            "never_fired": [],
            "errors": [],
        }
        details = (await client.get(f"/api/runs/{answer.json()['run_id']}")).json()
        assert details["status"] == "completed"
        assert details["outputs"] == {"echo": ["Ada"]}
        assert 0 <= details["duration_ms"] <= answer.json()["duration_ms"] + 1


async def test_answer_without_wait_names_a_run_that_is_stored(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, waiting_graph())
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={})
    assert answer.status_code == 202
    run = await ada.get(answer.headers["location"])
    assert run.status_code == 200
    assert run.json()["run_id"] == answer.json()["run_id"]


async def test_wait_that_is_too_short_answers_202(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, waiting_graph(2))
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 0.2})
    assert answer.status_code == 202
    assert answer.json()["status"] == "running"


async def test_wait_for_a_person_answers_202_waiting(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, review_graph())
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 20})
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")


@pytest.mark.parametrize("wait", [False, True])
async def test_same_idempotency_key_starts_one_run(both_forms: Forms, wait: bool) -> None:
    graph_id = await stored(both_forms["direct"], echo_graph())
    ids = {
        (
            await client.post(
                f"/api/graphs/{graph_id}/runs",
                json={"inputs": {"name": "Ada"}, "wait": wait},
                headers={"idempotency-key": "order 7"},
            )
        ).json()["run_id"]
        for client in both_forms.values()
        for _ in range(2)
    }
    assert len(ids) == 1


@pytest.mark.parametrize("wait", [False, True])
async def test_twenty_requests_at_once_with_one_key_start_one_run(ada: httpx.AsyncClient, wait: bool) -> None:
    graph_id = await stored(ada, echo_graph())

    async def ask() -> httpx.Response:
        body = {"inputs": {"name": "Ada"}, "wait": wait}
        return await ada.post(
            f"/api/graphs/{graph_id}/runs", json=body, headers={"idempotency-key": "at once"}
        )

    answers = await asyncio.gather(*(ask() for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert len((await ada.get("/api/runs")).json()["items"]) == 1


async def test_idempotency_key_that_cannot_be_used_is_refused(both_forms: Forms) -> None:
    graph_id = await stored(both_forms["direct"], echo_graph())
    for client, key in product(both_forms.values(), ["", "x" * 201, "tab\there"]):
        answer = await client.post(
            f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "A"}}, headers={"idempotency-key": key}
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "Idempotency-Key"


async def test_run_that_is_full_of_others_is_queued_and_still_answered(
    app: App, ada: httpx.AsyncClient
) -> None:
    app.settings.max_runs_per_worker = 1
    slow, quick = await stored(ada, waiting_graph(1)), await stored(ada, echo_graph())
    await ada.post(f"/api/graphs/{slow}/runs", json={})
    answer = await ada.post(f"/api/graphs/{quick}/runs", json={"inputs": {"name": "Ada"}, "wait": 20})
    assert answer.status_code == 200
    assert answer.json()["outputs"] == {"echo": ["Ada"]}
