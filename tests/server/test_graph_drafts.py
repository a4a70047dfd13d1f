"""Drafts: nobody overwrites what they have not seen, and problems keep nothing from being stored."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from backend.app import App
from backend.data.graph_store import save_draft_as_version
from tests.server.conftest import OUTPUT, echo_graph, node, stored


def named(name: str, **more: Any) -> dict[str, Any]:
    return {**echo_graph(), "name": name, **more}


async def put(
    client: httpx.AsyncClient, graph_id: str, graph: dict[str, Any], revision: int | str
) -> httpx.Response:
    headers = {"if-match": revision if isinstance(revision, str) else f'"{revision}"'}
    return await client.put(f"/api/graphs/{graph_id}/draft", json=graph, headers=headers)


async def draft_of(client: httpx.AsyncClient, graph_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/graphs/{graph_id}/draft")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["revision"]}"'
    return dict(answer.json())


async def test_draft_that_nobody_saved_is_the_newest_version(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    draft = await draft_of(ada, graph_id)
    assert (draft["revision"], draft["based_on_version"], draft["is_changed"]) == (0, 1, False)
    assert draft["graph"]["nodes"][0]["id"] == "in"
    assert draft["problems"] == []


async def test_saved_draft_is_read_again_with_its_ids_and_changes_no_version(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    saved = await put(ada, graph_id, named("new"), 0)
    assert (saved.status_code, saved.json()) == (200, {"revision": 1, "problems": []})
    assert saved.headers["etag"] == '"1"'
    draft = await draft_of(ada, graph_id)
    assert (draft["revision"], draft["based_on_version"], draft["is_changed"]) == (1, 1, True)
    assert [one["id"] for one in draft["graph"]["nodes"]] == ["in", "out"]
    assert [one["id"] for one in draft["graph"]["links"]] == ["in.result-out.value"]
    graph = (await ada.get(f"/api/graphs/{graph_id}")).json()
    assert (graph["name"], graph["version"]) == ("echo", 1)
    assert graph["draft"] == {"revision": 1, "is_changed": True}


async def test_draft_with_problems_is_stored_and_says_them(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    broken = named("broken", nodes=[node("in", "no such block"), node("out", OUTPUT)])
    saved = await put(ada, graph_id, broken, 0)
    assert saved.status_code == 200
    assert {problem["node_id"] for problem in saved.json()["problems"]} >= {"in", "out"}
    assert (await draft_of(ada, graph_id))["problems"] == saved.json()["problems"]
    said = await ada.post(f"/api/graphs/{graph_id}/validate?version=draft")
    assert said.json()["problems"] == saved.json()["problems"]
    assert (await ada.post(f"/api/graphs/{graph_id}/validate")).json()["problems"] == []


async def test_what_is_no_graph_is_refused_with_its_place(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    refused = await put(ada, graph_id, {"name": "x", "nodes": [{"id": "a"}], "links": []}, 0)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "nodes[0].block_id"
    assert (await draft_of(ada, graph_id))["revision"] == 0


async def test_draft_is_not_replaced_without_if_match(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    refused = await ada.put(f"/api/graphs/{graph_id}/draft", json=named("x"))
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition_required")
    assert "If-Match" in refused.json()["detail"]


async def test_if_match_that_is_no_revision_is_refused(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    for wrong in ["0", "x", '"x"', 'W/"0"', '"0" "1"', "", '"99999999999999999999"']:
        refused = await put(ada, graph_id, named("x"), wrong)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "If-Match"), wrong


async def test_if_match_may_name_several_revisions_or_any(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    assert (await put(ada, graph_id, named("x"), '"7", "0"')).status_code == 200
    assert (await put(ada, graph_id, named("y"), "*")).json()["revision"] == 2


async def test_who_comes_late_is_told_the_revision_and_who_was_faster(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("first"), 0)
    late = await put(ada, graph_id, named("second"), 0)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert "revision 1" in late.json()["detail"]
    assert "by ada at 20" in late.json()["detail"]
    assert (await draft_of(ada, graph_id))["graph"]["name"] == "first"


async def test_of_many_who_save_over_one_revision_exactly_one_wins(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    for revision in range(3):
        answers = await asyncio.gather(
            *(put(ada, graph_id, named(f"{revision}-{k}"), revision) for k in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        winner = next(k for k, answer in enumerate(answers) if answer.status_code == 200)
        draft = await draft_of(ada, graph_id)
        assert (draft["revision"], draft["graph"]["name"]) == (revision + 1, f"{revision}-{winner}")


async def test_draft_that_says_what_the_newest_version_says_is_no_change(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("other"), 0)
    back = await put(ada, graph_id, echo_graph(), 1)
    assert back.json()["revision"] == 2
    assert (await draft_of(ada, graph_id))["is_changed"] is False


async def test_new_version_beside_an_open_editor_makes_its_revision_old(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    seen = (await draft_of(ada, graph_id))["revision"]
    await ada.put(f"/api/graphs/{graph_id}", json=named("by a script"))
    assert (await put(ada, graph_id, named("mine"), seen)).status_code == 412


async def test_new_version_leaves_unsaved_work_alone(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("mine"), 0)
    await ada.put(f"/api/graphs/{graph_id}", json=named("by a script"))
    draft = await draft_of(ada, graph_id)
    assert (draft["graph"]["name"], draft["based_on_version"], draft["revision"]) == ("mine", 1, 1)
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["name"] == "by a script"


async def test_anothers_draft_is_not_there(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    assert (await bob.get(f"/api/graphs/{graph_id}/draft")).status_code == 404
    assert (await put(bob, graph_id, named("his"), 0)).status_code == 404
    assert (await draft_of(ada, graph_id))["revision"] == 0


async def test_saving_the_draft_for_a_run_makes_a_version_only_when_it_changed(
    ada: httpx.AsyncClient, app: App
) -> None:
    graph_id = await stored(ada, echo_graph())
    user_id = (await ada.get("/api/auth/me")).json()["id"]
    await put(ada, graph_id, named("mine"), 0)
    for _ in range(2):
        async with app.database.begin() as connection:
            graph = await save_draft_as_version(connection, user_id, graph_id)
        assert (graph.id, graph.version, graph.name) == (graph_id, 2, "mine")
    draft = await draft_of(ada, graph_id)
    assert (draft["revision"], draft["based_on_version"], draft["is_changed"]) == (1, 2, False)


async def test_graphs_in_a_draft_become_graphs_of_ones_own_with_its_version(
    ada: httpx.AsyncClient, app: App
) -> None:
    runner = next(block.id for block in app.catalogue if block.name == "AgentExecutorBlock")
    graph_id = await stored(ada, echo_graph())
    whole = {
        "id": "file",
        "name": "outer",
        "nodes": [
            node("call", runner, graph_id="child", graph_version=4, inputs={"name": "Ada"}),
            node("again", runner, graph_id="file", inputs={}),
        ],
        "links": [],
        "sub_graphs": [{**echo_graph(), "id": "child"}],
    }
    assert (await put(ada, graph_id, whole, 0)).status_code == 200
    saved = await ada.post(f"/api/graphs/{graph_id}/versions")
    assert (saved.status_code, saved.json()["version"]) == (201, 2)
    nodes = (await ada.get(f"/api/graphs/{graph_id}")).json()["nodes"]
    called = nodes[0]["input_default"]
    assert (await ada.get(f"/api/graphs/{called['graph_id']}")).json()["name"] == "echo"
    assert called["graph_version"] == 1
    assert nodes[1]["input_default"]["graph_id"] == graph_id
