"""The plugin that turns a skipped test into a failure, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PASSES = "def test_runs():\n    assert 1 + 1 == 2\n"
SKIPS = "import pytest\n@pytest.mark.skip(reason='no moon tonight')\ndef test_later():\n    pass\n"
SKIPS_WHOLE_FILE = "import pytest\npytest.skip('no moon tonight', allow_module_level=True)\n"
EXPECTS_FAILURE = (
    "import pytest\n@pytest.mark.xfail(reason='no moon tonight')\ndef test_x():\n    assert 1 == 2\n"
)


def _pytest(folder: Path, text: str, *arguments: str, ci: str = "true") -> subprocess.CompletedProcess[str]:
    (folder / "test_one.py").write_text(PASSES)
    (folder / "test_two.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.plugins.no_skips", "-c", os.devnull]
    return subprocess.run(
        [*command, f"--rootdir={folder}", *arguments, str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("text", [SKIPS, SKIPS_WHOLE_FILE, EXPECTS_FAILURE])
@pytest.mark.parametrize("arguments", [(), ("-n", "1")])
def test_ci_fails_when_something_was_skipped(tmp_path: Path, text: str, arguments: tuple[str, ...]) -> None:
    done = _pytest(tmp_path, text, *arguments)
    assert done.returncode == 1, done.stdout
    assert "test_two.py" in done.stdout
    assert "no moon tonight" in done.stdout


def test_without_ci_a_skip_is_allowed(tmp_path: Path) -> None:
    assert _pytest(tmp_path, SKIPS, ci="").returncode == 0


def test_ci_passes_when_nothing_was_skipped(tmp_path: Path) -> None:
    assert _pytest(tmp_path, PASSES).returncode == 0
