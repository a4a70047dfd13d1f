"""`blockyard serve` as a process: it starts, answers, and ends in order whenever it is told to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from backend.data.embedded import status

ADDRESS = re.compile(r"Blockyard is at (http://\S+)")
LONGEST_S = 40


@contextmanager
def serving(data_dir: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    """The real command on a free port, with an embedded database of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | env
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "backend.cli", "--data-dir", str(data_dir), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def lines_until(process: subprocess.Popen[str], wanted: re.Pattern[str]) -> tuple[list[str], re.Match[str]]:
    """What it says, up to the line that is wanted."""
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := wanted.search(line):
            return said, found
    pytest.fail(f"It ended without saying {wanted.pattern!r}: {''.join(said)}")


def test_it_answers_says_its_setup_token_and_stops_its_database_on_sigterm(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as process:
        _, found = lines_until(process, ADDRESS)
        url = found[1]
        assert httpx.get(f"{url}/api/health/ready", timeout=LONGEST_S).status_code == 200
        assert httpx.get(f"{url}/api/graphs").status_code == 401
        _, token = lines_until(process, re.compile(r"#setup=(\S+)"))
        owner = {
            "token": token[1],
            "email": "ada@example.org",
            "password": "correct horse battery",
            "name": "Ada",
        }
        assert httpx.post(f"{url}/api/setup", json=owner, timeout=LONGEST_S).is_success
        assert httpx.post(f"{url}/api/setup", json=owner).status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_S) == 0
        assert status(tmp_path / "data").state == "stopped"


@pytest.mark.parametrize("after_s", [0.5, 1.0, 1.6])
def test_told_to_end_while_it_starts_it_leaves_no_database_running(tmp_path: Path, after_s: float) -> None:
    with serving(tmp_path / "data") as process:
        time.sleep(after_s)
        process.send_signal(signal.SIGTERM)
        process.wait(LONGEST_S)
        assert status(tmp_path / "data").state in ("stopped", "absent")


def test_owner_is_sent_to_the_page_that_make_dev_serves(tmp_path: Path) -> None:
    with serving(tmp_path / "data", BLOCKYARD_PAGE_URL="http://localhost:5173/") as process:
        said, _ = lines_until(process, re.compile(r"^ +http://localhost:5173/#setup=\S+$"))
        assert any(line.endswith(", its page at http://localhost:5173\n") for line in said)
        process.send_signal(signal.SIGTERM)
        process.wait(LONGEST_S)
