"""Graphs as the AutoGPT platform exported them over the years: imported, told of, stored, run.

What each file shows is in `tests/fixtures/autogpt/README.md`; what is to come of it in `*.expected.json`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from backend.blocks import catalogue
from backend.data.db import Database
from backend.data.graph import Graph
from backend.data.graph_export import export_graph
from backend.data.graph_ids import all_of
from backend.data.graph_import import read_import
from backend.data.graph_store import create_graph
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.program import problems_of
from backend.executor.worker import Worker
from backend.util.errors import GraphInvalid
from tests.support.autogpt_files import (
    EXPECTED,
    FOLDER,
    NAMES,
    RUN,
    expected,
    imported,
    labels,
    raw,
    told,
    with_part,
)
from tests.support.engine import look

CANARY = "CANARY"


def test_files_are_described() -> None:
    readme = (FOLDER / "README.md").read_text()
    files = {path.stem for path in FOLDER.glob("*.json") if not path.name.endswith(EXPECTED)}
    table = readme[readme.index("| file |") :]
    assert files == set(NAMES) == set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert len(NAMES) >= 15
    assert len({name for name, _ in RUN}) >= 12


# -- what the graph is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_graphs_come_under_new_ids_with_their_names_and_places(name: str) -> None:
    read, document = imported(name), json.loads(raw(name))
    file = document.get("graph", document)
    assert [one.name for one in all_of(read.graph)] == expected(name)["graphs"]
    texts = raw(name).decode()
    for one in all_of(read.graph):
        for ours in (one.id, *(node.id for node in one.nodes), *(link.id for link in one.links)):
            assert ours
            assert ours not in texts
    places = Counter(
        (one["metadata"]["position"]["x"], one["metadata"]["position"]["y"]) for one in file["nodes"]
    )
    assert places == Counter((one.metadata.position.x, one.metadata.position.y) for one in read.graph.nodes)
    assert len({node.id for node in read.graph.nodes}) == len(file["nodes"])
    assert read.report([])["mapped"][0]["file_id"] == expected(name).get("file_id", file.get("id", ""))


@pytest.mark.parametrize("name", NAMES)
def test_blocks_are_those_of_today_and_missing_ones_are_told(name: str) -> None:
    read = imported(name)
    nodes, wanted = labels(read.graph), expected(name).get("blocks", {})
    assert {label: nodes[label].block_id for label in wanted} == wanted
    gone = {
        node.id for one in all_of(read.graph) for node in one.nodes if catalogue().find(node.block_id) is None
    }
    assert {entry["node_id"] for entry in told(read, "missing") if entry["missing"] == "block"} == gone


@pytest.mark.parametrize("name", with_part("links"))
def test_links_that_can_be_are_kept_once(name: str) -> None:
    graph = imported(name).graph
    ends = [(link.source_id, link.source_name, link.sink_id, link.sink_name) for link in graph.links]
    assert len(ends) == len(set(ends)) == expected(name)["links"]
    ids = {node.id for node in graph.nodes}
    assert all(source in ids and sink in ids for source, _, sink, _ in ends)


def test_links_of_static_sources_are_static_whatever_the_file_says() -> None:
    graph = imported("letters_old_template").graph
    nodes = labels(graph)
    for label in expected("letters_old_template")["static_sources"]:
        assert {link.is_static for link in graph.links if link.source_id == nodes[label].id} == {True}


@pytest.mark.parametrize("name", with_part("constants"))
def test_constants_are_kept_or_moved_to_pins_of_today(name: str) -> None:
    nodes = labels(imported(name).graph)
    for label, constants in expected(name)["constants"].items():
        found = nodes[label].input_default
        assert found == found | constants
    for label, absent in expected(name).get("absent_constants", {}).items():
        assert not set(nodes[label].input_default).intersection(absent)


@pytest.mark.parametrize("name", with_part("calls"))
def test_nodes_run_the_graphs_that_came_along(name: str) -> None:
    graph = imported(name).graph
    graphs = {one.id: one.name for one in all_of(graph)}
    nodes = labels(graph)
    found = {label: graphs.get(nodes[label].input_default["graph_id"]) for label in expected(name)["calls"]}
    assert found == expected(name)["calls"]


def test_of_two_versions_of_a_graph_the_one_that_was_meant_is_run() -> None:
    graph = imported("sub_agents_versions").graph
    first, second = graph.sub_graphs[:2]
    nodes = labels(graph)
    assert nodes["First version"].input_default["graph_id"] == first.id
    assert nodes["Second version"].input_default["graph_id"] == second.id


# -- what is said ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", with_part("renamed"))
def test_renames_are_told(name: str) -> None:
    assert {entry["label"] for entry in told(imported(name), "renamed")} >= set(expected(name)["renamed"])


@pytest.mark.parametrize("name", with_part("detached"))
def test_links_that_lead_nowhere_are_told(name: str) -> None:
    wanted = expected(name)["detached"]
    changed = told(imported(name), "changed")
    assert len(changed) >= len(wanted)
    said = json.dumps(changed, ensure_ascii=False)
    assert [pin for pin in wanted if pin and pin not in said] == []


@pytest.mark.parametrize("name", with_part("asked"))
def test_node_whose_graph_nobody_can_tell_is_told_as_missing(name: str) -> None:
    read = imported(name)
    missing = {entry["label"] for entry in told(read, "missing") if entry["missing"] != "block"}
    graphs = {one.id for one in all_of(read.graph)}
    for label in expected(name)["asked"]:
        assert label in missing
        assert labels(read.graph)[label].input_default.get("graph_id") not in graphs


@pytest.mark.parametrize("name", with_part("disabled"))
def test_node_that_must_not_start_by_itself_is_disabled_and_told(name: str) -> None:
    read, wanted = imported(name), set(expected(name)["disabled"])
    assert {label for label, node in labels(read.graph).items() if node.disabled} == wanted
    assert wanted <= {entry["label"] for entry in told(read, "changed")}


@pytest.mark.parametrize("name", with_part("credentials"))
def test_credentials_are_asked_for(name: str) -> None:
    asked = {entry["label"]: entry for entry in told(imported(name), "credentials")}
    for label, provider in expected(name)["credentials"]:
        assert asked[label]["provider"] == provider
        assert asked[label]["providers"]
        assert asked[label]["types"]


@pytest.mark.parametrize("name", with_part("differs"))
def test_what_runs_otherwise_here_is_told_with_its_nodes(name: str) -> None:
    by_node = {
        (place["node_name"], entry["text"])
        for entry in imported(name).report([])["differences"]
        for place in entry["nodes"]
    }
    for label, words in expected(name)["differs"].items():
        assert any(node == label and words in text for node, text in by_node)


async def texts_of(database: Database, user_id: str, name: str) -> str:
    """All that is kept of an imported file, and all that is said of it."""
    read = imported(name)
    async with database.begin() as connection:
        saved, _ = await create_graph(connection, user_id, read.graph)
        document = await export_graph(connection, user_id, saved, catalogue().find)
    async with database.raw() as connection:
        rows = [
            *await connection.fetch("SELECT to_jsonb(g)::text FROM graph g"),
            *await connection.fetch("SELECT to_jsonb(v)::text FROM graph_version v"),
        ]
    problems = [str(problem) for one in all_of(read.graph) for problem in problems_of(one, catalogue().find)]
    said = [json.dumps(read.report([])), json.dumps(document, default=str), *problems]
    return "\n".join([*(str(row[0]) for row in rows), *said])


@pytest.mark.parametrize("name", with_part("canaries"))
async def test_nothing_of_its_owner_is_kept_or_told(database: Database, local_user: str, name: str) -> None:
    assert raw(name).decode().count(CANARY) >= expected(name)["canaries"]
    kept = await texts_of(database, local_user, name)
    assert expected(name)["graphs"][0] in kept
    assert CANARY not in kept


# -- what it does ---------------------------------------------------------------------------------------


async def stored(database: Database, graph: Graph) -> Graph:
    async with database.begin() as connection:
        saved, _ = await create_graph(connection, LOCAL_USER_ID, graph)
    return saved


def fits(found: Any, wanted: Any) -> bool:
    """The same value, or a text of the pattern that is wanted."""
    if isinstance(wanted, dict) and wanted.keys() == {"matches"}:
        return isinstance(found, str) and re.fullmatch(wanted["matches"], found) is not None
    return json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True)


def unlike(found: dict[str, list[Any]], wanted: dict[str, list[Any]], *, any_order: bool) -> list[str]:
    """The names of the outputs that are not as they should be."""
    names = [*wanted, *(name for name in found if name not in wanted)]
    sort = sorted if any_order else list
    pairs = {name: (sort(found.get(name, [])), sort(wanted.get(name, []))) for name in names}
    return [
        f"{name}: {ours!r} is not {theirs!r}"
        for name, (ours, theirs) in pairs.items()
        if len(ours) != len(theirs) or not all(map(fits, ours, theirs))
    ]


@pytest.mark.parametrize(("name", "place"), RUN)
async def test_imported_graph_gives_what_it_should(
    worker: Worker, database: Database, name: str, place: int
) -> None:
    wanted = expected(name)["runs"][place]
    graph = await stored(database, imported(name).graph)
    accepted = await worker.submit(LOCAL_USER_ID, graph.id, wanted["inputs"])
    run = await look(worker, graph, accepted.run_id)
    assert run.status == wanted.get("status", "completed"), run.errors
    assert unlike(run.output, wanted["outputs"], any_order=expected(name).get("any_order", False)) == []


@pytest.mark.parametrize("name", with_part("refused"))
async def test_graph_that_lacks_something_is_kept_and_its_run_refused_by_name(
    worker: Worker, database: Database, name: str
) -> None:
    read = imported(name)
    graph = await stored(database, read.graph)
    with pytest.raises(GraphInvalid) as refused:
        await worker.submit(LOCAL_USER_ID, graph.id, {})
    named = {problem.node_id for problem in refused.value.problems}
    gone = {entry["node_id"] for entry in told(read, "missing") if entry["graph_id"] == graph.id}
    assert gone
    assert gone <= named
    assert all(problem.cure for problem in refused.value.problems if problem.node_id in gone)


async def test_placeholders_keep_pins_constants_and_links_through_export_and_import(
    database: Database,
) -> None:
    name = "tools_and_strangers"
    read = imported(name)
    nodes = labels(read.graph)
    for label, pins in expected(name)["pins_of_unknown"].items():
        placeholder = nodes[label].model_dump()["metadata"]["placeholder"]
        assert {side: sorted(_names(placeholder[side])) for side in pins} == pins
    if catalogue().find(nodes["Decide"].block_id) is None:
        assert nodes["Decide"].model_dump()["metadata"]["placeholder"]["name"] == "OrchestratorBlock"
    graph = await stored(database, read.graph)
    async with database.begin() as connection:
        document = await export_graph(connection, LOCAL_USER_ID, graph, catalogue().find)
    again = read_import(
        json.dumps(document, default=str).encode(), LOCAL_USER_ID, None, catalogue().find
    ).graph
    assert [one.model_dump() for one in again.nodes] == [one.model_dump() for one in read.graph.nodes]
    assert again.links == read.graph.links


def _names(pins: list[Any]) -> list[str]:
    return [pin if isinstance(pin, str) else pin["name"] for pin in pins]


@pytest.mark.parametrize("name", NAMES)
def test_same_key_makes_the_same_graph(name: str) -> None:
    assert imported(name, "key").graph == imported(name, "key").graph
    assert imported(name, "key").graph.id != imported(name, "other").graph.id
