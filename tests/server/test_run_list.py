"""`GET /api/runs`, a run's page and its labels over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from backend.app import App
from backend.data import run_list
from tests.server.conftest import (
    OUTPUT,
    TEXT_INPUT,
    VALUE,
    echo_graph,
    graph_json,
    link,
    node,
    stored,
    waiting_graph,
)

MIB = 1_048_576


async def started(client: httpx.AsyncClient, graph_id: str, **body: Any) -> str:
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json=body)
    assert answer.status_code in (200, 202), answer.text
    return str(answer.json()["run_id"])


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """Ids over all pages."""
    found: list[str] = []
    cursor = None
    while True:
        answer = await client.get("/api/runs", params=query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found += [run["run_id"] for run in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_runs_are_found_by_each_filter(ada: httpx.AsyncClient) -> None:
    echo = await stored(ada, {**echo_graph(), "name": "The parrot"})
    wait = await stored(ada, waiting_graph(seconds="soon"))  # type: ignore[arg-type]  # so that it fails
    first = await started(ada, echo, inputs={"name": "Ada Lovelace"}, wait=True)
    second = await started(ada, echo, inputs={"name": "100%"}, wait=True)
    failed = await started(ada, wait, wait=True)
    await ada.patch(f"/api/runs/{first}", json={"labels": ["Good one"]})
    middle = (await ada.get(f"/api/runs/{second}")).json()["created_at"]
    assert await listed(ada) == [failed, second, first]
    assert await listed(ada, limit=1) == [failed, second, first]
    assert await listed(ada, graph_id=echo) == [second, first]
    assert await listed(ada, status=["failed", "waiting"]) == [failed]
    assert await listed(ada, status=["failed", "completed"]) == [failed, second, first]
    assert await listed(ada, created_after=middle) == [failed, second]
    assert await listed(ada, created_before=middle) == [first]
    assert (
        await listed(ada, q="lovelace")
        == await listed(ada, q="GOOD")
        == await listed(ada, q=first)
        == [first]
    )
    assert await listed(ada, q="0%") == [second]
    assert await listed(ada, q="parrot") == [second, first]
    assert await listed(ada, label="Good one") == [first]
    assert await listed(ada, min_cost_usd_micros=1) == []
    assert await listed(ada, max_cost_usd_micros=0, status="completed") == [second, first]
    assert await listed(ada, from_run_id=first) == []


async def test_runs_within_others_are_listed_with_their_parent_only(ada: httpx.AsyncClient, app: App) -> None:
    runner = next(block.id for block in app.catalogue if block.name == "AgentExecutorBlock")
    child = await stored(ada, echo_graph())
    pins: dict[str, Any] = {
        "input_schema": {"properties": {"name": {}}},
        "output_schema": {"properties": {"echo": {}}},
    }
    nodes = [node(f"call{k}", runner, graph_id=child, inputs={"name": str(k)}, **pins) for k in range(3)]
    parent = await started(ada, await stored(ada, graph_json("family", nodes, [])), wait=True)
    assert await listed(ada) == [parent]
    children = await listed(ada, parent_run_id=parent)
    assert len(children) == 3
    details = (await ada.get(f"/api/runs/{children[0]}")).json()
    assert (details["parent_run_id"], details["root_run_id"]) == (parent, parent)
    assert (details["parent_node_id"] in {"call0", "call1", "call2"}, details["parent_firing"]) == (True, 0)
    family = (await ada.get(f"/api/runs/{parent}")).json()
    assert (family["status"], family["child_runs"]) == ("completed", 3)


async def test_pages_are_short_but_go_on_when_few_of_many_fit(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list, "WINDOW", 2)
    graph_id = await stored(ada, echo_graph())
    first = await started(ada, graph_id, inputs={"name": "x"}, wait=True, labels=["first"])
    for _ in range(4):
        await started(ada, graph_id, inputs={"name": "x"}, wait=True)
    page = (await ada.get("/api/runs", params={"label": "first"})).json()
    assert page["items"] == []
    assert page["next_cursor"] is not None
    assert await listed(ada, label="first") == [first]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "great"},
        {"created_after": "yesterday"},
        {"created_after": "2026-01-01T00:00:00"},
        {"min_cost_usd_micros": -1},
        {"min_cost_usd_micros": 10**30},
        {"limit": 201},
        {"q": "x" * 201},
        {"graph_id": "x" * 65},
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused_by_its_name(
    ada: httpx.AsyncClient, query: dict[str, Any]
) -> None:
    answer = await ada.get("/api/runs", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert next(iter(query)) in answer.json()["errors"][0]["path"]


async def test_labels_are_trimmed_once_each_and_no_more_than_twenty(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    run_id = await started(ada, graph_id, inputs={"name": "x"}, wait=True)
    changed = await ada.patch(f"/api/runs/{run_id}", json={"labels": [" a ", "b", "a", "ü"]})
    assert changed.json() == {"run_id": run_id, "labels": ["a", "b", "ü"]}
    assert (await ada.get(f"/api/runs/{run_id}")).json()["labels"] == ["a", "b", "ü"]
    for labels in (["x" * 61], [str(k) for k in range(21)], [" "], ["a\tb"], [1], "a", None):
        refused = await ada.patch(f"/api/runs/{run_id}", json={"labels": labels})
        assert refused.status_code == 400, labels
        assert refused.json()["errors"][0]["path"].startswith("labels")
    assert (
        await ada.patch(f"/api/runs/{run_id}", json={"labels": [], "status": "failed"})
    ).status_code == 400
    assert (await bob.patch(f"/api/runs/{run_id}", json={"labels": []})).status_code == 404
    assert (await ada.get(f"/api/runs/{run_id}")).json()["labels"] == ["a", "b", "ü"]
    assert (await ada.patch(f"/api/runs/{run_id}", json={"labels": []})).json()["labels"] == []


async def test_large_inputs_and_outputs_of_a_run_come_by_reference(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    text = 'quote " ünï ' * (MIB // 10)
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": text}, "wait": True})
    [in_result] = answer.json()["outputs"]["echo"]
    run = (await ada.get(f"/api/runs/{answer.json()['run_id']}")).json()
    [output], given = run["outputs"]["echo"], run["inputs"]["name"]
    assert len(str(run)) < 10_000
    for preview in (given, output):
        assert text.startswith(preview["$preview"])
        assert len(preview["$preview"]) > 500
    assert (in_result["size_bytes"], in_result["href"]) == (output["size_bytes"], output["href"])
    for preview in (given, output, in_result):
        whole = await ada.get(preview["href"])
        assert whole.headers["content-type"] == "application/json"
        assert whole.json() == text
        assert len(whole.content) == preview["size_bytes"]
        assert (await bob.get(preview["href"])).status_code == 404
    other = await started(ada, graph_id, inputs={"name": "x"}, wait=True)
    blob_id = output["href"].rpartition("/")[2]
    assert (await ada.get(f"/api/runs/{other}/values/{blob_id}")).status_code == 404


async def test_large_value_of_the_run_that_another_went_on_from_is_found_by_both(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    text = "z" * (MIB + 10)
    first = await started(ada, graph_id, inputs={"name": text}, wait=True)
    again = await started(ada, graph_id, from_run=first, from_node="out", wait=True)
    taken = (await ada.get(f"/api/runs/{again}/nodes/out/firings/0")).json()["inputs"]["value"]["values"][0]
    assert taken["value"]["href"].startswith(f"/api/runs/{again}/")
    assert (await ada.get(taken["value"]["href"])).json() == text
    assert (await bob.get(taken["value"]["href"])).status_code == 404


async def test_values_that_look_like_references_are_wrapped_and_found_whole(ada: httpx.AsyncClient) -> None:
    odd = {"$blob": "mine", "size": 1, "digest": "x"}
    close = {"$preview": 1}
    graph = graph_json(
        "odd",
        [
            node("a", VALUE, input=odd),
            node("b", VALUE, input=close),
            node("o1", OUTPUT, name="odd"),
            node("o2", OUTPUT, name="close"),
        ],
        [link("a.output", "o1.value"), link("b.output", "o2.value")],
    )
    result = (await ada.post(f"/api/graphs/{await stored(ada, graph)}/runs", json={"wait": True})).json()
    run = (await ada.get(f"/api/runs/{result['run_id']}")).json()
    assert run["outputs"] == result["outputs"] == {"odd": [odd], "close": [{"$value": close}]}


async def test_many_outputs_are_the_first_ones_and_say_that_there_are_more(
    ada: httpx.AsyncClient, app: App
) -> None:
    lists = next(block.id for block in app.catalogue if block.name == "StepThroughItemsBlock")
    graph = graph_json(
        "many",
        [node("each", lists, items=["x" * 100] * 1_200), node("out", OUTPUT, name="all")],
        [link("each.item", "out.value")],
    )
    run_id = await started(ada, await stored(ada, graph), wait=True)
    run = (await ada.get(f"/api/runs/{run_id}")).json()
    assert run["status"] == "completed"
    assert (len(run["outputs"]["all"]), run["has_more_outputs"]) == (1_000, True)
    rest = (
        await ada.get(f"/api/runs/{run_id}/nodes/out/outputs/output", params={"after": 0, "limit": 200})
    ).json()
    assert len(rest["items"]) == 200


async def test_a_run_says_how_it_was_to_be_run_and_what_its_graph_is_called(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    body = {"inputs": {"name": "x"}, "until_node": "in", "budget": 5_000, "wait": True}
    run = (await ada.get(f"/api/runs/{await started(ada, graph_id, **body)}")).json()
    assert run["options"] == {"until_node": "in", "budget": 5_000}
    assert (run["graph_name"], run["graph_version"], run["error_count"]) == ("echo", 1, 0)


async def test_input_named_oddly_is_shown_and_found(ada: httpx.AsyncClient) -> None:
    name = "a/b c%2Fd"
    graph = graph_json("odd name", [node("in", TEXT_INPUT, name=name)], [])
    run_id = await started(ada, await stored(ada, graph), inputs={name: "x" * (MIB + 1)}, wait=True)
    given = (await ada.get(f"/api/runs/{run_id}")).json()["inputs"][name]
    assert (await ada.get(given["href"])).json() == "x" * (MIB + 1)
    for wrong in ("input.1", "option.0", "input.x", "9999999999", "0", "nothing", "1.data"):
        assert (await ada.get(f"/api/runs/{run_id}/values/{wrong}")).status_code == 404, wrong
