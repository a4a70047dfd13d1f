"""Going on from a run over HTTP: what failed, or from a chosen node."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.conftest import OUTPUT, VALUE, echo_graph, graph_json, link, node, stored
from tests.server.test_live import started

CALCULATOR = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"


async def ended(client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    return dict((await client.get(f"/api/runs/{run_id}")).json())


async def test_run_from_a_node_says_where_it_came_from(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    first = await started(ada, graph_id, inputs={"name": "Ada"}, wait=True, labels=["old"])
    answer = await ada.post(
        f"/api/graphs/{graph_id}/runs",
        json={"from_run": first, "from_node": "out", "edits": {"out": {"value": "Bob"}}, "wait": True},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["outputs"] == {"echo": ["Bob"]}
    view = await ended(ada, answer.json()["run_id"])
    assert (view["from_run_id"], view["from_node_id"]) == (first, "out")
    assert view["inputs"] == {"name": "Ada"}
    assert view["labels"] == ["old"]


async def test_run_that_failed_is_retried_with_the_version_that_was_mended(ada: httpx.AsyncClient) -> None:
    graph = graph_json(
        "broken",
        [
            node("in", VALUE, input=6),
            node("by", CALCULATOR, operation="Divide", b=0),
            node("out", OUTPUT, name="result"),
        ],
        [link("in.output", "by.a"), link("by.result", "out.value")],
    )
    graph_id = await stored(ada, graph)
    run_id = await started(ada, graph_id, wait=True)
    assert (await ended(ada, run_id))["status"] == "failed"
    graph["nodes"][1]["input_default"]["b"] = 2
    assert (await ada.put(f"/api/graphs/{graph_id}", json=graph)).json()["version"] == 2
    again = await ada.post(f"/api/runs/{run_id}/retry", json={"wait": True})
    assert again.json()["status"] == "failed"
    mended = await ada.post(f"/api/runs/{run_id}/retry", json={"wait": True, "version": 2})
    assert mended.json()["outputs"] == {"result": [3.0]}
    assert (await ended(ada, mended.json()["run_id"]))["from_run_id"] == run_id


async def test_retry_of_what_did_not_fail_is_refused(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    run_id = await started(ada, graph_id, inputs={"name": "Ada"}, wait=True)
    assert (await ada.post(f"/api/runs/{run_id}/retry")).status_code == 409
    assert (await bob.post(f"/api/runs/{run_id}/retry")).status_code == 404
    foreign = await bob.post(f"/api/graphs/{await stored(bob, echo_graph())}/runs", json={"from_run": run_id})
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"from_node": "out"}, "from_node"),
        ({"from_run": "RUN", "from_node": "nowhere"}, "from_node"),
        ({"from_run": "RUN", "from_node": "out", "edits": {"out": {"colour": 1}}}, "edits.out.colour"),
        ({"from_run": "RUN", "edits": {"nowhere": {"value": 1}}}, "edits.nowhere"),
    ],
)
async def test_wrong_field_is_named(ada: httpx.AsyncClient, body: dict[str, Any], path: str) -> None:
    graph_id = await stored(ada, echo_graph())
    run_id = await started(ada, graph_id, inputs={"name": "Ada"}, wait=True)
    asked = {"inputs": {"name": "x"}} | {
        name: run_id if value == "RUN" else value for name, value in body.items()
    }
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json=asked)
    assert answer.status_code == 400, answer.text
    assert [problem["path"] for problem in answer.json()["errors"]] == [path]


async def test_draft_is_run_as_a_version_of_its_own(ada: httpx.AsyncClient) -> None:
    graph = graph_json(
        "v", [node("v", VALUE, input="one"), node("out", OUTPUT, name="o")], [link("v.output", "out.value")]
    )
    graph_id = await stored(ada, graph)
    graph["nodes"][0]["input_default"]["input"] = "two"
    etag = (await ada.get(f"/api/graphs/{graph_id}/draft")).headers["etag"]
    saved = await ada.put(f"/api/graphs/{graph_id}/draft", json=graph, headers={"if-match": etag})
    assert saved.status_code == 200, saved.text
    newest = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})
    assert newest.json()["outputs"] == {"o": ["one"]}
    drafted = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": True, "version": "draft"})
    assert drafted.json()["outputs"] == {"o": ["two"]}
    assert (await ended(ada, drafted.json()["run_id"]))["graph_version"] == 2
