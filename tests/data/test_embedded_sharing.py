"""Processes share the embedded server: one starts it, the last one out stops it, a killed one leaves no trace."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.data.embedded import open_embedded, status
from tests.support.embedded_dirs import empty_data_dir, used_data_dir
from tests.support.embedded_user import spawn_user


@pytest.fixture
def empty_dir(tmp_path: Path) -> Iterator[Path]:
    with empty_data_dir(tmp_path) as folder:
        yield folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with used_data_dir(tmp_path) as folder:
        yield folder


async def test_first_open_makes_the_database_and_asyncpg_connects(empty_dir: Path) -> None:
    server = open_embedded(empty_dir)
    connection = await asyncpg.connect(server.dsn)
    row = await connection.fetchrow(
        "SELECT current_database() AS db, current_user AS role, current_setting('server_encoding') AS encoding"
    )
    await connection.close()
    server.close()

    assert tuple(row or ()) == ("blockyard", "blockyard", "UTF8")
    assert server.started_here
    assert status(empty_dir).state == "stopped"


def test_last_one_out_stops_the_server(data_dir: Path) -> None:
    first = spawn_user(data_dir).wait_open()
    second = open_embedded(data_dir)

    assert (first.started_here, second.started_here) == (True, False)
    assert first.server_pid == second.pid
    first.leave()
    assert status(data_dir).state == "running"
    second.close()
    assert status(data_dir).state == "stopped"


def test_closing_twice_gives_nobody_elses_lease_back(data_dir: Path) -> None:
    first, second = open_embedded(data_dir), open_embedded(data_dir)
    first.close()
    first.close()
    assert status(data_dir).users == (os.getpid(),)
    second.close()


def test_after_kill_9_of_the_only_user_the_next_attaches_and_still_stops_it(data_dir: Path) -> None:
    killed = spawn_user(data_dir).wait_open()
    killed.kill()
    assert status(data_dir).state == "running"

    heir = open_embedded(data_dir)
    assert not heir.started_here
    assert heir.pid == killed.server_pid
    heir.close()
    assert status(data_dir).state == "stopped"


def test_a_killed_user_does_not_keep_the_server_from_stopping(data_dir: Path) -> None:
    survivor = open_embedded(data_dir)
    spawn_user(data_dir).wait_open().kill()
    survivor.close()
    assert status(data_dir).state == "stopped"


def test_ctrl_c_of_the_starter_does_not_reach_the_server(data_dir: Path) -> None:
    starter = spawn_user(data_dir).wait_open()
    other = open_embedded(data_dir)
    os.killpg(starter.process.pid, signal.SIGINT)
    starter.process.communicate()

    found = status(data_dir)
    assert (found.state, found.pid, found.users) == ("running", other.pid, (os.getpid(),))
    other.close()


def test_of_processes_racing_on_an_empty_folder_one_starts_and_the_others_attach(empty_dir: Path) -> None:
    racers = [spawn_user(empty_dir) for _ in range(4)]
    for racer in racers:
        racer.wait_open()

    assert sorted(racer.started_here for racer in racers) == [False, False, False, True]
    assert len({racer.server_pid for racer in racers}) == 1
    assert set(status(empty_dir).users) == {racer.process.pid for racer in racers}
    for racer in racers:
        racer.leave()
    assert status(empty_dir).state == "stopped"


def test_of_processes_racing_to_leave_and_to_come_each_gets_a_living_server(data_dir: Path) -> None:
    for _ in range(3):
        leaving, coming = spawn_user(data_dir).wait_open(), spawn_user(data_dir)
        leaving.leave()
        coming.wait_open()
        assert status(data_dir).pid == coming.server_pid
        coming.leave()
    assert status(data_dir).state == "stopped"
