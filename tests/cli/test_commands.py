"""The other commands: each tells what there is, with help that shows examples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.blocks import catalogue
from backend.cli.commands import app
from tests.support.command_line import EXAMPLES, CommandLine

COMMANDS = [
    (),
    ("serve",),
    ("worker",),
    ("run",),
    ("backup",),
    ("restore",),
    ("doctor",),
    ("graph", "validate"),
    ("graph", "list"),
    ("blocks", "list"),
    ("blocks", "show"),
    ("blocks", "test"),
    ("runs", "list"),
    ("runs", "show"),
    ("review", "list"),
    ("review", "answer"),
    ("user", "create"),
    ("user", "list"),
    ("user", "reset-password"),
    ("user", "set-role"),
    ("user", "activate"),
    ("user", "deactivate"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example_of_the_command(command: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, [*command, "--help"])
    assert said.exit_code == 0
    assert "Example" in said.output
    assert " ".join(("blockyard", *command)) in said.output.split("Example", 1)[1]


def test_help_imports_neither_the_database_nor_a_block(tmp_path: Path) -> None:
    script = tmp_path / "probe.py"
    script.write_text(
        "import sys\nfrom backend.cli.commands import app\n"
        "print([name for name in ('sqlalchemy', 'asyncpg', 'pydantic', 'backend.blocks') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env={"PYTHONPATH": _root()}
    )
    assert done.stdout == "[]\n", done.stderr


def _root() -> str:
    return str(EXAMPLES.parent)


def test_blocks_are_listed_shown_and_found_by_any_name(blockyard: CommandLine) -> None:
    listed = blockyard("blocks", "list", "--json").json
    assert [block["name"] for block in listed] == [block.name for block in catalogue()]
    assert "CalculatorBlock" in blockyard("blocks", "list", "--category", "logic").out
    shown = blockyard("blocks", "show", "calculator", "--json").json
    assert shown["id"] == "b1ab9b19-67a6-406d-abf5-2dba76d00c79"
    assert [pin["name"] for pin in shown["inputs"] if pin["required"]] == ["operation", "a", "b"]
    unknown = blockyard("blocks", "show", "calculater")
    assert unknown.code == 2
    assert "Do you mean CalculatorBlock?" in unknown.err


def test_blocks_test_runs_the_examples_in_both_ways(blockyard: CommandLine) -> None:
    said = blockyard("blocks", "test", "ConditionBlock", "HumanInTheLoopBlock", "--json")
    assert said.code == 0, said.out
    assert [trial["problems"] for trial in said.json] == [[], []]
    assert [(trial["alone"], trial["in_engine"]) for trial in said.json] == [(9, 9), (3, 3)]


def test_runs_are_listed_and_shown_with_all_that_is_recorded(blockyard: CommandLine) -> None:
    run_id = blockyard("run", EXAMPLES / "sub_graph.json", "--json").json["run_id"]
    listed = blockyard("runs", "list", "--json").json
    assert [(run["run_id"], run["status"]) for run in listed] == [(run_id, "completed")]
    assert "Sub-graph" in blockyard("runs", "list").out
    shown = blockyard("runs", "show", run_id, "--events")
    assert shown.code == 0
    assert "squares  [1,4,9,16]" in shown.out
    assert "finished square[3]" in shown.err
    assert blockyard("runs", "show", "nothing").code == 2
    assert "Choose one of" in blockyard("runs", "list", "--status", "great").err


def test_a_backup_is_put_back(blockyard: CommandLine, database_url: str) -> None:
    run_id = blockyard("run", EXAMPLES / "hello.json", "--input", "name=Ada", "--json").json["run_id"]
    assert blockyard("backup", "all.dump").code == 0
    assert blockyard("run", EXAMPLES / "hello.json", "--input", "name=Bob", "--json").code == 0
    refused = blockyard("restore", "all.dump")
    assert refused.code == 1
    assert "--overwrite" in refused.err
    assert blockyard("restore", "all.dump", "--overwrite").code == 0
    assert [run["run_id"] for run in blockyard("runs", "list", "--json").json] == [run_id]


def test_doctor_finds_nothing_broken_and_says_what_it_looked_at(blockyard: CommandLine) -> None:
    said = blockyard("doctor", "--json")
    found = {finding["name"]: finding for finding in said.json}
    assert {"python", "data folder", "schema", "workers", "queue"} <= set(found)
    assert all(finding["cure"] for finding in said.json if finding["ok"] is False)
    assert said.code == 0, said.out


def test_doctor_finds_a_database_that_is_away(tmp_path: Path) -> None:
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    said = CommandLine(tmp_path, away)("doctor")
    assert said.code == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"BLOCKYARD_PORT": "many"}, "BLOCKYARD_PORT"),
        ({"ALLOWED_ADDRESSES": "127.0.0.1"}, "JSON"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
    ],
)
def test_a_broken_setting_is_one_line_and_a_cure(
    tmp_path: Path, environment: dict[str, str], wanted: str
) -> None:
    said = CommandLine(tmp_path, environment)("runs", "list")
    assert said.code == 1
    assert wanted in said.err
    assert len(said.err.splitlines()) == 1


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert "Traceback" in CommandLine(tmp_path, away)("--debug", "runs", "list").err
