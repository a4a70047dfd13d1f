"""The plugin that turns a skipped test into a failure, in a pytest of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PASSES = "def test_runs():\n    assert 1 + 1 == 2\n"
SKIPS = {
    "test_one_test.py": "import pytest\n@pytest.mark.skip(reason='no moon')\ndef test_later():\n    pass\n",
    "test_whole_file.py": "import pytest\npytest.skip('no sun', allow_module_level=True)\n",
    "test_expected.py": "import pytest\n@pytest.mark.xfail(reason='no star')\ndef test_x():\n    assert 1 == 2\n",
}


def _pytest(folder: Path, files: dict[str, str], *options: str, ci: str) -> subprocess.CompletedProcess[str]:
    for name, text in {"test_passes.py": PASSES, **files}.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.plugins.no_skips", "-c", os.devnull]
    return subprocess.run(
        [*command, f"--rootdir={folder}", *options, str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=90,
    )


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "1")], ids=["one process", "xdist"])
def test_ci_fails_and_names_everything_that_was_skipped(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = _pytest(tmp_path, SKIPS, *options, ci="true")
    assert done.returncode == 1, done.stdout
    listed = done.stdout.partition("which CI=true does not allow")[2]
    for name, reason in zip(SKIPS, ("no moon", "no sun", "no star"), strict=True):
        assert re.search(rf"{name}.*: .*{reason}", listed), done.stdout


def test_ci_fails_when_only_a_whole_file_was_skipped(tmp_path: Path) -> None:
    whole_file = {"test_whole_file.py": SKIPS["test_whole_file.py"]}
    assert _pytest(tmp_path, whole_file, ci="true").returncode == 1


def test_without_ci_a_skip_is_allowed(tmp_path: Path) -> None:
    assert _pytest(tmp_path, SKIPS, ci="").returncode == 0


def test_ci_passes_when_nothing_was_skipped(tmp_path: Path) -> None:
    assert _pytest(tmp_path, {}, ci="true").returncode == 0
