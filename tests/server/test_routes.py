"""Graphs, runs, reviews, the catalogue, health, status and OpenAPI over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from backend.app import App
from backend.server.http import create_api
from tests.server.conftest import OUTPUT, VALUE, echo_graph, link, node, review_graph, stored, waiting_graph


async def _until(client: httpx.AsyncClient, run_id: str, *statuses: str) -> dict[str, Any]:
    run: dict[str, Any] = {}
    for _ in range(200):
        run = (await client.get(f"/api/runs/{run_id}")).json()
        if run["status"] in statuses:
            return run
        await asyncio.sleep(0.05)
    raise AssertionError(run)


async def _run(client: httpx.AsyncClient, graph: dict[str, Any], **body: Any) -> dict[str, Any]:
    graph_id = await stored(client, graph)
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json=body)
    assert answer.status_code in (200, 202), answer.text
    return dict(answer.json())


async def test_health(nobody: httpx.AsyncClient) -> None:
    assert (await nobody.get("/api/health/live")).json()["status"] == "live"
    ready = await nobody.get("/api/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "problems": [], "warnings": []})


async def test_not_ready_when_the_database_was_migrated_by_another_version(
    app: App, nobody: httpx.AsyncClient
) -> None:
    async with app.database.raw() as connection:
        await connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    ready = await nobody.get("/api/health/ready")
    assert ready.status_code == 503
    assert "9999_later" in ready.json()["problems"][0]


async def test_catalogue_lists_every_block_with_its_pins(ada: httpx.AsyncClient, app: App) -> None:
    blocks = (await ada.get("/api/blocks")).json()["items"]
    assert len(blocks) == len(app.catalogue)
    one = (await ada.get(f"/api/blocks/{VALUE}")).json()
    assert one in blocks
    assert one["title"] == "Store Value"
    assert [pin["name"] for pin in one["inputs"]] == ["input", "data"]
    assert one["inputs"][0]["is_required"] is True
    assert "description" in one["inputs"][0]["schema"]
    assert (await ada.get("/api/blocks/absent")).status_code == 404


async def test_graph_with_problems_is_stored_and_says_them(ada: httpx.AsyncClient) -> None:
    graph = {**echo_graph(), "nodes": [node("in", "no such block"), node("out", OUTPUT, name="x")]}
    answer = await ada.post("/api/graphs", json=graph)
    assert answer.status_code == 201
    problems = answer.json()["problems"]
    assert problems[0]["node_id"] == "in"
    assert all(problem["cure"] for problem in problems[:1])
    graph_id = answer.json()["id"]
    assert (await ada.post(f"/api/graphs/{graph_id}/validate")).json() == {"problems": problems}
    refused = await ada.post(f"/api/graphs/{graph_id}/runs", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "graph_invalid")
    assert refused.json()["errors"] == problems


async def test_put_makes_a_version_only_when_something_changed(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    same = await ada.put(f"/api/graphs/{graph_id}", json=echo_graph())
    assert same.json() == {"id": graph_id, "version": 1, "problems": []}
    changed = {**echo_graph(), "name": "echo 2"}
    assert (await ada.put(f"/api/graphs/{graph_id}", json=changed)).json()["version"] == 2
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["name"] == "echo 2"
    first = (await ada.get(f"/api/graphs/{graph_id}?version=1")).json()
    assert (first["name"], first["version"]) == ("echo", 1)
    assert first["nodes"][0]["id"] == "in"
    assert (await ada.get(f"/api/graphs/{graph_id}?version=3")).status_code == 404
    assert (await ada.put("/api/graphs/absent", json=changed)).status_code == 404


async def test_new_version_is_what_runs_next(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    body = {"inputs": {"name": "Ada"}, "wait": True}
    await ada.post(f"/api/graphs/{graph_id}/runs", json=body)
    other = echo_graph()
    other["nodes"][1]["input_default"]["name"] = "second"
    await ada.put(f"/api/graphs/{graph_id}", json=other)
    run = (await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).json()
    assert run["outputs"] == {"second": ["Ada"]}


async def test_same_idempotency_key_stores_a_graph_once(ada: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "once"}
    ids = {(await ada.post("/api/graphs", json=echo_graph(), headers=headers)).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert len((await ada.get("/api/graphs")).json()["items"]) == 1


async def test_graphs_in_a_file_are_stored_and_still_found_by_the_node_that_runs_them(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, app: App
) -> None:
    runner = next(block.id for block in app.catalogue if block.name == "AgentExecutorBlock")
    child = {**echo_graph(), "id": "child"}
    parent = {
        "id": "parent",
        "name": "parent",
        "nodes": [node("call", runner, graph_id="child", inputs={"name": "Ada"})],
        "links": [],
        "sub_graphs": [child],
    }
    for person in (ada, bob):
        saved = (await person.post("/api/graphs", json=parent)).json()
        target = (await person.get(f"/api/graphs/{saved['id']}")).json()["nodes"][0]["input_default"][
            "graph_id"
        ]
        assert (await person.get(f"/api/graphs/{target}")).json()["name"] == "echo"


async def test_two_graphs_of_one_id_in_a_file_are_refused(ada: httpx.AsyncClient) -> None:
    child = {**echo_graph(), "id": "same"}
    answer = await ada.post("/api/graphs", json={**child, "sub_graphs": [child]})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "sub_graphs")
    nameless = {**echo_graph(), "name": "child"}
    answer = await ada.post("/api/graphs", json={**echo_graph(), "sub_graphs": [nameless, nameless]})
    assert (answer.status_code, answer.json()["version"]) == (201, 1)
    assert len((await ada.get("/api/graphs")).json()["items"]) == 3


async def test_lists_are_paged_by_cursor(ada: httpx.AsyncClient) -> None:
    ids = [await stored(ada, {**echo_graph(), "name": f"g{n}"}) for n in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await ada.get("/api/graphs", params=query)).json()
        seen += [graph["id"] for graph in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]


async def test_runs_are_filtered_by_graph_and_status(ada: httpx.AsyncClient) -> None:
    echo = await stored(ada, echo_graph())
    wait = await stored(ada, waiting_graph())
    await ada.post(f"/api/graphs/{echo}/runs", json={"inputs": {"name": "Ada"}, "wait": True})
    waiting = (await ada.post(f"/api/graphs/{wait}/runs", json={})).json()["run_id"]
    await _until(ada, waiting, "waiting")
    all_runs = (await ada.get("/api/runs")).json()["items"]
    assert [run["graph_id"] for run in all_runs] == [wait, echo]
    by_graph = (await ada.get("/api/runs", params={"graph_id": echo})).json()["items"]
    assert [run["status"] for run in by_graph] == ["completed"]
    by_status = (await ada.get("/api/runs", params={"status": "waiting"})).json()["items"]
    assert [run["run_id"] for run in by_status] == [waiting]


async def test_events_come_in_order_and_in_pages(ada: httpx.AsyncClient) -> None:
    run = await _run(ada, echo_graph(), inputs={"name": "Ada"}, wait=True)
    whole = (await ada.get(f"/api/runs/{run['run_id']}/events")).json()
    assert [event["seq"] for event in whole["items"]] == list(range(1, len(whole["items"]) + 1))
    assert whole["is_end"] is True
    parts: list[Any] = []
    after = 0
    while len(parts) < len(whole["items"]):
        page = (await ada.get(f"/api/runs/{run['run_id']}/events?after={after}&limit=2")).json()
        assert 0 < len(page["items"]) <= 2
        parts += page["items"]
        after = page["next_after"]
    assert parts == whole["items"]


async def test_failed_run_says_node_and_message(ada: httpx.AsyncClient) -> None:
    graph = waiting_graph()
    graph["nodes"][0]["input_default"]["seconds"] = "soon"
    run = await _run(ada, graph, wait=True)
    assert run["status"] == "failed"
    assert run["errors"][0]["node_id"] == "wait"
    row = (await ada.get("/api/runs")).json()["items"][0]
    assert row["error"] == run["errors"][0]["message"]


async def test_cancel_ends_the_run(ada: httpx.AsyncClient) -> None:
    run = await _run(ada, waiting_graph())
    answer = await ada.post(f"/api/runs/{run['run_id']}/cancel")
    assert answer.status_code == 202
    ended = await _until(ada, run["run_id"], "cancelled")
    assert ended["ended_at"] is not None
    again = await ada.post(f"/api/runs/{run['run_id']}/cancel")
    assert again.json()["status"] == "cancelled"


async def test_review_answered_over_http_completes_the_run(ada: httpx.AsyncClient) -> None:
    run = await _run(ada, review_graph(), wait=20)
    review = (await ada.get("/api/reviews")).json()["items"][0]
    assert (review["run_id"], review["name"], review["data"]) == (run["run_id"], "Post this?", {"text": "hi"})
    answer = await ada.post(
        f"/api/reviews/{review['id']}", json={"approved": True, "data": {"text": "hello"}}
    )
    assert answer.status_code == 204
    ended = await _until(ada, run["run_id"], "completed", "failed")
    assert ended["outputs"] == {"approved": [{"text": "hello"}]}
    assert (await ada.get("/api/reviews")).json()["items"] == []
    again = await ada.post(f"/api/reviews/{review['id']}", json={"approved": False})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_status_says_what_is_running(ada: httpx.AsyncClient, app: App) -> None:
    await _run(ada, echo_graph(), inputs={"name": "Ada"}, wait=True)
    status = (await ada.get("/api/status")).json()
    assert status["runs"] == {"completed": 1}
    assert (status["workers"], status["queue"], status["database"]) == (1, 0, "external")
    assert status["blocks"] == len(app.catalogue)
    [last] = status["last_runs"]
    assert status["graph_names"] == {last["graph_id"]: "echo"}


async def test_openapi_describes_every_route_and_every_refusal(ada: httpx.AsyncClient) -> None:
    document = (await ada.get("/api/openapi.json")).json()
    assert document == create_api().openapi()
    start = document["paths"]["/api/graphs/{graph_id}/runs"]["post"]
    assert start["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/RunRequest")
    assert {"200", "202", "4XX", "503"} == set(start["responses"])
    assert any(parameter["name"] == "Idempotency-Key" for parameter in start["parameters"])
    known = set(document["components"]["schemas"])
    assert {"Graph", "Node", "Link", "RunRequest", "RunResult", "ProblemDetails"} <= known
    assert _references(document) <= known | set(document["components"]["responses"])


def _references(part: Any) -> set[str]:
    """The names of all schemas that something points at."""
    if isinstance(part, list):
        return set().union(*map(_references, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    own = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
    return own.union(*map(_references, part.values()))


async def test_link_between_pins_that_do_not_exist_names_both(ada: httpx.AsyncClient) -> None:
    graph = {**echo_graph(), "links": [link("in.nothing", "out.nowhere")]}
    problems = (await ada.post("/api/graphs", json=graph)).json()["problems"]
    assert {(problem["node_id"], problem["pin"]) for problem in problems} >= {
        ("in", "nothing"),
        ("out", "nowhere"),
    }
