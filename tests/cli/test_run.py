"""`blockyard run`: what it prints, how it ends, and what becomes of a run whose process is killed."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path

import asyncpg

from tests.cli.graphs import CALCULATOR, CREATE_LIST, OUTPUT, STEP, graph, node, timer_graph
from tests.support.command_line import EXAMPLES, CommandLine

FAILING = graph(
    node("each", STEP, items=[1, 0, 2]),
    node("divide", CALCULATOR, operation="Divide", a=6),
    node("end", OUTPUT, name="results"),
    links=("each.item -> divide.b", "divide.result -> end.value"),
)


def test_json_is_one_object_of_this_shape(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "hello.json", "--input", "name=Ada", "--json")
    result = said.json
    assert said.out.count("\n") == 1
    assert isinstance(result.pop("run_id"), str)
    assert 0 < result.pop("duration_ms") < 10_000
    assert result == {
        "status": "completed",
        "outputs": {"greeting": ["Hello, Ada!"]},
        "answer": None,
        "cost": {"usd_micros": 0, "credits": 0.0},
        "leftovers": [],
        "never_fired": [],
        "errors": [],
    }


def test_a_failed_run_ends_with_1_and_names_node_item_and_reason(blockyard: CommandLine) -> None:
    said = blockyard("run", blockyard.write("graph.json", FAILING), "--json")
    assert (said.code, said.json["status"]) == (1, "failed")
    error = said.json["errors"][0]
    assert (error["node_id"], error["item"], error["code"]) == ("divide", [1], "block_failed")
    assert "division by zero" in error["message"]


def test_errors_that_the_graph_lets_pass_are_named_and_the_rest_is_there(blockyard: CommandLine) -> None:
    graph_ = json.loads(json.dumps(FAILING))
    graph_["nodes"][1]["policy"] = {"on_error": "continue"}
    said = blockyard("run", blockyard.write("graph.json", graph_), "--json")
    assert (said.code, said.json["status"]) == (0, "completed_with_errors")
    assert said.json["outputs"] == {"results": [6, 3]}
    assert [error["item"] for error in said.json["errors"]] == [[1]]


def test_what_was_never_used_and_never_fired_is_reported(blockyard: CommandLine) -> None:
    lonely = graph(
        node("each", STEP, items=[1, 2, 3]),
        node("none", STEP, items=[]),
        node("pair", CREATE_LIST),
        links=("each.item -> pair.values_$_0", "none.item -> pair.values_$_1"),
    )
    said = blockyard("run", blockyard.write("graph.json", lonely), "--json")
    assert said.code == 0
    assert said.json["leftovers"] == [{"node_id": "pair", "pin": "values_$_0", "count": 3}]
    assert said.json["never_fired"] == ["pair"]


def test_for_a_person_outputs_errors_and_leftovers_are_lines(blockyard: CommandLine) -> None:
    said = blockyard("run", blockyard.write("graph.json", FAILING))
    assert said.code == 1
    assert said.out.startswith("Failed in ")
    assert "✗ Calculator (divide), item 1: Divide of 6 and 0: division by zero." in said.out


def test_values_are_json_where_they_are_json_and_text_elsewhere(blockyard: CommandLine) -> None:
    blockyard.write("inputs.json", {"name": "from the file"})
    hello = EXAMPLES / "hello.json"
    said = blockyard("run", hello, "--inputs-file", "inputs.json", "--json")
    assert said.json["outputs"] == {"greeting": ["Hello, from the file!"]}
    said = blockyard("run", hello, "--inputs-file", "inputs.json", "--input", "name=17", "--json")
    assert said.json["outputs"] == {"greeting": ["Hello, 17!"]}


def test_a_large_output_is_printed_whole(blockyard: CommandLine) -> None:
    large = graph(
        node("list", CREATE_LIST, values=["x" * 1000] * 3000),
        node("end", OUTPUT, name="all"),
        links=("list.list -> end.value",),
    )
    said = blockyard("run", blockyard.write("graph.json", large), "--json")
    assert said.json["outputs"] == {"all": [["x" * 1000] * 3000]}


async def test_the_same_file_is_one_graph_and_a_changed_one_its_next_version(
    blockyard: CommandLine, database_url: str
) -> None:
    for message in ("one", "one", "two"):
        assert blockyard("run", blockyard.write("graph.json", timer_graph(0, message)), "--json").code == 0
    connection = await asyncpg.connect(database_url)
    versions = await connection.fetch("SELECT graph_version FROM run ORDER BY id")
    graph_id = await connection.fetchval("SELECT id FROM graph")
    await connection.close()
    assert [row["graph_version"] for row in versions] == [1, 1, 2]
    assert blockyard("run", graph_id, "--json").json["outputs"] == {"said": ["two"]}


def test_until_runs_up_to_a_node(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "hello.json", "--input", "name=Ada", "--until", "greet", "--json")
    assert (said.code, said.json["outputs"]) == (0, {})


def test_a_graph_comes_from_stdin(blockyard: CommandLine) -> None:
    said = blockyard("run", "-", "--json", stdin=json.dumps(timer_graph(0, "hi")).encode())
    assert said.json["outputs"] == {"said": ["hi"]}


def test_ctrl_c_cancels_the_run(blockyard: CommandLine) -> None:
    process = blockyard.start("run", blockyard.write("graph.json", timer_graph(60)))
    assert process.stderr is not None
    assert b"has started" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out.startswith(b"Cancelled")
    assert b"Cancelling the run" in err


async def test_a_run_whose_process_was_killed_is_finished_by_the_next_command(tmp_path: Path) -> None:
    blockyard = CommandLine(tmp_path, {"DEAD_AFTER_S": "30"})
    process = blockyard.start("run", blockyard.write("graph.json", timer_graph(1.5, "still there")))
    assert process.stderr is not None
    lines = iter(process.stderr.readline, b"")
    run_id = next(line.split()[1].decode() for line in lines if b"has started" in line)
    process.kill()
    process.communicate()
    said = blockyard("run", EXAMPLES / "hello.json", "--input", "name=Ada", "--json")
    assert said.json["outputs"] == {"greeting": ["Hello, Ada!"]}
    assert "Finishing 1 run that was interrupted" in said.err
    shown = blockyard("runs", "show", run_id, "--json")
    assert (shown.code, shown.json["status"]) == (0, "completed")
    assert shown.json["outputs"] == {"said": ["still there"]}


async def test_a_worker_takes_up_what_was_left_and_stops_when_it_is_told(
    blockyard: CommandLine, database_url: str
) -> None:
    left = blockyard.start("run", blockyard.write("graph.json", timer_graph(0.5, "taken up")))
    assert left.stderr is not None
    run_id = left.stderr.readline().split()[1].decode()
    left.kill()
    left.communicate()
    worker = blockyard.start("worker")
    try:
        await _until_status(database_url, run_id, "completed")
    finally:
        worker.send_signal(signal.SIGTERM)
        _, err = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert b"Stopping" in err


async def _until_status(database_url: str, run_id: str, wanted: str) -> None:
    connection = await asyncpg.connect(database_url)
    until = time.monotonic() + 20
    status = None
    while status != wanted:
        assert time.monotonic() < until, f"The run is {status}."
        await asyncio.sleep(0.1)
        status = await connection.fetchval("SELECT status::text FROM run WHERE id = $1", run_id)
    await connection.close()
