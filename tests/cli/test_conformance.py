"""The same command says the same and ends alike on this machine and at a server."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from backend.data.db import open_database
from backend.data.user_store import ensure_local_user
from backend.data.vault import open_vault
from backend.server.auth import KEY_PREFIX, new_token
from backend.util.settings import Settings
from tests.cli.graphs import CALCULATOR, OUTPUT, STEP, TEXT, graph, node, timer_graph
from tests.conftest import TEMPLATE, Server
from tests.server.conftest import TEXT_INPUT
from tests.support.command_inside import CommandInside
from tests.support.command_line import EXAMPLES, CommandLine, Said
from tests.support.keys import store_key

_READY_S = 60.0
KEY = KEY_PREFIX + new_token()

FAILING = graph(
    node("each", STEP, items=[1, 0, 2]),
    node("divide", CALCULATOR, operation="Divide", a=6),
    node("end", OUTPUT, name="results"),
    links=("each.item -> divide.b", "divide.result -> end.value"),
)


Way = CommandInside


def _plain(said: Said) -> tuple[int, str, str]:
    """With ids numbered as they come, without times, and JSON in one order."""
    seen: dict[str, str] = {}

    def plain(text: str) -> str:
        text = re.sub(_ID, lambda match: seen.setdefault(match[0], f"ID{len(seen)}"), text)
        text = re.sub(_TIME, "TIME", text)
        text = re.sub(r'"(duration_ms|active_s)": ?[\d.]+', r'"\1":0', text)
        return re.sub(r"\d+(\.\d+)? (ms|s)\b", "0 ms", text)

    return said.code, plain(_sorted(said.out)), plain(said.err)


_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
_TIME = r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|\d\d \w{3} \d\d:\d\d:\d\d|\d\d:\d\d:\d\d\.\d+"


@pytest.fixture(scope="module")
def ways(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Way, Way]]:
    """Here, on a database of its own, and there, at a server on another one."""
    names = [f"test_{uuid4().hex}" for _ in range(2)]
    for name in names:
        asyncio.run(_on(postgres.dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    here, served = (
        CommandLine(tmp_path_factory.mktemp("way"), {"DATABASE_URL": postgres.database(name)})
        for name in names
    )
    for way in (here, served):
        asyncio.run(_give_key(way.environment["DATABASE_URL"], way.folder / "data"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = served.start("serve", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    _until_ready(url)
    there = {"BLOCKYARD_SERVER": url, "BLOCKYARD_API_KEY": KEY}
    yield Way(here.folder, here.environment), Way(here.folder, there)
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=30)
    for name in names:
        asyncio.run(_on(postgres.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


async def _on(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _give_key(dsn: str, folder: Path) -> None:
    """The built-in user gets an API key, so that both ways act as the same person.

    The master key is made, too: the first command would say that it did so.
    """
    settings = Settings(database_url=dsn, data_dir=folder, environment="test")
    database = await open_database(settings)
    try:
        await open_vault(database, settings)
        async with database.begin() as connection:
            await ensure_local_user(connection)
            await store_key(connection, KEY)
    finally:
        await database.close()


def _until_ready(url: str) -> None:
    ends = time.monotonic() + _READY_S
    while time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/api/health/ready", trust_env=False).is_success:
                return
        time.sleep(0.1)
    raise AssertionError("The server did not become ready.")


def _expect_same(ways: tuple[Way, Way], *arguments: str | Path, stdin: bytes = b"") -> list[Said]:
    """Run the command on both ways, expect the same of both, and hand both answers over."""
    said = [way(*arguments, stdin=stdin) for way in ways]
    assert _plain(said[0]) == _plain(said[1])
    assert "Traceback" not in said[0].err
    return said


def _sorted(text: str) -> str:
    """JSON in one order: objects say the same in any."""
    try:
        return "\n".join(json.dumps(json.loads(line), sort_keys=True) for line in text.splitlines())
    except ValueError:
        return text


def _write(ways: tuple[Way, Way], name: str, value: object) -> str:
    (ways[0].folder / name).write_text(json.dumps(value))
    return name


def test_run_of_a_file_is_the_same_as_json_and_as_text(ways: tuple[Way, Way]) -> None:
    said = _expect_same(ways, "run", EXAMPLES / "hello.json", "--input", "name=Ada", "--json")
    assert [one.json["outputs"] for one in said] == [{"greeting": ["Hello, Ada!"]}] * 2
    _expect_same(ways, "run", EXAMPLES / "hello.json", "--input", "name=Ada")
    said = _expect_same(ways, "run", EXAMPLES / "sub_graph.json", "--json")
    assert said[1].json["outputs"] == {"squares": [[1, 4, 9, 16]]}


def test_file_that_changed_becomes_the_next_version(ways: tuple[Way, Way]) -> None:
    for name in ("One", "Two", "Two"):
        text = graph(node("say", TEXT, value="x")) | {
            "name": name,
            "nodes": graph(node("end", OUTPUT, name=name))["nodes"],
        }
        _write(ways, "changes.json", text)
        _expect_same(ways, "run", "changes.json", "--json")
    here, there = (way("graph", "list", "--json").json for way in ways)
    named = ("name", "description", "latest_version", "tags")
    rows = [sorted([row[name] for name in named] for row in listed) for listed in (here, there)]
    assert rows[0] == rows[1]
    assert ["Two", "", 2, []] in rows[1]


def test_failures_and_bad_input_are_the_same(ways: tuple[Way, Way]) -> None:
    failing = _write(ways, "failing.json", FAILING)
    assert {one.code for one in _expect_same(ways, "run", failing, "--json")} == {1}
    _expect_same(ways, "run", failing)
    broken = _write(ways, "broken.json", graph(node("a", "nope"), node("b", TEXT)))
    assert {one.code for one in _expect_same(ways, "run", broken, "--json")} == {2}
    _expect_same(ways, "run", broken)
    assert {
        one.code for one in _expect_same(ways, "run", EXAMPLES / "hello.json", "--input", "nmae=x", "--json")
    } == {2}
    assert {one.code for one in _expect_same(ways, "run", "no-such-graph", "--json")} == {2}
    assert {one.code for one in _expect_same(ways, "run", EXAMPLES / "hello.json", "--until", "nowhere")} == {
        2
    }
    assert {one.code for one in _expect_same(ways, "runs", "show", "nothing")} == {2}
    assert {one.code for one in _expect_same(ways, "runs", "list", "--status", "great")} == {2}


def test_graph_is_checked_imported_listed_and_exported_alike(ways: tuple[Way, Way]) -> None:
    broken = _write(ways, "broken.json", graph(node("a", "nope")))
    assert {
        one.code for one in _expect_same(ways, "graph", "validate", EXAMPLES / "loop.json", broken, "--json")
    } == {2}
    _expect_same(ways, "graph", "validate", EXAMPLES / "loop.json", broken)
    imported = _expect_same(ways, "graph", "import", EXAMPLES / "branches.json", "--json")
    exported = [way("graph", "export", one.json["id"]) for way, one in zip(ways, imported, strict=True)]
    assert _without_ids(exported[0].json) == _without_ids(exported[1].json)
    assert [one.code for one in exported] == [0, 0]
    assert {one.code for one in _expect_same(ways, "graph", "import", "-", stdin=b"[1]")} == {2}
    assert {one.code for one in _expect_same(ways, "graph", "export", "nothing")} == {2}
    assert {one.code for one in _expect_same(ways, "graph", "export", "nothing", "--version", "x")} == {2}


def _without_ids(exported: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in exported.items() if name != "id"}


def test_runs_are_listed_and_shown_alike(ways: tuple[Way, Way]) -> None:
    runs = _expect_same(ways, "run", EXAMPLES / "hello.json", "--input", "name=Bob", "--json")
    _expect_same(ways, "runs", "list", "--limit", "3")
    _expect_same(ways, "runs", "list", "--limit", "3", "--json")
    _expect_same(ways, "runs", "list", "--status", "failed", "--json")
    for options in ((), ("--json",), ("--events",), ("--events", "--json")):
        said = [
            way("runs", "show", one.json["run_id"], *options) for way, one in zip(ways, runs, strict=True)
        ]
        assert _plain(said[0]) == _plain(said[1])


def test_large_output_is_printed_whole(ways: tuple[Way, Way]) -> None:
    long = "x" * 1_200_000
    echo = graph(
        node("in", TEXT_INPUT, name="text"),
        node("out", OUTPUT, name="echo"),
        links=("in.result -> out.value",),
    )
    _write(ways, "echo.json", echo)
    _write(ways, "inputs.json", {"text": long})
    said = _expect_same(ways, "run", "echo.json", "--inputs-file", "inputs.json", "--json")
    assert said[1].json["outputs"] == {"echo": [long]}


def test_outputs_that_are_too_many_for_one_page_are_all_printed(ways: tuple[Way, Way]) -> None:
    texts = [f"{number:060}" for number in range(1_500)]
    many = graph(
        node("each", STEP, items=texts),
        node("out", OUTPUT, name="items"),
        links=("each.item -> out.value",),
    )
    many["limits"] = {"max_waiting_values": 10_000}
    said = _expect_same(ways, "run", _write(ways, "many.json", many), "--json")
    assert said[1].json["outputs"] == {"items": texts}


def test_review_is_answered_alike(ways: tuple[Way, Way]) -> None:
    asked = _expect_same(ways, "run", EXAMPLES / "approval.json", "--input", "text=We ship.", "--json")
    assert {one.code for one in asked} == {3}
    _expect_same(ways, "review", "list", "--json")
    _expect_same(ways, "review", "list")
    for way, one in zip(ways, asked, strict=True):
        answered = way("review", "answer", one.json["reviews"][0]["id"], "--approve", "--json")
        assert (answered.code, answered.json["run_id"]) == (0, one.json["run_id"])
        assert answered.json["outputs"]["posted"] == ["We ship."]
    assert {one.code for one in _expect_same(ways, "review", "answer", "nothing", "--approve")} == {2}


def test_ctrl_c_cancels_the_run(ways: tuple[Way, Way]) -> None:
    waiting = _write(ways, "wait.json", timer_graph(60))
    for way in ways:
        process = CommandLine(way.folder, way.environment).start("run", waiting)
        assert process.stderr is not None
        assert b"has started" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 1
        assert out.startswith(b"Cancelled")
        assert b"Cancelling the run" in err


def test_blocks_are_listed_and_shown_alike(ways: tuple[Way, Way]) -> None:
    for options in ((), ("--json",), ("--category", "logic")):
        _expect_same(ways, "blocks", "list", *options)
    for options in (("calculator",), ("ConditionBlock", "--json"), ("calculater",)):
        _expect_same(ways, "blocks", "show", *options)


@pytest.mark.parametrize(
    "command",
    [("serve",), ("worker",), ("backup",), ("doctor",), ("user", "list"), ("blocks", "test")],
    ids=" ".join,
)
def test_command_for_this_machine_alone_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    at_server = {"BLOCKYARD_SERVER": "http://127.0.0.1:1", "BLOCKYARD_API_KEY": "by_x"}
    said = CommandInside(tmp_path, at_server)(*command)
    assert (said.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert f"`blockyard {command[0]}" in said.err
    assert "Leave --server out" in said.err


@pytest.mark.parametrize(
    ("options", "environment", "wanted"),
    [
        (("--server", "http://127.0.0.1:1"), {}, "--api-key"),
        (("--server", "127.0.0.1"), {"BLOCKYARD_API_KEY": "by_x"}, "no address of a server"),
        (("--server", "http://127.0.0.1:1", "--api-key", "by_x"), {}, "Look whether it runs"),
    ],
)
def test_server_that_cannot_be_used_is_one_line_and_a_cure(
    tmp_path: Path, options: tuple[str, ...], environment: dict[str, str], wanted: str
) -> None:
    said = CommandInside(tmp_path, environment)(*options, "runs", "list")
    assert said.code in (1, 2)
    assert wanted in said.err
    assert len(said.err.splitlines()) == 1


def test_key_that_the_server_does_not_know_is_told(ways: tuple[Way, Way]) -> None:
    said = ways[1]("--api-key", f"{KEY_PREFIX}wrong", "runs", "list")
    assert said.code == 1
    assert "API key is unknown" in said.err
