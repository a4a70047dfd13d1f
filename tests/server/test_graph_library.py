"""The library: graphs found, sorted, filed, renamed, copied and deleted."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.run import RunOptions
from backend.data.tables import graph as graph_table
from backend.data.tables import graph_version
from backend.executor.worker import Worker
from backend.util.errors import NotFound
from tests.server.conftest import echo_graph, stored, waiting_graph
from tests.server.test_graph_drafts import draft_of, named, put

FEW = 50.0 * 3
"""Milliseconds: the bound of 50, and slack for a machine that does other things."""


async def listed(client: httpx.AsyncClient, field: str = "name", /, **params: Any) -> list[str]:
    """What stands on all pages, in order."""
    found: list[str] = []
    cursor = None
    while True:
        page = await client.get("/api/graphs", params={**params, **({"cursor": cursor} if cursor else {})})
        assert page.status_code == 200, page.text
        found += [row[field] for row in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return found


async def make(client: httpx.AsyncClient, name: str, **changes: Any) -> str:
    graph_id = await stored(client, named(name))
    if changes:
        answer = await client.patch(f"/api/graphs/{graph_id}", json=changes)
        assert answer.status_code == 200, answer.text
    return graph_id


async def test_list_shows_what_was_changed_last_first_or_goes_by_name(ada: httpx.AsyncClient) -> None:
    ids = {name: await make(ada, name) for name in ("beta", "Alpha", "gamma")}
    assert await listed(ada, limit=2) == ["gamma", "Alpha", "beta"]
    await put(ada, ids["beta"], named("beta 2"), 0)
    assert await listed(ada, limit=1) == ["beta", "gamma", "Alpha"]
    assert await listed(ada, sort="name", limit=2) == ["Alpha", "beta", "gamma"]


async def test_graphs_are_found_by_folder_tag_and_text(ada: httpx.AsyncClient) -> None:
    await make(ada, "Invoices", folder=" Work / Money ", tags=["finance", "Daily"])
    await make(ada, "Newsletter", folder="Work", tags=["mail"], description="Sends the DAILY letter, 100%")
    await make(ada, "Plants")
    assert await listed(ada, folder="Work/Money") == ["Invoices"]
    assert await listed(ada, folder="") == ["Plants"]
    assert await listed(ada, tag="mail") == ["Newsletter"]
    assert await listed(ada, q="daily", sort="name") == ["Invoices", "Newsletter"]
    assert await listed(ada, q="100%") == ["Newsletter"]
    assert await listed(ada, q="inv_ices") == []
    assert await listed(ada, q="daily", folder="Work") == ["Newsletter"]
    folders = (await ada.get("/api/folders")).json()["items"]
    assert folders == [
        {"name": "", "graphs": 1},
        {"name": "Work", "graphs": 1},
        {"name": "Work/Money", "graphs": 1},
    ]


async def test_row_says_versions_folder_draft_and_last_run(ada: httpx.AsyncClient) -> None:
    graph_id = await make(ada, "echo", folder="Work", tags=["a", "A", "b"], retain_days=7)
    await ada.post(f"/api/graphs/{graph_id}/publish")
    await put(ada, graph_id, named("echo 2"), 0)
    run = await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "x"}, "wait": True})
    [row] = (await ada.get("/api/graphs")).json()["items"]
    assert (row["latest_version"], row["published_version"]) == (1, 1)
    assert (row["folder"], row["tags"], row["retain_days"]) == ("Work", ["a", "b"], 7)
    assert row["draft"] == {"revision": 1, "is_changed": True}
    last = row["last_run"]
    assert (last["run_id"], last["status"]) == (run.json()["run_id"], "completed")
    whole = (await ada.get(f"/api/graphs/{graph_id}")).json()
    assert row.items() <= {**whole, "name": row["name"]}.items()


async def test_every_graph_is_on_one_page_also_where_times_and_names_are_the_same(
    ada: httpx.AsyncClient, app: App
) -> None:
    for _ in range(7):
        await make(ada, "the same")
    async with app.database.begin() as connection:
        await connection.execute(sa.update(graph_table).values(updated_at=sa.func.now()))
    for sort in ("updated", "name"):
        ids = await listed(ada, "id", limit=2, sort=sort)
        assert len(ids) == len(set(ids)) == 7


WRONG = ["x", "AAAA", "WzFd", "bnVsbA", "WyJuYW1lIiwiYSIsImIiXQ", "WyJ1cGRhdGVkIiwiMjAyNiIsIlx1MDAwMCJd", "é"]


async def test_cursor_of_another_list_is_refused(ada: httpx.AsyncClient) -> None:
    for cursor in WRONG:
        refused = await ada.get("/api/graphs", params={"cursor": cursor})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "cursor"), cursor


async def test_list_of_a_thousand_graphs_is_quick(ada: httpx.AsyncClient, app: App) -> None:
    user_id = (await ada.get("/api/auth/me")).json()["id"]
    tags = ["one", "two"]
    rows = [
        {
            "id": f"many-{k:04}",
            "user_id": user_id,
            "name": f"Graph {k * 7 % 1000}",
            "description": "What it does, in a sentence or two. " * 10,
            "latest_version": 1,
            "folder": f"Folder {k % 20}",
            "tags": tags[: k % 3],
            "draft": {"graph": {"text": "x" * 20_000}} if k % 5 == 0 else None,
        }
        for k in range(1000)
    ]
    definition: dict[str, Any] = {"nodes": [], "links": []}
    versions = [
        {"graph_id": row["id"], "version": 1, "definition": definition, "digest": "d"} for row in rows
    ]
    async with app.database.begin() as connection:
        await connection.execute(sa.insert(graph_table), rows)
        await connection.execute(sa.insert(graph_version), versions)
        await connection.execute(sa.text("ANALYZE graph"))
    wanted: list[dict[str, Any]] = [
        {},
        {"sort": "name"},
        {"folder": "Folder 3"},
        {"tag": "two"},
        {"q": "graph 99"},
        {"q": "absent"},
    ]
    for params in wanted:
        times: list[float] = []
        for _ in range(5):
            started = time.perf_counter()
            answer = await ada.get("/api/graphs", params=params)
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200
        assert min(times) < FEW, (params, times)
    assert len(await listed(ada, limit=200)) == 1000


async def test_new_name_is_the_drafts_as_well_and_no_versions(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    row = (await ada.patch(f"/api/graphs/{graph_id}", json={"name": "Renamed"})).json()
    assert (row["name"], row["latest_version"], row["draft"]["is_changed"]) == ("Renamed", 1, False)
    assert (await ada.get(f"/api/graphs/{graph_id}")).json()["name"] == "Renamed"
    assert (await ada.get(f"/api/graphs/{graph_id}?version=1")).json()["name"] == "echo"
    draft = await draft_of(ada, graph_id)
    assert (draft["revision"], draft["graph"]["name"]) == (1, "Renamed")
    await put(ada, graph_id, named("Draft"), 1)
    await ada.patch(f"/api/graphs/{graph_id}", json={"name": "Again", "description": "said"})
    draft = await draft_of(ada, graph_id)
    assert (draft["revision"], draft["graph"]["name"], draft["graph"]["description"]) == (3, "Again", "said")
    assert (await put(ada, graph_id, named("late"), 2)).status_code == 412


async def test_patch_changes_what_it_names_and_refuses_the_rest(ada: httpx.AsyncClient) -> None:
    graph_id = await make(ada, "g", folder="A", tags=["t"], retain_days=3)
    row = (await ada.patch(f"/api/graphs/{graph_id}", json={"retain_days": None})).json()
    assert (row["folder"], row["tags"], row["retain_days"]) == ("A", ["t"], None)
    assert (await ada.patch(f"/api/graphs/{graph_id}", json={})).status_code == 200
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"tags": [" "]}, "tags[0]"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"retain_days": -1}, "retain_days"),
        ({"retain_days": 10**12}, "retain_days"),
        ({"folder": "x" * 201}, "folder"),
        ({"owner": "me"}, "owner"),
    ]
    for body, path in wrong:
        refused = await ada.patch(f"/api/graphs/{graph_id}", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, path), body
    assert (await ada.patch("/api/graphs/absent", json={"folder": "x"})).status_code == 404


async def test_copy_has_the_drafts_contents_and_a_life_of_its_own(ada: httpx.AsyncClient) -> None:
    graph_id = await make(ada, "echo", folder="A", tags=["t"])
    await put(ada, graph_id, named("draft"), "*")
    headers = {"idempotency-key": "k"}
    ids = {(await ada.post(f"/api/graphs/{graph_id}/copy", headers=headers)).json()["id"] for _ in range(2)}
    [copy_id] = ids
    assert copy_id != graph_id
    copy = (await ada.get(f"/api/graphs/{copy_id}")).json()
    assert (copy["name"], copy["version"], copy["folder"], copy["tags"]) == ("Copy of draft", 1, "A", ["t"])
    assert [one["id"] for one in copy["nodes"]] == ["in", "out"]
    other = await ada.post(f"/api/graphs/{graph_id}/copy", json={"name": "Mine"})
    assert (await ada.get(f"/api/graphs/{other.json()['id']}")).json()["name"] == "Mine"
    await put(ada, copy_id, named("changed"), "*")
    assert (await draft_of(ada, graph_id))["graph"]["name"] == "draft"


async def test_repeated_request_makes_no_version_of_what_it_made_first(ada: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "same"}
    first = await ada.post("/api/graphs", json=named("one"), headers=headers)
    again = await ada.post("/api/graphs", json=named("two"), headers=headers)
    assert again.json() == first.json()
    imported = await ada.post("/api/graphs/import", json=named("one"), headers=headers)
    assert imported.json()["id"] != first.json()["id"]
    await ada.delete(f"/api/graphs/{first.json()['id']}")
    refused = await ada.post("/api/graphs", json=named("one"), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_deleted_graph_is_gone_everywhere_and_its_runs_can_be_read(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    body = {"inputs": {"name": "Ada"}, "wait": True}
    run_id = (await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).json()["run_id"]
    assert (await ada.delete(f"/api/graphs/{graph_id}")).status_code == 204
    url = f"/api/graphs/{graph_id}"
    asked = [
        ("GET", url, None),
        ("PUT", url, echo_graph()),
        ("PATCH", url, {"folder": "x"}),
        ("DELETE", url, None),
        ("GET", f"{url}?version=1", None),
        ("GET", f"{url}/draft", None),
        ("PUT", f"{url}/draft", echo_graph()),
        ("GET", f"{url}/versions", None),
        ("POST", f"{url}/versions", None),
        ("GET", f"{url}/compare?from=1&to=1", None),
        ("GET", f"{url}/export", None),
        ("POST", f"{url}/copy", None),
        ("POST", f"{url}/publish", None),
        ("POST", f"{url}/validate", None),
        ("POST", f"{url}/runs", body),
        ("POST", f"{url}/runs", {**body, "version": 1}),
    ]
    for method, path, sent in asked:
        answer = await ada.request(method, path, json=sent, headers={"if-match": "*"})
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await ada.get("/api/graphs")).json()["items"] == []
    run = (await ada.get(f"/api/runs/{run_id}")).json()
    assert (run["status"], run["outputs"]) == ("completed", {"echo": ["Ada"]})
    events = (await ada.get(f"/api/runs/{run_id}/events")).json()["items"]
    assert {event["node_id"] for event in events} >= {"in", "out"}


async def test_graph_is_not_deleted_while_runs_of_it_go_on(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, waiting_graph())
    runs = [(await ada.post(f"/api/graphs/{graph_id}/runs", json={})).json()["run_id"] for _ in range(2)]
    refused = await ada.delete(f"/api/graphs/{graph_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "2 runs" in refused.json()["detail"]
    for run_id in runs:
        await ada.post(f"/api/runs/{run_id}/cancel")
    statuses = [409]
    while statuses[-1] == 409 and len(statuses) < 200:
        await asyncio.sleep(0.05)
        statuses.append((await ada.delete(f"/api/graphs/{graph_id}")).status_code)
    assert statuses[-1] == 204


async def test_process_that_was_told_nothing_runs_a_deleted_graph_no_longer_than_it_remembers(
    ada: httpx.AsyncClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.executor.programs._NEWEST_KEPT_S", 0.2)
    user_id = (await ada.get("/api/auth/me")).json()["id"]
    graph_id = await stored(ada, echo_graph())
    elsewhere = Worker(app.database, app.settings, app.catalogue.find).programs
    for version in (None, 1):
        await elsewhere.get(user_id, graph_id, version, RunOptions())
    await ada.delete(f"/api/graphs/{graph_id}")
    await asyncio.sleep(0.25)
    for version in (None, 1):
        with pytest.raises(NotFound):
            await elsewhere.get(user_id, graph_id, version, RunOptions())
    assert (await elsewhere.of_run(user_id, graph_id, 1, RunOptions())).graph.version == 1


async def test_folders_and_filters_show_nothing_of_others(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await make(ada, "hers", folder="Private", tags=["secret"])
    assert (await bob.get("/api/folders")).json()["items"] == []
    assert await listed(bob, q="hers") == await listed(bob, tag="secret") == []
    assert (await bob.patch(f"/api/graphs/{graph_id}", json={"folder": "his"})).status_code == 404
    assert (await bob.delete(f"/api/graphs/{graph_id}")).status_code == 404
    assert (await bob.post(f"/api/graphs/{graph_id}/copy")).status_code == 404
    assert await listed(ada, folder="Private") == ["hers"]
