"""What the nodes of a run have done, over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from backend.app import App
from tests.server.conftest import (
    OUTPUT,
    VALUE,
    WAIT,
    graph_json,
    link,
    node,
    review_graph,
    stored,
    waiting_graph,
)
from tests.server.test_run_list import started

ITEMS = ["a", "b", "x" * 10_000, "d", "e"]


def each_graph(app: App) -> dict[str, Any]:
    """Five items, each kept by a node and returned."""
    lists = next(block.id for block in app.catalogue if block.name == "StepThroughItemsBlock")
    return graph_json(
        "each",
        [
            node("each", lists, items=ITEMS),
            node("keep", VALUE),
            node("out", OUTPUT, name="kept"),
            node("alone", WAIT, seconds="soon"),
        ],
        [link("each.item", "keep.input"), link("keep.output", "out.value")],
    )


async def _until(client: httpx.AsyncClient, run_id: str, status: str) -> None:
    for _ in range(200):
        if (await client.get(f"/api/runs/{run_id}")).json()["status"] == status:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(status)


async def each_run(client: httpx.AsyncClient, app: App) -> str:
    graph = each_graph(app)
    graph["nodes"][3]["policy"] = {"on_error": "continue"}
    graph["nodes"][1]["metadata"] = {"customized_name": "Keeper"}
    return await started(client, await stored(client, graph), wait=True)


async def test_progress_of_every_node_in_the_graphs_order(ada: httpx.AsyncClient, app: App) -> None:
    run_id = await each_run(ada, app)
    nodes = (await ada.get(f"/api/runs/{run_id}/nodes")).json()
    counts = [
        (one["node_id"], one["status"], one["started"], one["completed"], one["failed"])
        for one in nodes["items"]
    ]
    assert counts == [
        ("each", "completed", 1, 1, 0),
        ("keep", "completed", 5, 5, 0),
        ("out", "completed", 5, 5, 0),
        ("alone", "failed", 1, 0, 1),
    ]
    assert nodes["items"][1]["name"] == "Keeper"
    error = nodes["items"][3]["last_error"]
    assert (error["firing"], "seconds" in error["message"]) == (0, True)
    events = (await ada.get(f"/api/runs/{run_id}/events")).json()
    assert nodes["after"] == events["next_after"]


async def test_firings_are_paged_by_number_and_filtered_by_status(ada: httpx.AsyncClient, app: App) -> None:
    run_id = await each_run(ada, app)
    path = f"/api/runs/{run_id}/nodes/keep/firings"
    numbers: list[int] = []
    after: int | None = -1
    while after is not None:
        page = (await ada.get(path, params={"after": after, "limit": 2})).json()
        numbers += [one["firing"] for one in page["items"]]
        after = page["next_after"]
    assert numbers == [0, 1, 2, 3, 4]
    whole = (await ada.get(path)).json()
    assert [one["item"] for one in whole["items"]] == [
        [{"node_id": "each", "ordinal": 0, "index": k}] for k in range(5)
    ]
    assert {(one["status"], one["attempts"]) for one in whole["items"]} == {("completed", 1)}
    assert (await ada.get(path, params={"status": "failed"})).json()["items"] == []
    failed = (await ada.get(f"/api/runs/{run_id}/nodes/alone/firings", params={"status": "failed"})).json()
    assert ["seconds" in one["error"]["message"] for one in failed["items"]] == [True]


async def test_a_firing_shows_what_it_took_and_gave(ada: httpx.AsyncClient, app: App) -> None:
    run_id = await each_run(ada, app)
    one = (await ada.get(f"/api/runs/{run_id}/nodes/keep/firings/1")).json()
    taken = one["inputs"]["input"]
    assert (taken["is_list"], taken["count"]) == (False, 1)
    assert [(v["value"], v["node_id"], v["pin"], v["index"]) for v in taken["values"]] == [
        ("b", "each", "item", 1)
    ]
    assert [v["value"] for v in one["outputs"]["output"]["values"]] == ["b"]
    long = (await ada.get(f"/api/runs/{run_id}/nodes/keep/firings/2")).json()
    preview = long["outputs"]["output"]["values"][0]["value"]
    assert ITEMS[2].startswith(preview["$preview"])
    assert (await ada.get(preview["href"])).json() == ITEMS[2]
    for missing in ("keep/firings/5", "keep/firings/2147483647", "nobody/firings/0"):
        assert (await ada.get(f"/api/runs/{run_id}/nodes/{missing}")).status_code == 404
    assert (await ada.get(f"/api/runs/{run_id}/nodes/keep/firings/-1")).status_code == 400


async def test_values_of_a_pin_are_paged_by_the_number_of_their_event(
    ada: httpx.AsyncClient, app: App
) -> None:
    run_id = await each_run(ada, app)
    path = f"/api/runs/{run_id}/nodes/each/outputs/item"
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = (await ada.get(path, params={"after": after, "limit": 3})).json()
        found += page["items"]
        after = page["next_after"]
    assert [one["index"] for one in found] == [0, 1, 2, 3, 4]
    assert [one["value"] for one in found if one["index"] != 2] == ["a", "b", "d", "e"]
    of_one = (await ada.get(f"/api/runs/{run_id}/nodes/keep/outputs/output", params={"firing": 3})).json()
    assert [one["value"] for one in of_one["items"]] == ["d"]
    assert (await ada.get(f"/api/runs/{run_id}/nodes/keep/outputs/absent")).json()["items"] == []


async def test_a_waiting_firing_says_for_what_and_stops_with_its_run(ada: httpx.AsyncClient) -> None:
    run_id = await started(ada, await stored(ada, waiting_graph(600)))
    await _until(ada, run_id, "waiting")
    [wait, out] = (await ada.get(f"/api/runs/{run_id}/nodes")).json()["items"]
    assert (wait["status"], wait["waiting"], out["status"]) == ("waiting", 1, "idle")
    firing = (await ada.get(f"/api/runs/{run_id}/nodes/wait/firings/0")).json()
    assert (firing["status"], firing["ended_at"], firing["waits_for"]["kind"]) == ("waiting", None, "time")
    assert firing["waits_for"]["until"] is not None
    await ada.post(f"/api/runs/{run_id}/cancel")
    await _until(ada, run_id, "cancelled")
    assert (await ada.get(f"/api/runs/{run_id}/nodes")).json()["items"][0]["status"] == "stopped"
    path = f"/api/runs/{run_id}/nodes/wait/firings"
    assert [one["status"] for one in (await ada.get(path, params={"status": "stopped"})).json()["items"]] == [
        "stopped"
    ]
    assert (await ada.get(path, params={"status": "waiting"})).json()["items"] == []


async def test_reviews_are_filtered_paged_and_shown_whole(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph = review_graph()
    graph["nodes"][0]["input_default"]["data"] = {"text": "y" * 20_000}
    graph_id = await stored(ada, graph)
    runs = [await started(ada, graph_id, wait=20) for _ in range(3)]
    for run_id in runs:
        await _until(ada, run_id, "waiting")
    seen: list[str] = []
    cursor = None
    while True:
        query: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await ada.get("/api/reviews", params=query)).json()
        seen += [review["run_id"] for review in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == runs
    [last] = (await ada.get("/api/reviews", params={"run_id": runs[2]})).json()["items"]
    assert last["data"]["$preview"].startswith('{"text":"yyy')
    assert (await ada.get(last["data"]["href"])).json()["data"] == {"text": "y" * 20_000}
    assert (await bob.get(last["data"]["href"])).status_code == 404
    assert (await bob.get("/api/reviews", params={"run_id": runs[2]})).json()["items"] == []
    await ada.post(f"/api/reviews/{last['id']}", json={"approved": False, "message": "no"})
    [decided] = (await ada.get("/api/reviews", params={"status": "rejected"})).json()["items"]
    assert (decided["id"], decided["message"], decided["status"]) == (last["id"], "no", "rejected")
    both: dict[str, Any] = {"status": ["open", "rejected"], "newest_first": True}
    assert [one["run_id"] for one in (await ada.get("/api/reviews", params=both)).json()["items"]] == runs[
        ::-1
    ]
    assert (await ada.get("/api/reviews", params={"cursor": "x"})).json()["errors"][0]["path"] == "cursor"


async def test_a_firing_names_the_runs_and_the_review_that_it_waits_for(
    ada: httpx.AsyncClient, app: App
) -> None:
    runner = next(block.id for block in app.catalogue if block.name == "AgentExecutorBlock")
    child = await stored(ada, review_graph())
    parent = graph_json("parent", [node("call", runner, graph_id=child)], [])
    run_id = await started(ada, await stored(ada, parent))
    await _until(ada, run_id, "waiting")
    firing = (await ada.get(f"/api/runs/{run_id}/nodes/call/firings/0")).json()
    [child_id] = firing["child_run_ids"]
    assert firing["waits_for"]["child_run_id"] == child_id
    asked = (await ada.get(f"/api/runs/{child_id}/nodes/ask/firings/0")).json()
    review = (await ada.get("/api/reviews")).json()["items"][0]
    assert asked["waits_for"] == {
        "kind": "person",
        "until": None,
        "review_id": review["id"],
        "child_run_id": None,
    }


async def test_strangers_see_nothing_of_a_runs_nodes(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, app: App
) -> None:
    run_id = await each_run(ada, app)
    await ada.get(f"/api/runs/{run_id}/nodes")
    for path in (
        "nodes",
        "nodes/keep/firings",
        "nodes/keep/firings/0",
        "nodes/keep/outputs/output",
        "values/3",
        "events",
    ):
        foreign = await bob.get(f"/api/runs/{run_id}/{path}")
        absent = await bob.get(f"/api/runs/{'0' * 36}/{path}")
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert foreign.text.replace(run_id, "ID") == absent.text.replace("0" * 36, "ID")
