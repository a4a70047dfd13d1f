"""A graph file is read whole or refused with every problem of its structure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.data.graph_file import MAX_NAMED, parse_graph, read_graph_file
from backend.util.errors import BadInput, GraphInvalid, TooLarge

GRAPH = {"name": "g", "nodes": [{"id": "a", "block_id": "b"}], "links": [], "unknown": 1}


def test_a_graph_is_read_and_what_is_unknown_to_us_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text(json.dumps(GRAPH))
    graph = read_graph_file(str(file), max_bytes=10_000)
    assert (graph.name, [node.id for node in graph.nodes]) == ("g", ["a"])


def test_every_problem_is_named_with_its_node_its_path_and_a_cure() -> None:
    broken = {
        "name": "",
        "nodes": [
            {"id": "a", "block_id": 5, "policy": {"retry": {"times": 1000}, "speed": 1}},
            {"block_id": "b"},
        ],
    }
    with pytest.raises(GraphInvalid) as refused:
        parse_graph(json.dumps(broken).encode())
    found = {problem.path: problem for problem in refused.value.problems}
    assert set(found) == {
        "name",
        "links",
        "nodes[0].block_id",
        "nodes[0].policy.retry.times",
        "nodes[0].policy.speed",
        "nodes[1].id",
    }
    assert found["nodes[0].block_id"].node_id == "a"
    assert found["nodes[1].id"].node_id is None
    assert all(problem.cure for problem in refused.value.problems)


def test_a_problem_in_a_graph_within_names_the_node_there() -> None:
    child = {**GRAPH, "nodes": [{"id": "inner", "block_id": ""}]}
    with pytest.raises(GraphInvalid) as refused:
        parse_graph(json.dumps({**GRAPH, "sub_graphs": [child]}).encode())
    assert [problem.node_id for problem in refused.value.problems] == ["inner"]


def test_a_flood_of_problems_is_counted() -> None:
    with pytest.raises(GraphInvalid) as refused:
        parse_graph(json.dumps({**GRAPH, "links": [{}] * 200}).encode())
    assert len(refused.value.problems) == MAX_NAMED + 1
    assert f"{200 * 5 - MAX_NAMED:,} more" in refused.value.problems[-1].message


@pytest.mark.parametrize("raw", [b"[]", b"5", b"null", b'"graph"'])
def test_json_that_is_no_object_is_no_graph(raw: bytes) -> None:
    with pytest.raises(GraphInvalid, match="A graph is an object"):
        parse_graph(raw)


def test_a_file_above_the_limit_is_not_read_into_memory() -> None:
    with pytest.raises(TooLarge, match="larger than"):
        read_graph_file("/dev/zero", max_bytes=1_000_000)


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_graph_file(str(tmp_path / "gone.json"), max_bytes=1000)
    with pytest.raises(BadInput, match="directory"):
        read_graph_file(str(tmp_path), max_bytes=1000)
