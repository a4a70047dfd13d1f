"""The Makefile and .ci/run, as far as they can be tested without running everything."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tools.checks.sources import ROOT

TARGETS = ("setup", "run", "test", "check", "fix", "gen", "bench", "torture", "provider", "migration")


def _make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_make_alone_lists_every_target() -> None:
    listed = re.findall(r"^ +make (\S+) +\S", _make().stdout, re.MULTILINE)
    assert [target for target in TARGETS if target not in listed] == []


@pytest.mark.parametrize("target", TARGETS)
def test_target_is_known_to_make(target: str) -> None:
    done = _make("--dry-run", target, "NAME=x")
    assert done.returncode == 0, done.stderr


def test_test_checks_before_it_tests() -> None:
    commands = _make("--dry-run", "test").stdout
    assert commands.index("check-house") < commands.index("-m pytest")


def test_run_needs_no_node() -> None:
    assert "npm" not in _make("--dry-run", "--always-make", "run").stdout


def test_ci_runs_the_command_of_the_readme_and_forbids_skips() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert script.rstrip().endswith("\nmake test")
    assert "export CI=true" in script
    assert "\nmake test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"], timeout=10).returncode == 0
