"""A second PostgreSQL, over TCP with a password, as DATABASE_URL names one: `with tcp_postgres() as url`."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from backend.data.postgres.account import account_for, run_as
from backend.data.postgres.programs import clean_environment, program_dir


def program_dirs() -> dict[int, Path]:
    """Every PostgreSQL on this machine by major version: the wheel's, and Debian's own when installed."""
    wheel = program_dir()
    found = {18: wheel, 16: wheel.parents[1] / "pginstall" / "bin"}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        found[int(folder.parent.name)] = folder
    return {major: folder for major, folder in found.items() if (folder / "postgres").is_file()}


@contextmanager
def tcp_postgres(major: int | None = None) -> Generator[str]:
    """Run a server on a free port of 127.0.0.1; the oldest version at hand that Blockyard supports.

    Yields its DATABASE_URL: a role that owns its database and is no superuser.
    """
    versions = {number: folder for number, folder in program_dirs().items() if number >= 15}
    programs = versions[major if major is not None else min(versions)]
    home = Path(tempfile.mkdtemp(prefix="tcp-postgres-"))
    password = secrets.token_hex(16)
    port = _free_port()
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _start(programs, home, port, password)
        _make_database(port, password)
        yield f"postgresql://tester:{password}@127.0.0.1:{port}/tested"
    finally:
        if server is not None:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(programs: Path, home: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    account = account_for(home / "absent")
    cluster = home / "cluster"
    cluster.mkdir(mode=0o700)
    for folder in (home, cluster) if account.lent else ():
        os.chown(folder, account.uid, account.gid)
    with tempfile.TemporaryFile(dir=home) as words:
        words.write(f"{password}\n".encode())
        words.seek(0)
        account.give(words.fileno())
        made = run_as(
            account,
            [
                str(programs / "initdb"),
                f"--pgdata={cluster}",
                "--username=admin",
                "--auth=scram-sha-256",
                "--pwfile=/dev/stdin",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            folder=cluster,
            stdin=words,
            stderr=subprocess.PIPE,
        )
    assert made.returncode == 0, made.stderr
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", cluster, "-p", str(port), *options],
            cwd=cluster,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=account.uid if account.lent else None,
            group=account.gid if account.lent else None,
            extra_groups=[] if account.lent else None,
        )


def _make_database(port: int, password: str) -> None:
    deadline = time.monotonic() + 30
    while (answer := _admin(f"CREATE ROLE tester LOGIN PASSWORD '{password}'", port, password)).returncode:
        assert time.monotonic() < deadline, answer.stderr
        time.sleep(0.05)
    answer = _admin("CREATE DATABASE tested OWNER tester", port, password)
    assert answer.returncode == 0, answer.stderr


def _admin(sql: str, port: int, password: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program_dir() / "psql", "-X", "-c", sql, f"postgresql://admin@127.0.0.1:{port}/postgres"],
        env=clean_environment() | {"PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
