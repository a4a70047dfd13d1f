"""`blockyard doctor` tells healthy from ill, says what to do, and changes nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.data.doctor import Finding, diagnose
from backend.data.embedded import open_embedded
from backend.data.postgres.cluster import Layout
from backend.util.settings import Settings
from tests.support.embedded_dirs import empty_data_dir, used_data_dir
from tests.support.tcp_postgres import tcp_postgres


@pytest.fixture
def empty_dir(tmp_path: Path) -> Iterator[Path]:
    with empty_data_dir(tmp_path) as folder:
        yield folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with used_data_dir(tmp_path) as folder:
        yield folder


def look(data_dir: Path, name: str, **changes: object) -> Finding:
    """The finding of that name; the port is 0 unless `changes` says otherwise."""
    values = {"BLOCKYARD_DATA_DIR": data_dir, "BLOCKYARD_PORT": 0, "database_url": "", **changes}
    findings = diagnose(Settings.model_validate(values))
    (found,) = [finding for finding in findings if finding.name == name]
    return found


def test_a_fresh_folder_is_healthy_and_stays_absent(empty_dir: Path) -> None:
    findings = diagnose(
        Settings.model_validate({"BLOCKYARD_DATA_DIR": empty_dir, "BLOCKYARD_PORT": 0, "database_url": ""})
    )
    assert [finding for finding in findings if finding.ok is False] == []
    assert not empty_dir.exists()


def test_the_embedded_database_is_told_in_each_state(data_dir: Path) -> None:
    server = open_embedded(data_dir)
    running = look(data_dir, "embedded database")
    assert running.ok
    assert f"process {server.pid}" in running.message
    server.close()
    assert "stopped" in look(data_dir, "embedded database").message

    cluster = Layout(data_dir).cluster
    (cluster / "postmaster.pid").write_text("1\n")
    assert "not stopped cleanly" in look(data_dir, "embedded database").message
    (cluster / "PG_VERSION").write_text("17\n")
    old = look(data_dir, "embedded database")
    assert old.ok is False
    assert "17" in old.message
    assert "restore" in old.cure
    assert (cluster / "postmaster.pid").exists()


def test_a_data_folder_under_a_file_is_ill(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = look(tmp_path / "file" / "data", "data folder")
    assert found.ok is False
    assert "--data-dir" in found.cure


def test_a_taken_port_is_a_hint_with_the_setting_to_change(empty_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = look(empty_dir, "port", BLOCKYARD_PORT=taken.getsockname()[1])
    assert found.ok is None
    assert "BLOCKYARD_PORT" in found.cure


def test_database_url_is_connected_to_and_its_version_told(empty_dir: Path) -> None:
    with tcp_postgres() as url:
        assert look(empty_dir, "database url", database_url=url).ok
        away = look(empty_dir, "database url", database_url=url.replace("/tested", "/absent"))
    assert away.ok is False
    assert "absent" in away.message


def test_extra_checks_come_last_and_one_that_fails_stops_no_other(empty_dir: Path) -> None:
    def schema(_settings: Settings) -> Finding:
        raise OSError("no table")

    def workers(_settings: Settings) -> Finding:
        return Finding("workers", ok=True, message="2 workers.")

    settings = Settings.model_validate(
        {"BLOCKYARD_DATA_DIR": empty_dir, "BLOCKYARD_PORT": 0, "database_url": ""}
    )
    *_, first, second = diagnose(settings, [schema, workers])
    assert (first.name, first.ok, second.name, second.ok) == ("schema", False, "workers", True)
