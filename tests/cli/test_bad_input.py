"""What cannot run is refused before anything is opened or stored: exit 2, where it is, what to do."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from tests.cli.graphs import CALCULATOR, COLLECT, NUMBER, OUTPUT, STEP, TEXT, graph, node
from tests.support.command_line import EXAMPLES, CommandLine, Said

HELLO = (EXAMPLES / "hello.json").read_bytes()

GRAPHS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown block": (graph(node("a", "no-such-block")), ("a", "no-such-block", "Replace the node")),
    "missing output pin": (
        graph(
            node("a", NUMBER, name="x", value=1), node("b", OUTPUT, name="y"), links=("a.nothing -> b.value",)
        ),
        ("a.nothing", "'result'"),
    ),
    "missing input pin": (
        graph(
            node("a", NUMBER, name="x", value=1),
            node("b", OUTPUT, name="y"),
            links=("a.result -> b.nowhere",),
        ),
        ("b.nowhere", "'value'"),
    ),
    "types that cannot fit": (
        graph(
            node("a", STEP, items=[1]),
            node("b", COLLECT),
            node("c", CALCULATOR, operation="Add", b=1),
            links=("a.item -> b.items", "b.list -> c.a"),
        ),
        ("c.a", "list", "converts it"),
    ),
    "missing required input": (
        graph(node("c", CALCULATOR, operation="Add", b=1)),
        ("c.a", "missing", "link something to it"),
    ),
    "a constant that does not fit": (
        graph(node("c", CALCULATOR, operation="Add", a="ten", b=1)),
        ("c.a", "Correct it"),
    ),
    "nothing that can start": (graph(), ("Nothing in this graph can start", "Add an input")),
    "a cycle that nothing enters": (
        graph(
            node("c", CALCULATOR, operation="Add", b=1),
            node("d", CALCULATOR, operation="Add", b=1),
            links=("c.result -> d.a", "d.result -> c.a"),
        ),
        ("c",),
    ),
    "duplicate node ids": (
        graph(node("a", NUMBER, name="x", value=1), node("a", NUMBER, name="y", value=1)),
        ("a:", "another id"),
    ),
    "duplicate link ids": (
        graph(
            node("a", NUMBER, name="x", value=1),
            node("b", OUTPUT, name="y"),
            links=("a.result -> b.value", "a.result -> b.value"),
        ),
        ("Two links", "another id"),
    ),
    "a link to a missing node": (
        graph(node("a", NUMBER, name="x", value=1), links=("a.result -> gone.value",)),
        ("gone", "Remove the link"),
    ),
    "collect on a cycle": (
        graph(
            node("s", STEP, items=[1]),
            node("l", COLLECT),
            links=("s.item -> l.items", "l.list -> s.items"),
        ),
        ("l", "cycle"),
    ),
    "no name": ({"nodes": [], "links": []}, ("name", "Add it")),
    "a problem in a graph within": (
        {
            **graph(node("a", NUMBER, name="x", value=1)),
            "sub_graphs": [graph(node("inner", "no-such-block"))],
        },
        ("inner", "no-such-block"),
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
async def test_a_graph_that_cannot_run_is_refused(
    blockyard: CommandLine, database_url: str, name: str
) -> None:
    value, wanted = GRAPHS[name]
    said = blockyard("run", blockyard.write("graph.json", value), "--json")
    _is_refused(said, wanted)
    assert await _stored(database_url) == 0


async def test_all_problems_come_at_once(blockyard: CommandLine, database_url: str) -> None:
    broken = graph(
        node("a", "no-such-block"),
        node("c", CALCULATOR, operation="Guess", b=1),
        node("d", OUTPUT),
        links=("c.result -> d.nowhere",),
    )
    said = blockyard("run", blockyard.write("graph.json", broken), "--json")
    _is_refused(said, ("a:", "c.operation", "c.a", "d.name", "d.nowhere"))
    assert {(e["node_id"], e["pin"]) for e in said.json["errors"]} >= {("c", "a"), ("d", "name")}
    assert await _stored(database_url) == 0


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", ("empty",)),
        (b"{not json", ("line 1, column 2",)),
        (b"[" * 100_000, ("nested more than",)),
        (HELLO.replace(b'"Hello, {{ name }}!"', b"NaN"), ("nodes[1].input_default.format", "nan")),
        (HELLO.replace(b"Hello, {{", b"Hello\\u0000 {{"), ("nodes[1].input_default.format", "U+0000")),
        (HELLO.replace(b"Hello, {{", b"Hello\\ud800 {{"), ("nodes[1].input_default.format", "surrogate")),
        (b'{"name": "' + b"x" * 100 * 2**20 + b'"}', ("larger than 25 MiB", "MAX_BODY_BYTES")),
    ],
    ids=["empty", "no JSON", "deep", "NaN", "NUL", "half a surrogate pair", "100 MB"],
)
async def test_a_file_that_nobody_can_store_is_refused(
    blockyard: CommandLine, database_url: str, raw: bytes, wanted: tuple[str, ...]
) -> None:
    (blockyard.folder / "graph.json").write_bytes(raw)
    _is_refused(blockyard("run", "graph.json", "--json"), wanted)
    assert await _stored(database_url) == 0


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), ("inputs.name", "missing", "Give it a value")),
        (("--input", "nmae=Ada"), ("inputs.nmae", "This graph has: 'name'", "inputs.name")),
        (("--input", "Ada"), ("--input name=value",)),
        (("--input", "name=[1, {}]", "--until", "nowhere"), ("nowhere",)),
        (("--input", 'name="a\\u0000b"'), ("name", "U+0000")),
        (("--inputs-file", "list.json"), ("holds no inputs",)),
        (("--inputs-file", "gone.json"), ("gone.json", "No such file")),
    ],
)
async def test_inputs_that_do_not_fit_are_refused(
    blockyard: CommandLine, database_url: str, arguments: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    blockyard.write("list.json", [1])
    _is_refused(blockyard("run", EXAMPLES / "hello.json", "--json", *arguments), wanted)
    assert await _stored(database_url) == 0


def test_an_input_of_another_type_is_refused_with_its_name(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "fan_out.json", "--input", "count=many", "--json")
    _is_refused(said, ("inputs.count", "does not fit"))
    assert said.json["errors"][0]["path"] == "inputs.count"


def test_without_json_the_refusal_is_only_told(blockyard: CommandLine) -> None:
    said = blockyard("run", blockyard.write("graph.json", graph(node("a", "nope"), node("b", TEXT))))
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[0] == "blockyard: 2 problems"


def test_a_stored_graph_that_is_not_there_is_bad_input(blockyard: CommandLine) -> None:
    said = blockyard("run", "no-such-graph")
    assert said.code == 2
    assert said.err.strip() == "blockyard: There is no graph 'no-such-graph'."


def test_validate_names_the_files_that_cannot_run(blockyard: CommandLine) -> None:
    bad = blockyard.write("bad.json", graph(node("a", "nope")))
    said = blockyard("graph", "validate", EXAMPLES / "hello.json", bad, "--json")
    assert said.code == 2
    first, second = (json.loads(line) for line in said.out.splitlines())
    assert (first["ok"], second["ok"]) == (True, False)
    assert second["errors"][0]["node_id"] == "a"


def _is_refused(said: Said, wanted: tuple[str, ...]) -> None:
    assert said.code == 2, said
    assert [text for text in wanted if text not in said.err] == [], said.err
    assert "Traceback" not in said.err
    assert (said.json["status"], said.json["run_id"]) == ("refused", None)
    assert all(error["message"] for error in said.json["errors"])


async def _stored(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return int(
            await connection.fetchval("SELECT (SELECT count(*) FROM graph) + (SELECT count(*) FROM run)")
        )
    finally:
        await connection.close()
