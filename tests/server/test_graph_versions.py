"""Versions: saved once, never changed, restored, compared and published."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from backend.app import App
from backend.blocks import Catalogue, catalogue
from backend.data.block import Block, BlockOutput
from backend.data.model import BlockSchema, SchemaField
from backend.data.tables import audit_entry
from tests.server.conftest import OUTPUT, TEXT_INPUT, VALUE, echo_graph, graph_json, link, node, stored
from tests.server.test_graph_drafts import draft_of, named, put


class UnfinishedBlock(Block):
    """As somebody writes it who has not come to its id yet."""

    class Input(BlockSchema):
        text: str = SchemaField(default="", description="The text")

    class Output(BlockSchema):
        text: str = SchemaField(description="The text")

    def run(self, input_data: Any, **kwargs: Any) -> BlockOutput:
        yield "text", input_data.text


@pytest.fixture
def blocks() -> Catalogue:
    """The real blocks and that one."""
    found = Catalogue()
    for kind in (*map(type, catalogue()), UnfinishedBlock):
        found.add(kind)
    return found


async def versions_of(client: httpx.AsyncClient, graph_id: str) -> list[dict[str, Any]]:
    return list((await client.get(f"/api/graphs/{graph_id}/versions")).json()["items"])


async def saved(client: httpx.AsyncClient, graph_id: str, graph: dict[str, Any], name: str = "") -> int:
    """The graph as a version, by way of the draft."""
    assert (await put(client, graph_id, graph, "*")).status_code == 200
    answer = await client.post(f"/api/graphs/{graph_id}/versions", json={"name": name})
    assert answer.status_code in (200, 201), answer.text
    return int(answer.json()["version"])


async def test_draft_becomes_a_version_with_a_name_once(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("two"), 0)
    first = await ada.post(f"/api/graphs/{graph_id}/versions", json={"name": "Before lunch"})
    assert (first.status_code, first.json()) == (201, {"id": graph_id, "version": 2, "problems": []})
    again = await ada.post(f"/api/graphs/{graph_id}/versions")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    me = (await ada.get("/api/auth/me")).json()
    newest, oldest = await versions_of(ada, graph_id)
    assert (
        newest.items()
        >= {
            "version": 2,
            "name": "Before lunch",
            "created_by": me["id"],
            "created_by_name": "ada",
            "is_published": False,
            "nodes": 2,
            "links": 1,
        }.items()
    )
    assert (oldest["version"], oldest["name"]) == (1, "")
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["name"] == "two"


async def test_repeated_request_makes_no_version_of_what_was_composed_since(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    headers = {"idempotency-key": "once"}
    await put(ada, graph_id, named("two"), "*")
    first = await ada.post(f"/api/graphs/{graph_id}/versions", headers=headers)
    await put(ada, graph_id, named("not yet"), "*")
    again = await ada.post(f"/api/graphs/{graph_id}/versions", headers=headers)
    assert again.json() == first.json()
    assert [row["version"] for row in await versions_of(ada, graph_id)] == [2, 1]
    assert (await draft_of(ada, graph_id))["graph"]["name"] == "not yet"
    assert (await ada.get(f"/api/graphs/{graph_id}/compare?from=1&to=2")).json()["nodes"]["added"] == []
    other = await ada.post(f"/api/graphs/{graph_id}/versions", headers={"idempotency-key": "twice"})
    assert (other.status_code, other.json()["version"]) == (201, 3)


async def test_versions_come_in_pages(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    for k in range(4):
        await saved(ada, graph_id, named(f"v{k}"))
    seen: list[int] = []
    cursor = None
    for _ in range(5):
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await ada.get(f"/api/graphs/{graph_id}/versions", params=params)).json()
        seen += [row["version"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2, 1]
    for wrong in ("x", "-1", "99999999999"):
        refused = await ada.get(f"/api/graphs/{graph_id}/versions", params={"cursor": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "cursor")


async def test_version_is_renamed_and_its_contents_stay(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    before = (await ada.get(f"/api/graphs/{graph_id}?version=1")).json()["nodes"]
    answer = await ada.patch(f"/api/graphs/{graph_id}/versions/1", json={"name": " First "})
    assert (answer.status_code, answer.json()["name"]) == (200, "First")
    assert (await ada.get(f"/api/graphs/{graph_id}?version=1")).json()["nodes"] == before
    assert (await ada.patch(f"/api/graphs/{graph_id}/versions/9", json={"name": "x"})).status_code == 404
    assert (await ada.patch(f"/api/graphs/{graph_id}/versions/1", json={})).status_code == 400


async def test_restored_version_is_the_draft_and_no_version_is_lost(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await saved(ada, graph_id, named("two"))
    url = f"/api/graphs/{graph_id}/versions/1/restore"
    assert (await ada.post(url)).status_code == 428
    assert (await ada.post(url, headers={"if-match": '"0"'})).status_code == 412
    revision = (await draft_of(ada, graph_id))["revision"]
    answer = await ada.post(url, headers={"if-match": f'"{revision}"'})
    assert (answer.status_code, answer.json()["revision"]) == (200, revision + 1)
    draft = await draft_of(ada, graph_id)
    assert (draft["graph"]["name"], draft["based_on_version"], draft["is_changed"]) == ("echo", 1, True)
    assert [row["version"] for row in await versions_of(ada, graph_id)] == [2, 1]
    gone = await ada.post(f"/api/graphs/{graph_id}/versions/7/restore", headers={"if-match": "*"})
    assert gone.status_code == 404


async def test_comparison_names_what_was_added_removed_changed_and_moved(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    other = named("renamed")
    moved = {**node("in", TEXT_INPUT, name="name"), "metadata": {"position": {"x": 10, "y": 20}}}
    other["nodes"] = [moved, node("result", OUTPUT, name="echo")]
    other["links"] = [{**other["links"][0], "sink_id": "result"}]
    await saved(ada, graph_id, other)
    said = (await ada.get(f"/api/graphs/{graph_id}/compare?from=1&to=2")).json()
    assert said["is_empty"] is False
    assert [(one["path"], one["before"], one["after"]) for one in said["fields"]] == [
        (["name"], "echo", "renamed")
    ]
    assert [one["id"] for one in said["nodes"]["added"]] == ["result"]
    assert [one["id"] for one in said["nodes"]["removed"]] == ["out"]
    assert said["nodes"]["changed"] == []
    assert [(one["id"], one["after"]) for one in said["moved"]] == [("in", {"x": 10.0, "y": 20.0})]
    [link] = said["links"]["changed"]
    assert link["fields"] == [{"path": ["sink_id"], "kind": "changed", "before": "out", "after": "result"}]


async def test_draft_is_compared_and_equals_its_version_when_saved(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("draft"), 0)
    said = (await ada.get(f"/api/graphs/{graph_id}/compare?from=1&to=draft")).json()
    assert (said["to_version"], said["fields"][0]["after"]) == ("draft", "draft")
    await ada.post(f"/api/graphs/{graph_id}/versions")
    assert (await ada.get(f"/api/graphs/{graph_id}/compare?from=draft&to=2")).json()["is_empty"] is True
    assert (await ada.get(f"/api/graphs/{graph_id}/compare?from=1&to=9")).status_code == 404
    assert (await ada.get(f"/api/graphs/{graph_id}/compare?from=0&to=drafty")).status_code == 400
    assert (await ada.get(f"/api/graphs/{graph_id}/compare")).status_code == 400


async def test_publishing_the_draft_saves_it_first(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await put(ada, graph_id, named("ready"), 0)
    answer = await ada.post(f"/api/graphs/{graph_id}/publish", json={"name": "Launch"})
    assert (answer.status_code, answer.json()) == (
        200,
        {"id": graph_id, "published_version": 2, "triggers": []},
    )
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["published_version"] == 2
    newest, oldest = await versions_of(ada, graph_id)
    assert (newest["name"], newest["is_published"], oldest["is_published"]) == ("Launch", True, False)
    older = await ada.post(f"/api/graphs/{graph_id}/publish", json={"version": 1})
    assert older.json()["published_version"] == 1
    assert (await ada.post(f"/api/graphs/{graph_id}/publish", json={"version": 5})).status_code == 404
    gone = await ada.post(f"/api/graphs/{graph_id}/unpublish")
    assert (gone.status_code, gone.json()["published_version"]) == (200, None)


async def test_graph_that_cannot_run_is_not_published_and_nothing_is_saved(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    broken = named("broken", nodes=[node("in", "no such block"), node("out", OUTPUT)])
    problems = (await put(ada, graph_id, broken, 0)).json()["problems"]
    refused = await ada.post(f"/api/graphs/{graph_id}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "graph_invalid")
    assert refused.json()["errors"] == problems
    assert len(problems) > 1
    assert [row["version"] for row in await versions_of(ada, graph_id)] == [1]
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["published_version"] is None


async def test_block_without_an_id_of_its_own_runs_and_is_not_published(
    ada: httpx.AsyncClient,
) -> None:
    graph = {"name": "g", "nodes": [node("x", UnfinishedBlock.id, text="hi")], "links": []}
    graph_id = await stored(ada, graph)
    run = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})
    assert run.json()["status"] == "completed"
    refused = await ada.post(f"/api/graphs/{graph_id}/publish")
    assert refused.status_code == 422
    [problem] = refused.json()["errors"]
    assert (problem["node_id"], "UnfinishedBlock" in problem["message"]) == ("x", True)


async def test_graph_that_runs_one_that_is_not_there_is_not_published(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, app: App
) -> None:
    runner = next(block.id for block in app.catalogue if block.name == "AgentExecutorBlock")
    his, hers = await stored(bob, echo_graph()), await stored(ada, echo_graph())
    for target, status in [(his, 422), ("nothing", 422), (hers, 200)]:
        call = node("call", runner, graph_id=target, inputs={"name": "x"}, input_schema={}, output_schema={})
        graph_id = await stored(ada, {"name": "outer", "nodes": [call], "links": []})
        answer = await ada.post(f"/api/graphs/{graph_id}/publish")
        assert answer.status_code == status, answer.text
        said = (await ada.post(f"/api/graphs/{graph_id}/validate")).json()["problems"]
        assert [(one["node_id"], one["pin"]) for one in said] == [("call", "graph_id")] * (status == 422)


async def test_publishing_and_deleting_are_written_down(ada: httpx.AsyncClient, app: App) -> None:
    graph_id = await stored(ada, echo_graph())
    await ada.post(f"/api/graphs/{graph_id}/publish")
    await ada.post(f"/api/graphs/{graph_id}/unpublish")
    await ada.delete(f"/api/graphs/{graph_id}")
    async with app.database.begin() as connection:
        query = audit_entry.select().where(audit_entry.c.target_id == graph_id).order_by(audit_entry.c.id)
        entries = (await connection.execute(query)).mappings().all()
    assert [entry["action"] for entry in entries] == [
        "graph.create",
        "graph.publish",
        "graph.unpublish",
        "graph.delete",
    ]
    assert {entry["address"] for entry in entries} == {"127.0.0.1"}
    assert entries[1]["detail"] == {"version": 1}


async def test_anothers_versions_are_not_there(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    url = f"/api/graphs/{graph_id}"
    assert (await bob.get(f"{url}/versions")).status_code == 404
    assert (await bob.post(f"{url}/versions")).status_code == 404
    assert (await bob.patch(f"{url}/versions/1", json={"name": "his"})).status_code == 404
    assert (await bob.post(f"{url}/versions/1/restore", headers={"if-match": "*"})).status_code == 404
    assert (await bob.get(f"{url}/compare?from=1&to=1")).status_code == 404
    assert (await bob.post(f"{url}/publish")).status_code == 404
    assert (await bob.post(f"{url}/unpublish")).status_code == 404
    assert [row["name"] for row in await versions_of(ada, graph_id)] == [""]


async def test_objects_among_constants_keep_the_order_of_their_keys(ada: httpx.AsyncClient) -> None:
    """Columns of a table and the cases of a switch are in the order in which somebody wrote them."""
    constants = {"data": {"b": 1, "a": {"z": 1, "y": 2}}, "input": "x"}
    graph = graph_json(
        "order",
        [node("v", VALUE, **constants), node("out", OUTPUT, name="v")],
        [link("v.output", "out.value")],
    )
    graph_id = await stored(ada, graph)
    read = (await ada.get(f"/api/graphs/{graph_id}")).json()
    assert list(read["nodes"][0]["input_default"]["data"]) == ["b", "a"]
    run = (await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 20})).json()
    assert list(run["outputs"]["v"][0]["a"]) == ["z", "y"]
