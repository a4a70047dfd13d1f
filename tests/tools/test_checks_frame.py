"""The frame around the rules: how they are found, run and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks import Finding
from tools.checks.__main__ import Rule, rules, run
from tools.checks.sources import ROOT


def test_every_rule_of_the_folder_is_found() -> None:
    helpers = {"__init__", "__main__", "sources"}
    assert set(rules()) == {file.stem for file in (ROOT / "tools/checks").glob("*.py")} - helpers


def test_finding_reads_as_a_place_a_message_and_a_cure() -> None:
    assert str(Finding("a.py", 3, "It is long.", "Split it.")) == "a.py:3: It is long.\n    Split it."


def _always(name: str) -> Rule:
    return lambda: [Finding(f"{name}.py", 1, "bad", "mend")]


def test_findings_of_all_rules_are_printed_and_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"one": _always("one"), "two": _always("two"), "three": list}, []) == 1
    printed = capsys.readouterr()
    assert "one.py:1: bad" in printed.out
    assert "two.py:1: bad" in printed.out
    assert "2 findings" in printed.err


def test_named_rule_runs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"one": _always("one"), "two": list}, ["two"]) == 0
    assert capsys.readouterr().out == ""


def test_unknown_rule_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"one": list}, ["no_such_rule"]) == 2
    assert "there are: one" in capsys.readouterr().err


def test_every_rule_has_a_test() -> None:
    files = [file for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__)]
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in rules() if name not in tests] == []
