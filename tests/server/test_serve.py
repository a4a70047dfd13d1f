"""`blockyard serve` as a process of its own: what it prints, when it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx

from tests.server.conftest import graph_json, node

COUNTDOWN = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71"


class Served:
    """A server process and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def until(self, word: str) -> str:
        """Read its output up to the line with this word."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if word in line:
                return line.strip()
        raise AssertionError(f"It ended with {self.process.wait()} before {word!r}: {self.said}")


@contextmanager
def serving(tmp_path: Path, database_url: str, **environment: str) -> Iterator[Served]:
    env = {
        **os.environ,
        "BLOCKYARD_DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "BLOCKYARD_PORT": "0",
        **environment,
    }
    code = (
        "from backend.server.serve import run; from backend.util.settings import Settings; "
        "run(Settings(), lambda line: print(line, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield Served(process)
    finally:
        process.kill()
        process.wait()


def test_first_start_prints_address_and_token_and_the_second_none(tmp_path: Path, database_url: str) -> None:
    with serving(tmp_path, database_url) as server:
        url = server.until("Blockyard is at").split()[-1]
        token = server.until("#setup=").partition("#setup=")[2]
        with httpx.Client(base_url=url, trust_env=False) as browser:
            assert browser.get("/api/health/ready").json()["status"] == "ready"
            owner = {"token": token, "email": "ada@example.com", "password": "correct horse"}
            assert browser.post("/api/setup", json=owner).status_code == 201
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
    with serving(tmp_path, database_url, BLOCKYARD_HOST="0.0.0.0") as server:
        server.until("Blockyard is at")
        server.process.send_signal(signal.SIGINT)
        server.until("Ending")
        assert server.process.wait(20) == 0
        assert not any("setup" in line for line in server.said)


def test_without_an_owner_it_does_not_listen_beyond_this_machine(tmp_path: Path, database_url: str) -> None:
    with serving(tmp_path, database_url, BLOCKYARD_HOST="0.0.0.0") as server:
        server.until("has no owner yet, so it does not listen")
        assert server.process.wait(20) != 0


def test_token_of_the_operator_lets_it_listen_and_is_not_printed(tmp_path: Path, database_url: str) -> None:
    chosen = "chosen by the operator"
    with serving(tmp_path, database_url, BLOCKYARD_HOST="0.0.0.0", BLOCKYARD_SETUP_TOKEN=chosen) as server:
        url = server.until("Blockyard is at").split()[-1]
        server.until("BLOCKYARD_SETUP_TOKEN")
        owner = {"token": chosen, "email": "ada@example.com", "password": "correct horse"}
        assert httpx.post(f"{url}/api/setup", json=owner, trust_env=False).status_code == 201
        assert not any(chosen in line for line in server.said)


def test_port_in_use_is_refused_with_the_cure(tmp_path: Path, database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serving(tmp_path, database_url, BLOCKYARD_PORT=str(taken.getsockname()[1])) as server:
            server.until("choose another port")
            assert server.process.wait(20) != 0


async def test_terminated_in_the_middle_of_a_run_it_gives_the_run_back(
    tmp_path: Path, database_url: str
) -> None:
    with serving(tmp_path, database_url, BLOCKYARD_SETUP_TOKEN="chosen by the operator") as server:
        url = server.until("Blockyard is at").split()[-1]
        with httpx.Client(base_url=url, trust_env=False) as browser:
            owner = {"token": "chosen by the operator", "email": "a@b.c", "password": "correct horse"}
            browser.post("/api/setup", json=owner)
            graph = graph_json("wait", [node("wait", COUNTDOWN, seconds=1)], [])
            graph_id = browser.post("/api/graphs", json=graph).json()["id"]
            run_id = browser.post(f"/api/graphs/{graph_id}/runs", json={}).json()["run_id"]
        server.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert server.process.wait(20) == 0
        assert time.monotonic() - began < 5
    connection = await asyncpg.connect(database_url)
    row = await connection.fetchrow("SELECT status, worker_id FROM run WHERE id = $1", run_id)
    await connection.close()
    assert row is not None
    assert (row["status"], row["worker_id"]) == ("queued", None)
