"""The Makefile and .ci/run, as far as they can be tested without running everything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.checks.sources import ROOT

TARGETS = (
    *("setup", "run", "page", "dev", "test", "test-page", "test-browser", "check"),
    *("fix", "gen", "bench", "torture", "provider", "migration"),
)


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


def test_test_runs_the_page_s_tests_and_the_browser_s_unless_some_of_python_s_are_picked() -> None:
    both = ("npm test", "npm run --silent browser")
    assert [one for one in both if one not in _make("--dry-run", "test").stdout] == []
    assert [one for one in both if one in _make("--dry-run", "test", "ARGS=-k queue").stdout] == []


def test_run_needs_no_node_of_the_system_and_has_the_page() -> None:
    commands = _make("--dry-run", "--always-make", "run").stdout
    assert "npm" not in commands
    assert commands.index("-m tools.page") < commands.index("blockyard serve")


@pytest.mark.parametrize(("ci", "is_error"), [("true", True), ("", False)])
def test_missing_chromium_is_an_error_in_ci_and_said_elsewhere(
    ci: str, is_error: bool, tmp_path: Path
) -> None:
    recipe = _make("--dry-run", "test-browser").stdout
    script = recipe[recipe.index('chromium="') :]
    environment = {"PATH": str(tmp_path), "CI": ci, "HOME": str(tmp_path)}
    bash = shutil.which("bash")
    assert bash is not None
    said = subprocess.run(
        [bash, "-euo", "pipefail", "-c", script], env=environment, capture_output=True, text=True
    )
    assert bool(said.returncode) is is_error
    assert "apt-get install chromium" in said.stdout + said.stderr


def test_ci_runs_the_command_of_the_readme_and_forbids_skips() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert script.rstrip().endswith("\nmake test")
    assert "export CI=true" in script
    assert "missing+=(chromium)" in script
    assert "\nmake test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"], timeout=10).returncode == 0
