"""Each trap of an embedded PostgreSQL, and that it is closed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil
import pytest

from backend.data.embedded import EmbeddedServer, open_embedded, status
from backend.data.postgres import process
from backend.data.postgres.account import Account, account_for, copy_programs, is_reachable, programs_for
from backend.data.postgres.address import PREFIX
from backend.data.postgres.cluster import Layout, check_room
from backend.data.postgres.programs import program_dir
from backend.util.errors import SetupProblem
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


async def ask(server: EmbeddedServer, sql: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def write_stale_files(data_dir: Path, pid: int) -> None:
    """As a crash leaves them, after the number went to another process."""
    cluster = Layout(data_dir).cluster
    lines = f"{pid}\n{cluster}\n1700000000\n5432\n{cluster}\n\n  1234567   1\nready   \n"
    (cluster / "postmaster.pid").write_text(lines)
    (cluster / ".s.PGSQL.5432.lock").write_text(lines)


async def test_a_stale_pid_file_that_names_a_living_process_is_not_running_and_nothing_is_killed(
    data_dir: Path,
) -> None:
    account = account_for(Layout(data_dir).cluster)
    options = {"user": account.uid, "group": account.gid} if account.lent else {}
    bystander = subprocess.Popen(["sleep", "60"], **options)  # type: ignore[call-overload]  # an unpacked dict
    try:
        write_stale_files(data_dir, bystander.pid)
        assert status(data_dir).state == "stale_pid_file"

        server = open_embedded(data_dir)
        assert server.started_here
        assert server.pid != bystander.pid
        assert await ask(server, "SELECT 1") == 1
        server.close()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_pid_file_that_names_another_clusters_server_leaves_that_one_alone(data_dir: Path) -> None:
    with used_data_dir(data_dir.parent, "other") as other_dir:
        other = open_embedded(other_dir)
        write_stale_files(data_dir, other.pid)

        server = open_embedded(data_dir)
        assert server.pid != other.pid
        server.close()
        assert status(other_dir).state == "running"
        other.close()


async def test_after_kill_9_of_postgres_the_next_start_recovers_what_was_committed(data_dir: Path) -> None:
    server = open_embedded(data_dir)
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(server.pid, signal.SIGKILL)

    again = open_embedded(data_dir)
    assert again.started_here
    assert again.pid != server.pid
    assert await ask(again, "SELECT n FROM kept") == 7
    server.close()
    assert await ask(again, "SELECT 1") == 1
    again.close()
    assert status(data_dir).state == "stopped"


async def test_a_long_recovery_is_waited_for_and_told(data_dir: Path) -> None:
    """Archive recovery with a slow archive keeps a server `starting` as a big crash recovery does."""
    cluster = Layout(data_dir).cluster
    with (cluster / "postgresql.conf").open("a") as file:
        file.write("hot_standby = off\nrestore_command = 'sleep 1; false'\n")
    (cluster / "recovery.signal").touch()
    owner = cluster.stat()
    os.chown(cluster / "recovery.signal", owner.st_uid, owner.st_gid)

    told: list[str] = []
    server = open_embedded(data_dir, progress=told.append)
    assert any("getting ready" in sentence for sentence in told)
    assert await ask(server, "SELECT pg_is_in_recovery()") is False
    server.close()


async def test_an_interrupted_initdb_is_done_again(empty_dir: Path) -> None:
    home = Layout(empty_dir).home
    user = spawn_user(empty_dir)
    while not list(home.glob("build-*/base")):
        assert user.process.poll() is None
        time.sleep(0.005)
    user.kill()
    assert status(empty_dir).state == "absent"

    server = open_embedded(empty_dir)
    assert await ask(server, "SELECT 1") == 1
    assert not list(home.glob("build-*"))
    server.close()


async def test_a_long_path_with_spaces_and_accents_works_through_a_short_private_link(tmp_path: Path) -> None:
    data_dir = tmp_path / ("Données d'été, " * 8) / "blockyard"
    before = set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    server = open_embedded(data_dir)
    (host,) = parse_qs(urlsplit(server.dsn).query)["host"]
    link = Path(host).parent

    assert len(os.fsencode(f"{host}/.s.PGSQL.5432")) <= 103
    assert stat.S_IMODE(link.stat().st_mode) == 0o700
    assert link.stat().st_uid == os.geteuid()
    assert await ask(server, "SELECT 1") == 1
    server.close()
    assert set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) <= before


def test_the_link_of_a_killed_process_is_swept_up_by_the_next(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long " * 30)
    before = set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    spawn_user(data_dir).wait_open().kill()
    assert set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) > before
    open_embedded(data_dir).close()
    assert set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")) <= before


def test_nothing_of_ours_is_open_to_others_and_no_folder_above_is_touched(empty_dir: Path) -> None:
    empty_dir.parent.chmod(0o700)
    above = [(folder, folder.stat().st_mode) for folder in empty_dir.parents]
    server = open_embedded(empty_dir)

    ours = [empty_dir, *empty_dir.rglob("*")]
    assert Layout(empty_dir).cluster / ".s.PGSQL.5432" in ours
    assert [path for path in ours if path.lstat().st_mode & 0o077] == []
    assert [(folder, folder.stat().st_mode) for folder in empty_dir.parents] == above
    server.close()


def test_a_data_folder_that_was_there_keeps_its_mode(empty_dir: Path) -> None:
    empty_dir.mkdir()
    empty_dir.chmod(0o755)
    open_embedded(empty_dir).close()
    assert stat.S_IMODE(empty_dir.stat().st_mode) == 0o755


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_or_absent_password_is_refused_on_the_socket(
    data_dir: Path, password: str | None
) -> None:
    server = open_embedded(data_dir)
    (host,) = parse_qs(urlsplit(server.dsn).query)["host"]
    for role in ("blockyard", "postgres", "nobody"):
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await asyncpg.connect(host=host, user=role, database="postgres", password=password)
    server.close()


def test_the_server_listens_on_no_network_port_and_never_runs_as_root(data_dir: Path) -> None:
    server = open_embedded(data_dir)
    postmaster = psutil.Process(server.pid)
    assert postmaster.net_connections(kind="inet") == []
    assert 0 not in postmaster.uids()
    server.close()


@pytest.mark.parametrize("version", ["17", "19"])
def test_a_cluster_of_another_major_version_is_refused_with_the_way_over(
    data_dir: Path, version: str
) -> None:
    (Layout(data_dir).cluster / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(SetupProblem, match=rf"PostgreSQL {version}.*blockyard backup.*blockyard restore"):
        open_embedded(data_dir)
    found = status(data_dir)
    assert (found.state, found.version) == ("wrong_version", int(version))


def test_a_data_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupProblem, match="--data-dir"):
        open_embedded(tmp_path / "file" / "data")


def test_too_little_room_says_how_much_is_needed(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(SetupProblem, match="MiB free"):
        check_room(tmp_path, needed_bytes=free + 2**30)


async def test_a_server_that_does_not_start_is_quoted_and_the_next_try_may_succeed(data_dir: Path) -> None:
    configuration = Layout(data_dir).cluster / "postgresql.conf"
    whole = configuration.read_text()
    configuration.write_text(f"{whole}\nno_such_setting = 1\n")
    with pytest.raises(SetupProblem, match="no_such_setting"):
        open_embedded(data_dir)

    configuration.write_text(whole)
    server = open_embedded(data_dir)
    assert await ask(server, "SELECT 1") == 1
    server.close()


@pytest.mark.parametrize("content", ["", "another-password\n"])
def test_a_lost_password_names_the_file_and_leaves_no_server_behind(data_dir: Path, content: str) -> None:
    password = Layout(data_dir).password
    password.write_text(content)
    with pytest.raises(SetupProblem, match="postgres/password"):
        open_embedded(data_dir)
    assert status(data_dir).state == "stopped"


async def test_our_configuration_is_in_force_and_written_again_when_it_differs(data_dir: Path) -> None:
    ours = Layout(data_dir).cluster / "blockyard.conf"
    ours.write_text("max_connections = 5\n")
    server = open_embedded(data_dir)
    names = ("jit", "max_connections", "listen_addresses", "synchronous_commit", "wal_buffers", "fsync")
    values = [await ask(server, f"SELECT current_setting('{name}')") for name in names]
    assert values == ["off", "100", "", "on", "16MB", "on"]
    server.close()


def test_a_living_server_that_cannot_be_seen_is_not_joined_by_a_second(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers on one cluster destroy it; the number of one in another container says nothing here."""
    server = open_embedded(data_dir)
    pid_file = Layout(data_dir).cluster / "postmaster.pid"
    told = pid_file.read_text()
    pid_file.write_text(told.replace(str(server.pid), "4999999", 1))

    monkeypatch.setattr(process, "APPEAR_S", 0.2)
    assert status(data_dir).state == "unseen"
    with pytest.raises(SetupProblem, match="another container"):
        open_embedded(data_dir)
    pid_file.write_text(told)
    server.close()
    assert status(data_dir).state == "stopped"


def test_programs_behind_a_closed_folder_are_copied_for_the_lent_account(tmp_path: Path) -> None:
    stranger = Account(65534, 65534, lent=True)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "program").touch(mode=0o755)
    assert not is_reachable(closed / "program", stranger)
    assert is_reachable(Path("/bin/sh"), stranger)

    copies = copy_programs(program_dir(), tmp_path / "shared")
    assert copy_programs(program_dir(), tmp_path / "shared") == copies
    answer = subprocess.run([copies / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert " 18." in answer.stdout
    assert subprocess.run([copies / "initdb", "--version"], check=True, capture_output=True).returncode == 0
    assert programs_for(Account(os.geteuid(), os.getegid(), lent=False)) == program_dir()
