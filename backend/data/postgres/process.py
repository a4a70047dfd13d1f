"""The server process: found by what it is and not by a number in a file, started, waited for, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from backend.data.postgres.account import Account, programs_for, run_as
from backend.data.postgres.address import SOCKET_NAME
from backend.data.postgres.cluster import Layout, check_room, read_password
from backend.data.postgres.configuration import read_nofollow, write_configuration
from backend.data.postgres.locks import POLL_S, is_locked, open_private, try_lock
from backend.data.postgres.programs import DATABASE, psql
from backend.util.errors import SetupProblem

APPEAR_S = 15.0
REFUSED_S = 3.0
STOP_S = 120.0
PROGRESS_S = 2.0
LOG_LINES = 12

Progress = Callable[[str], None]

# Detached for good: the shell ends at once and the server belongs to init. A kill of the process that started
# it does not reach it, and no zombie of ours stays behind when another process stops it.
_DETACH = '"$0" "$@" >&2 & echo $!'


class ServerDied(Exception):
    """The server ended while we waited for it."""


def find_server(cluster: Path) -> psutil.Process | None:
    """The living server of `cluster`, None when postmaster.pid is absent, stale or names another process.

    A postmaster's working folder is its cluster for as long as it lives; that is what is compared.
    """
    first_line = (read_nofollow(cluster / "postmaster.pid") or "").partition("\n")[0].strip()
    if not first_line.lstrip("-").isdecimal():
        return None
    try:
        process = psutil.Process(abs(int(first_line)))
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
                return None
        return process if Path(process.cwd()).samefile(cluster) else None
    except (psutil.Error, OSError):
        return None


def find_or_wait(layout: Layout) -> psutil.Process | None:
    """The living server; None when nothing lives there. Needs the starter's lock.

    Raises:
        SetupProblem: something holds the cluster that is not visible from here (another container).
    """
    deadline = time.monotonic() + APPEAR_S
    while True:
        if process := find_server(layout.cluster):
            return process
        if not is_locked(layout.alive):
            return None
        if time.monotonic() > deadline:
            raise SetupProblem(
                f"The database in {str(layout.cluster)!r} is in use by a server that is not visible from here, "
                "such as one in another container. Stop that one first, or give another --data-dir."
            )
        time.sleep(POLL_S)


def start_server(layout: Layout, account: Account) -> psutil.Process:
    """Start the server and come back when it has said its number, long before it is ready.

    Needs the starter's lock, and that `find_or_wait` found nothing.

    Raises:
        ServerDied: it ended at once.
    """
    write_configuration(layout.cluster, account)
    _remove_stale_files(layout.cluster)
    alive, log = open_private(layout.alive), open_private(layout.start_log)
    try:
        os.ftruncate(log, 0)
        if not try_lock(alive):
            raise SetupProblem("Another process started the database at the same moment. Try again.")
        done = run_as(
            account,
            ["/bin/sh", "-c", _DETACH, str(programs_for(account) / "postgres"), "-D", account.data_argument],
            folder=layout.cluster,
            stdin=subprocess.DEVNULL,
            stderr=log,
            pass_fds=(alive,),
        )
    finally:
        os.close(alive)
        os.close(log)
    try:
        return psutil.Process(int(done.stdout))
    except psutil.NoSuchProcess:
        raise ServerDied from None


def _remove_stale_files(cluster: Path) -> None:
    """PostgreSQL refuses to start when a stale file names a process that lives, whatever that process is."""
    for name in ("postmaster.pid", f"{SOCKET_NAME}.lock", SOCKET_NAME):
        (cluster / name).unlink(missing_ok=True)


def wait_ready(layout: Layout, process: psutil.Process, host: str, progress: Progress) -> None:
    """Wait for a real connection to the database, making the database if it is missing.

    There is no time limit while the server lives and recovers; a big crash recovery takes minutes.

    Raises:
        ServerDied: it ended.
        SetupProblem: it is ready and refuses us.
    """
    since = told = time.monotonic()
    while server_state(layout.cluster) != "ready":
        if not _lives(process):
            raise ServerDied
        now = time.monotonic()
        if now - told > PROGRESS_S:
            told = now
            progress(
                f"The database is getting ready (recovering after a crash?), {now - since:.0f} s so far."
            )
        time.sleep(POLL_S)
    _connect(layout, process, host)


def server_state(cluster: Path) -> str:
    """What the server says in postmaster.pid: starting, stopping, ready, standby; '' when nothing yet.

    Source: src/include/utils/pidfile.h (LOCK_FILE_LINE_PM_STATUS is line 8).
    """
    lines = (read_nofollow(cluster / "postmaster.pid") or "").splitlines()
    return lines[7].strip() if len(lines) > 7 else ""


def _connect(layout: Layout, process: psutil.Process, host: str) -> None:
    password = read_password(layout)
    deadline = time.monotonic() + REFUSED_S
    while True:
        answer = psql("SELECT 1", host=host, password=password)
        if answer.returncode == 0:
            return
        if psql("SELECT 1", host=host, password=password, database="postgres").returncode == 0:
            _create_database(host, password)
        elif not _lives(process):
            raise ServerDied
        elif time.monotonic() > deadline:
            raise SetupProblem(
                f"The embedded database runs but refuses the connection: {answer.stderr.strip()!r}. If the file "
                f"{str(layout.password)!r} was changed, put the old one back."
            )
        time.sleep(POLL_S)


def _create_database(host: str, password: str) -> None:
    names = psql("SELECT datname FROM pg_database", host=host, password=password, database="postgres")
    if DATABASE not in names.stdout.split():
        psql(f"CREATE DATABASE {DATABASE}", host=host, password=password, database="postgres")


def stop_server(layout: Layout) -> bool:
    """Stop the server, cutting connections that are left, and wait for it; False when it takes too long.

    Only a process that passed `find_server` gets the signal. Needs the starter's lock.
    """
    if process := find_server(layout.cluster):
        process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + STOP_S
    while is_locked(layout.alive) or (process is not None and _lives(process)):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start_problem(layout: Layout) -> SetupProblem:
    """Why the server did not start: the last lines it wrote, and the cure."""
    try:
        check_room(layout.home, needed_bytes=64 * 1024 * 1024)
    except SetupProblem as problem:
        return problem
    lines = last_log_lines(layout)
    return SetupProblem(
        f"The embedded database did not start. It said: {lines!r}. The whole log is in "
        f"{str(layout.cluster / 'log')!r}; `blockyard doctor` looks for the usual causes."
    )


def last_log_lines(layout: Layout) -> str:
    """The newest lines of the server's two logs: before and after it opened its own."""
    logs = sorted((layout.cluster / "log").glob("*.log"), key=lambda path: path.lstat().st_mtime)
    texts = [read_nofollow(path) or "" for path in [layout.start_log, *logs[-1:]]]
    return "\n".join(line for text in texts for line in text.splitlines()[-LOG_LINES:])
