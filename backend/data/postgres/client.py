"""Talks to any PostgreSQL, embedded or not, through the programs of the wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from backend.data.postgres.programs import run
from backend.util.errors import SetupProblem, Unavailable

OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True)
class Target:
    """A database as libpq's programs take it: the address without the password, and the password.

    The two go apart because every user of the machine may read a program's arguments.
    """

    url: str
    password: str

    @property
    def environment(self) -> dict[str, str]:
        """Ours, without what would redirect the programs; certificates named there stay in force."""
        kept = {name: value for name, value in os.environ.items() if name not in {"PGOPTIONS", "PGSERVICE"}}
        return kept | {"LC_ALL": "C", "PGAPPNAME": "blockyard"}


def parse_dsn(dsn: str) -> Target:
    """Take a DATABASE_URL apart; a driver in its scheme (postgresql+asyncpg) is dropped."""
    parts = urlsplit(dsn)
    user_and_password, at, host = parts.netloc.rpartition("@")
    user, _, password = user_and_password.partition(":")
    plain = SplitResult("postgresql", f"{user}{at}{host}", parts.path, parts.query, "")
    # urlunsplit drops the empty authority of a socket's address.
    url = urlunsplit(plain) if plain.netloc else f"postgresql://{parts.path}?{parts.query}"
    return Target(url, unquote(password))


def query(database: Target, sql: str) -> str:
    """The answer of one statement as text.

    Raises:
        Unavailable: no connection, or the statement was refused.
    """
    done = run(
        "psql",
        ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, database.url],
        password=database.password,
        environment=database.environment,
    )
    if done.returncode != 0:
        raise Unavailable(
            f"The database cannot be reached: {last_line(done.stderr)!r}. Check DATABASE_URL and that the "
            "server runs."
        )
    return done.stdout.strip()


def check_server(database: Target) -> int:
    """The server's major version.

    Raises:
        Unavailable: no connection. SetupProblem: a version that is not supported.
    """
    major = int(query(database, "SHOW server_version_num")) // 10_000
    if major < OLDEST_MAJOR:
        raise SetupProblem(
            f"The server is PostgreSQL {major}, and Blockyard needs {OLDEST_MAJOR} or newer. Upgrade the server, "
            "or unset DATABASE_URL to use the embedded one."
        )
    return major


def last_line(text: str) -> str:
    """The last line a program said: the one with the reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
