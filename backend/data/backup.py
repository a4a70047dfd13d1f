"""Backup and restore of a whole database with PostgreSQL's own programs; embedded or any other server.

A backup is a file of `pg_dump`'s custom format. It holds what the database holds, so also the encrypted
secrets, but not the key that opens them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from backend.data.postgres.client import Target, check_server, last_line, parse_dsn, query
from backend.data.postgres.programs import MAJOR, program_dir, run
from backend.util.errors import BadInput, Conflict, SetupProblem

CHUNK_BYTES = 1024 * 1024
HEAD_LINES = 40

Progress = Callable[[str], None]

OTHERS_SQL = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""

# pg_toast and pg_temp schemas begin with pg_ as well.
RELATIONS_SQL = r"""
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'"""

# public goes back to how PostgreSQL 15 and newer make it; everything else comes from the backup.
EMPTY_SQL = r"""
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
  LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
  CREATE SCHEMA public;
  ALTER SCHEMA public OWNER TO pg_database_owner;
  GRANT USAGE ON SCHEMA public TO PUBLIC;
END $$;
"""


def backup(dsn: str, target: Path, progress: Progress = lambda _: None) -> None:
    """Write the database into the file `target` (0600), which appears only when it is whole.

    Raises:
        Unavailable: no connection. SetupProblem: the server's version does not fit, or pg_dump failed.
    """
    database = parse_dsn(dsn)
    _check_dumpable(database)
    partial = target.with_name(f".{target.name}.partial")
    progress(f"Writing {str(target)!r}.")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        done = run(
            "pg_dump",
            [
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--file={partial}",
                f"--dbname={database.url}",
            ],
            password=database.password,
            environment=database.environment,
        )
        if done.returncode != 0:
            raise SetupProblem(f"The backup failed: {last_line(done.stderr)!r}. Nothing was written.")
        _sync(partial)
        partial.replace(target)
    except OSError as error:
        raise SetupProblem(f"The backup could not be written: {error}. Choose another file.") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    progress(f"Done: {target.stat().st_size / 2**20:.1f} MiB.")


def restore(dsn: str, source: Path, progress: Progress = lambda _: None, *, overwrite: bool = False) -> None:
    """Put a backup into an empty database, or with `overwrite` in the place of what is there.

    One transaction: when anything fails the database is as it was.

    Raises:
        BadInput: `source` is no whole backup. Unavailable: no connection.
        Conflict: somebody is connected, or the database is not empty. SetupProblem: PostgreSQL refused.
    """
    database = parse_dsn(dsn)
    _check_source(source)
    version = check_server(database)
    _check_alone(database)
    if not overwrite and int(query(database, RELATIONS_SQL)) > 0:
        raise Conflict(
            "The database is not empty. Restore into an empty one, or say --overwrite: everything in it is "
            "then replaced by the backup."
        )
    progress(f"Restoring {str(source)!r}.")
    _stream(database, source, version)
    progress("Done.")


def _check_dumpable(database: Target) -> None:
    major = check_server(database)
    if major > MAJOR:
        raise SetupProblem(
            f"The server is PostgreSQL {major}, and the pg_dump of this Blockyard reads up to {MAJOR}. Use the "
            "server's own pg_dump, or a newer Blockyard."
        )


def _check_alone(database: Target) -> None:
    others = int(query(database, OTHERS_SQL))
    if others:
        raise Conflict(
            f"{others} other connection(s) use the database. Stop `blockyard serve`, its workers and every "
            "other client, then restore again."
        )


def _check_source(source: Path) -> None:
    if not source.is_file():
        raise BadInput(f"There is no file {str(source)!r}. Name a file that `blockyard backup` wrote.")
    done = run("pg_restore", ["--list", str(source)])
    if done.returncode != 0:
        raise _broken(source, done.stderr)


def _broken(source: Path, said: str) -> BadInput:
    return BadInput(
        f"The file {str(source)!r} is not a whole backup: {last_line(said)!r}. The database is unchanged; use "
        "another backup."
    )


def _stream(database: Target, source: Path, version: int) -> None:
    """Feed pg_restore's statements to one psql, and COMMIT only after the last byte of a whole file."""
    with _reader(database, source) as reader, _writer(database) as writer:
        is_heard = _feed(reader, writer, version)
        read_error = reader.stderr.read().decode(errors="replace") if reader.stderr else ""
        is_whole = reader.wait() == 0
        _, said = writer.communicate(b"\nCOMMIT;\n" if is_whole else b"")
    if is_heard and not is_whole:
        raise _broken(source, read_error)
    if writer.returncode != 0:
        reason = last_line(said.decode(errors="replace"))
        raise SetupProblem(f"PostgreSQL refused the backup: {reason!r}. The database is unchanged.")


def _reader(database: Target, source: Path) -> subprocess.Popen[bytes]:
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "-f", "-"]
    return subprocess.Popen(
        [program_dir() / "pg_restore", *options, source],
        env=database.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _writer(database: Target) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [program_dir() / "psql", "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", database.url],
        env=database.environment | ({"PGPASSWORD": database.password} if database.password else {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _feed(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes], version: int) -> bool:
    """Whether psql listened to the end; it goes away at the first error, and its own words say why."""
    if reader.stdout is None or writer.stdin is None:
        return False
    with reader.stdout as script:
        try:
            writer.stdin.write(b"BEGIN;\n" + EMPTY_SQL.encode())
            for chunk in _statements(script, version):
                writer.stdin.write(chunk)
            writer.stdin.flush()
        except BrokenPipeError:
            return False
    return True


def _statements(script: IO[bytes], version: int) -> Iterator[bytes]:
    """The script; without the one setting in its head that servers before 17 do not know."""
    for _ in range(HEAD_LINES):
        line = script.readline()
        if version >= 17 or not line.startswith(b"SET transaction_timeout"):
            yield line
    while chunk := script.read(CHUNK_BYTES):
        yield chunk


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
