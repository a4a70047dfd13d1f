"""Graphs as files: nothing secret gets out, nothing is lost on the way there and back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.blocks import Catalogue, catalogue
from backend.data.block import Block, BlockOutput
from backend.data.credentials import APIKeyCredentials, CredentialsMetaInput
from backend.data.db import Database, open_database
from backend.data.graph_export import export_graph
from backend.data.graph_import import read_import
from backend.data.graph_store import create_graph
from backend.data.model import BlockSchema, CredentialsField, SchemaField
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.util.settings import Settings
from tests.server.conftest import OUTPUT, TEXT_INPUT, VALUE, echo_graph, link, node, stored
from tests.server.test_graph_drafts import draft_of, named, put

AGENT = "e189baac-8c20-45a1-94a7-55177ea42565"
REQUEST = "6595ae1f-b924-42cb-9a41-551a0611c4b4"
CANARY = "canary-7f3a"


class SecretiveBlock(Block):
    """Has a secret pin and credentials."""

    id = "00000000-0000-4000-8000-0000000000f1"

    class Input(BlockSchema):
        password: str = SchemaField(description="Hidden from all", secret=True, default="")
        parts: dict[str, Any] = SchemaField(description="Hidden too", secret=True, default={})
        text: str = SchemaField(description="For everybody", default="")
        credentials: CredentialsMetaInput[Any, Any] = CredentialsField()

    class Output(BlockSchema):
        text: str = SchemaField(description="The text")

    def run(self, input_data: Any, *, credentials: APIKeyCredentials, **kwargs: Any) -> BlockOutput:
        yield "text", input_data.text


@pytest.fixture
def blocks() -> Catalogue:
    """The real blocks and that one."""
    found = Catalogue()
    for kind in (*map(type, catalogue()), SecretiveBlock):
        found.add(kind)
    return found


async def exported(client: httpx.AsyncClient, graph_id: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/graphs/{graph_id}/export", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def imported(client: httpx.AsyncClient, file: Any) -> dict[str, Any]:
    answer = await client.post("/api/graphs/import", json=file)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def calling(target: str, **more: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"properties": {}}
    return node("call", AGENT, graph_id=target, inputs={}, input_schema=schema, output_schema=schema, **more)


async def test_exported_graph_has_a_name_that_every_file_system_takes(ada: httpx.AsyncClient) -> None:
    for name, expected in [
        ('../Naïve "plan"; x\r\n', "Na-ve-plan-x.json"),
        ("日本", "graph.json"),
        ("a" * 300, "a" * 80 + ".json"),
    ]:
        graph_id = await stored(ada, named(name))
        answer = await ada.get(f"/api/graphs/{graph_id}/export")
        assert answer.headers["content-disposition"] == f'attachment; filename="{expected}"'
        assert answer.headers["content-type"] == "application/json"


async def test_any_version_and_the_draft_can_be_exported(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, named("one"))
    await ada.put(f"/api/graphs/{graph_id}", json=named("two"))
    await put(ada, graph_id, named("three"), "*")
    names = [(await exported(ada, graph_id, **params))["name"] for params in (
        {}, {"version": 1}, {"version": "draft"},
    )]  # fmt: skip
    assert names == ["two", "one", "three"]
    assert (await ada.get(f"/api/graphs/{graph_id}/export?version=7")).status_code == 404


async def test_nothing_secret_and_nothing_of_the_owner_gets_out(ada: httpx.AsyncClient) -> None:
    user_id = (await ada.get("/api/auth/me")).json()["id"]
    reference = {"id": f"id-{CANARY}", "provider": "github", "type": "api_key", "title": "Work"}
    nodes = [
        node("s", SecretiveBlock.id, password=CANARY, text="open", credentials=reference)
        | {"pinned": {"text": [CANARY]}},
        node("t", SecretiveBlock.id, **{"parts_#_a": CANARY, "credentials": reference}),
        node("in", TEXT_INPUT, name="token", value=CANARY, secret=True),
        node("get", REQUEST, url="https://example.com", headers={"X-API-Key": CANARY, "Accept": "a/b"}),
        node("get2", REQUEST, url="https://example.com", **{"headers_#_Authorization": CANARY}),
        node("gone", "no such block", api_token=CANARY, other_credentials=reference, text="open"),
        calling("absent", user_id=user_id, nodes_input_masks={"x": {"credentials": reference}}),
    ]
    answer = await ada.post("/api/graphs", json={"name": "secrets", "nodes": nodes, "links": []})
    raw = (await ada.get(f"/api/graphs/{answer.json()['id']}/export")).text
    assert CANARY not in raw
    assert user_id not in raw
    file = json.loads(raw)
    constants = {one["id"]: one["input_default"] for one in file["nodes"]}
    kept = {"provider": "github", "type": "api_key", "title": "Work"}
    assert constants["s"] == {"text": "open", "credentials": kept}
    assert constants["gone"] == {"other_credentials": kept, "text": "open"}
    assert constants["get"]["headers"] == {"Accept": "a/b"}
    assert [(one["node_id"], one["pin"]) for one in file["left_out"]] == [
        ("s", "password"),
        ("t", "parts_#_a"),
        ("in", "value"),
        ("get", "headers.X-API-Key"),
        ("get2", "headers_#_Authorization"),
        ("gone", "api_token"),
    ]
    assert all("pinned" not in one for one in file["nodes"])


async def test_secret_of_a_graph_that_is_run_is_left_out_of_whoever_runs_it(ada: httpx.AsyncClient) -> None:
    child = await stored(
        ada, {"name": "child", "nodes": [node("in", TEXT_INPUT, name="key", secret=True)], "links": []}
    )
    call = calling(child)
    call["input_default"] |= {"inputs": {"key": CANARY, "other": 1}, "key": CANARY}
    parent = await ada.post("/api/graphs", json={"name": "parent", "nodes": [call], "links": []})
    file = await exported(ada, parent.json()["id"])
    assert CANARY not in json.dumps(file)
    assert file["nodes"][0]["input_default"]["inputs"] == {"other": 1}


async def test_graphs_that_it_runs_come_along_in_the_versions_that_it_runs(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    inner = await stored(ada, named("inner"))
    child = await stored(ada, {"name": "child v1", "nodes": [calling(inner)], "links": []})
    await ada.put(f"/api/graphs/{child}", json={"name": "child v2", "nodes": [calling(inner)], "links": []})
    his = await stored(bob, echo_graph())
    nodes = [
        calling(child) | {"id": "newest"},
        calling(child, graph_version=1) | {"id": "first"},
        calling(his) | {"id": "foreign"},
    ]
    parent = await stored(ada, {"name": "parent", "nodes": nodes, "links": []})
    file = await exported(ada, parent)
    assert [one["name"] for one in file["sub_graphs"]] == ["child v2", "child v1", "inner"]
    assert len({one["id"] for one in file["sub_graphs"]}) == 3
    report = await imported(bob, file)
    assert [one["name"] for one in report["mapped"]] == ["parent", "child v2", "child v1", "inner"]
    assert report["missing"] == []
    called = {
        one["id"]: one["input_default"]
        for one in (await bob.get(f"/api/graphs/{report['id']}")).json()["nodes"]
    }
    names = {
        name: (await bob.get(f"/api/graphs/{called[name]['graph_id']}")).json()["name"] for name in called
    }
    assert names == {"newest": "child v2", "first": "child v1", "foreign": "echo"}
    assert called["first"]["graph_version"] == 1
    again = await imported(ada, file)
    assert [(one["node_id"], one["missing"]) for one in again["missing"]] == [("foreign", f"graph {his}")]


async def test_graph_that_runs_itself_is_exported_once(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await ada.put(f"/api/graphs/{graph_id}", json={"name": "self", "nodes": [calling(graph_id)], "links": []})
    file = await exported(ada, graph_id)
    assert file["sub_graphs"] == []
    report = await imported(ada, file)
    [call] = (await ada.get(f"/api/graphs/{report['id']}")).json()["nodes"]
    assert call["input_default"]["graph_id"] == report["id"] != graph_id


async def test_import_reports_what_was_mapped_is_missing_and_was_changed(ada: httpx.AsyncClient) -> None:
    file = {
        "id": "theirs",
        "version": 12,
        "is_active": True,
        "name": "From elsewhere",
        "description": "",
        "nodes": [
            node("in", TEXT_INPUT, name="name") | {"input_links": [], "webhook_id": None},
            node("llm", "1f292d4a-41a4-4977-9684-7c8d560b9f91", model="gpt", prompt="Hi")
            | {"metadata": {"position": {"x": 1, "y": 2}}},
            node("s", SecretiveBlock.id, credentials={"id": "x", "provider": "github", "type": "api_key"})
            | {"pinned": {"text": ["always"]}},
            node("out", OUTPUT, name="said"),
            calling("child", user_id="somebody", graph_version=7) | {"id": "call"},
        ],
        "links": [link("in.result", "llm.prompt_values_#_name"), link("llm.response", "out.value")],
        "sub_graphs": [{**echo_graph(), "id": "child", "version": 7}],
        "left_out": [{"graph_id": "theirs", "node_id": "s", "pin": "password", "why": "It is secret."}, 5],
    }
    report = await imported(ada, file)
    assert report["version"] == 1
    assert [(one["file_id"], one["name"]) for one in report["mapped"]] == [
        ("theirs", "From elsewhere"),
        ("child", "echo"),
    ]
    assert report["mapped"][0]["id"] == report["id"]
    assert report["mapped"][0]["blocks"]["AgentShortTextInputBlock"] == 1
    assert [(one["node_id"], one["block_id"][:8], one["missing"]) for one in report["missing"]] == [
        ("llm", "1f292d4a", "block")
    ]
    assert [(one["node_id"], one["pin"]) for one in report["changed"]] == [
        ("s", "password"),
        ("s", "credentials"),
        ("s", None),
        ("call", "user_id"),
    ]
    assert "llm" in {problem["node_id"] for problem in report["problems"]}
    graph = (await ada.get(f"/api/graphs/{report['id']}")).json()
    assert [one["id"] for one in graph["nodes"]] == ["in", "llm", "s", "out", "call"]
    assert graph["nodes"][1]["input_default"] == {"model": "gpt", "prompt": "Hi"}
    assert graph["nodes"][2]["input_default"]["credentials"] == {"provider": "github", "type": "api_key"}
    assert [one["sink_name"] for one in graph["links"]] == ["prompt_values_#_name", "value"]
    assert (await draft_of(ada, report["id"]))["graph"]["name"] == "From elsewhere"


async def test_imported_graph_runs_the_graphs_of_its_file(ada: httpx.AsyncClient) -> None:
    call = calling("child", graph_version=3)
    call["input_default"] |= {
        "inputs": {"name": "Ada"},
        "output_schema": {"properties": {"echo": {}}},
    }
    file = {
        "name": "parent",
        "nodes": [call, node("out", OUTPUT, name="said")],
        "links": [link("call.echo", "out.value")],
        "sub_graphs": [{**echo_graph(), "id": "child"}],
    }
    for _ in range(2):
        report = await imported(ada, file)
        assert report["problems"] == []
        run = await ada.post(f"/api/graphs/{report['id']}/runs", json={"wait": True})
        assert run.json()["outputs"] == {"said": ["Ada"]}, run.text
        file = await exported(ada, report["id"])


async def test_what_is_no_graph_is_refused_and_nothing_is_stored(ada: httpx.AsyncClient) -> None:
    twice = {**echo_graph(), "id": "a", "sub_graphs": [{**echo_graph(), "id": "a"}]}
    empty: dict[str, Any] = {"name": "x", "nodes": [], "links": []}
    many = {**empty, "sub_graphs": [{**empty, "sub_graphs": [empty] * 150}] * 2}
    for file, status in [([], 422), ({"name": "x"}, 422), (twice, 400), ("x", 422), (many, 400)]:
        refused = await ada.post("/api/graphs/import", json=file)
        assert refused.status_code == status, refused.text
    refused = await ada.post("/api/graphs/import", content=b'{"name": "\\u0000"}')
    assert refused.status_code == 400
    assert (await ada.get("/api/graphs")).json()["items"] == []


async def test_file_that_is_imported_twice_with_one_key_is_stored_once(ada: httpx.AsyncClient) -> None:
    file = {**echo_graph(), "id": "a", "sub_graphs": [{**echo_graph(), "id": "b"}]}
    headers = {"idempotency-key": "import"}
    reports = [(await ada.post("/api/graphs/import", json=file, headers=headers)).json() for _ in range(2)]
    assert reports[0] == reports[1]
    assert len((await ada.get("/api/graphs")).json()["items"]) == 2


async def test_file_of_the_autogpt_platform_is_imported_with_a_report_and_runs(
    ada: httpx.AsyncClient,
) -> None:
    unknown = "1f292d4a-41a4-4977-9684-7c8d560b9f91"
    nodes = [
        node("in", TEXT_INPUT, name="Who?", value="Ada"),
        node("out", OUTPUT, name="said"),
        node("ai", unknown, prompt="Hi", model="gpt-4o", credentials={"id": CANARY}, max_tokens=5),
        node("calc", "b1ab9b19-67a6-406d-abf5-2dba76d00c79", operation="Add", a="one", b=1),
        node("old", "31d1064e-7446-4693-o7d4-65e5ca9110d1", text="A note"),
    ]
    nodes = [{**one, "metadata": {"customized_name": one["id"]}} for one in nodes]
    links = [link("in.result", "out.value"), link("in.gone", "out.value")]
    file: dict[str, Any] = {
        "id": "g",
        "version": 2,
        "is_active": True,
        "name": "Theirs",
        "description": "",
        "nodes": nodes,
    }
    report = await imported(ada, {"graph": {**file, "links": links}, "source": "upload"})
    ids = {one["metadata"]["customized_name"]: one["id"] for one in await nodes_of(ada, report["id"])}
    assert len(set(ids.values())) == len(ids) == 5
    assert not {"in", "out"} & set(ids.values())
    assert [(one["node_id"], one["block_name"]) for one in report["missing"]] == [
        (ids["ai"], "AITextGeneratorBlock")
    ]
    assert [(one["node_id"], one["kind"], one["after"]) for one in report["renamed"]] == [
        (ids["old"], "block", "NoteBlock")
    ]
    assert [(one["node_id"], one["pin"], one["node_name"]) for one in report["changed"]] == [
        (ids["ai"], "credentials", "ai"),
        (ids["calc"], "a", "calc"),
        (ids["in"], "gone", "in"),
    ]
    assert [(one["node_id"], one["pin"], one["provider"]) for one in report["credentials"]] == [
        (ids["ai"], "credentials", None)
    ]
    assert "A division by zero fails; there it gives infinity." in [
        one["text"] for one in report["differences"]
    ]
    assert report["more"] == {}
    assert [problem["node_id"] for problem in report["problems"]] == [ids["ai"]]
    refused = await ada.post(f"/api/graphs/{report['id']}/runs", json={"wait": True})
    assert refused.status_code == 422
    assert "AITextGeneratorBlock" in refused.text
    file = await exported(ada, report["id"])
    assert CANARY not in json.dumps(file)
    kept = {one["id"]: one for one in file["nodes"]}[ids["ai"]]
    assert kept["input_default"] == {"prompt": "Hi", "model": "gpt-4o", "max_tokens": 5}
    assert kept["metadata"]["placeholder"]["name"] == "AITextGeneratorBlock"
    again = await imported(ada, file)
    assert await nodes_of(ada, again["id"]) == await nodes_of(ada, report["id"])
    kept["disabled"] = True
    able = await imported(ada, file)
    run = await ada.post(f"/api/graphs/{able['id']}/runs", json={"wait": True})
    assert run.json()["outputs"] == {"said": ["Ada"]}, run.text


async def nodes_of(client: httpx.AsyncClient, graph_id: str) -> list[dict[str, Any]]:
    return list((await client.get(f"/api/graphs/{graph_id}")).json()["nodes"])


async def test_file_that_is_imported_twice_with_one_key_has_the_same_nodes_in_both_reports(
    ada: httpx.AsyncClient,
) -> None:
    file = {"name": "x", "is_active": True, "nodes": [node("a", "unknown")], "links": []}
    headers = {"idempotency-key": "theirs"}
    first, second = [
        (await ada.post("/api/graphs/import", json=file, headers=headers)).json() for _ in range(2)
    ]
    assert first == second
    assert first["missing"][0]["node_id"] == (await nodes_of(ada, first["id"]))[0]["id"]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
PLAIN = ["text", "values", "name", "value", "entries_$_0"]


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """A graph with those that it runs, as a file; some of its blocks are not known here."""
    ids = ["root", *(f"child-{k}" for k in range(draw(st.integers(0, 3))))]
    graphs = [draw(_graph(one, ids)) for one in ids]
    return {**graphs[0], "sub_graphs": graphs[1:]}


@st.composite
def _graph(draw: st.DrawFn, graph_id: str, ids: list[str]) -> dict[str, Any]:
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    nodes: list[dict[str, Any]] = []
    for name in names:
        block = draw(st.sampled_from([VALUE, TEXT_INPUT, OUTPUT, "unknown", AGENT]))
        constants = draw(st.dictionaries(st.sampled_from(PLAIN), JSON, max_size=2))
        if block == AGENT:
            version = {"graph_version": 1} if draw(st.booleans()) else {}
            constants |= {"graph_id": draw(st.sampled_from(ids)), **version}
        metadata = {"position": {"x": draw(st.floats(-1e6, 1e6)), "y": 0.5}, "note": draw(JSON)}
        policy = {"retry": {"times": draw(st.integers(0, 3))}, "on_error": "continue"}
        nodes.append(node(name, block, **constants) | {"metadata": metadata, "policy": policy})
    links: list[dict[str, Any]] = []
    for k in range(draw(st.integers(0, 3)) if names else 0):
        ends = {"source_id": draw(st.sampled_from(names)), "sink_id": draw(st.sampled_from(names))}
        links.append({"id": f"l{k}", "source_name": "a", "sink_name": draw(NAMES), **ends, "is_static": True})
    return {
        "id": graph_id,
        "name": draw(NAMES),
        "description": draw(NAMES),
        "nodes": nodes,
        "links": links,
        "limits": {"max_firings": draw(st.none() | st.integers(1, 9))},
    }


def test_exported_and_imported_again_a_graph_is_the_same_but_for_ids(settings: Settings) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(open_database(settings))

        @given(files())
        @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def check(file: dict[str, Any]) -> None:
            first = runner.run(round_trip(database, file))
            second = runner.run(round_trip(database, first))
            assert anonymous(second) == anonymous(first)
            for name in ("name", "description", "links"):
                assert first[name] == file[name]
            assert [one["id"] for one in first["nodes"]] == [one["id"] for one in file["nodes"]]
            assert [one["metadata"] for one in first["nodes"]] == [
                one["metadata"] | {"customized_name": None} for one in file["nodes"]
            ]

        try:
            check()
        finally:
            runner.run(database.close())


async def round_trip(database: Database, file: dict[str, Any]) -> dict[str, Any]:
    find = catalogue().find
    raw = json.dumps(file).encode()
    read = read_import(raw, LOCAL_USER_ID, None, find)
    async with database.begin() as connection:
        await ensure_local_user(connection)
        saved, _ = await create_graph(connection, LOCAL_USER_ID, read.graph)
        document = await export_graph(connection, LOCAL_USER_ID, saved, find)
    return dict(json.loads(json.dumps(document)))


def anonymous(file: dict[str, Any]) -> str:
    """The file with numbers in the place of its graphs' ids, in the order in which they stand there."""
    text = json.dumps(file, sort_keys=True)
    for place, graph in enumerate([file, *file["sub_graphs"]]):
        text = text.replace(json.dumps(graph["id"]), f'"graph {place}"')
    return text
