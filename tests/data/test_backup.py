"""Backup and restore, on the embedded server and on an older one over TCP: the same claims for both."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from backend.data.backup import backup, restore
from backend.data.embedded import open_embedded
from backend.util.errors import BadInput, Conflict, SetupProblem, Unavailable
from tests.support.tcp_postgres import tcp_postgres

CONTENT = """
    DROP SCHEMA IF EXISTS side CASCADE;
    DROP TABLE IF EXISTS public.notes, public.late;
    CREATE TABLE public.notes (id bigserial PRIMARY KEY, body jsonb NOT NULL, raw bytea);
    INSERT INTO public.notes (body, raw)
        SELECT jsonb_build_object('n', n, 'text', repeat(md5(n::text), 20)), decode(md5(n::text), 'hex')
        FROM generate_series(1, 5000) n;
    CREATE SCHEMA side;
    CREATE VIEW side.count AS SELECT count(*) AS n FROM public.notes;
"""


@pytest.fixture(scope="module", params=["embedded", "tcp"])
def dsn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "tcp":
        with tcp_postgres() as url:
            yield url
        return
    server = open_embedded(tmp_path_factory.mktemp("backup"))
    yield server.dsn
    server.close()


async def execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


async def fingerprint(dsn: str) -> list[tuple[object, ...]]:
    """What is in the database: every relation, and every row of the notes."""
    connection = await asyncpg.connect(dsn)
    relations = await connection.fetch(
        "SELECT relnamespace::regnamespace::text AS space, relname, relkind FROM pg_class "
        "WHERE relnamespace::regnamespace::text IN ('public', 'side') ORDER BY 1, 2"
    )
    rows = await connection.fetch("SELECT md5(string_agg(n::text, ',' ORDER BY id)) FROM public.notes n")
    await connection.close()
    return [tuple(row) for row in [*relations, *rows]]


@pytest.fixture
async def filled(dsn: str) -> str:
    await execute(dsn, CONTENT)
    return dsn


async def test_restore_brings_back_exactly_what_was_backed_up(filled: str, tmp_path: Path) -> None:
    before = await fingerprint(filled)
    backup(filled, tmp_path / "full.backup")
    await execute(
        filled, "DELETE FROM notes WHERE id % 2 = 0; CREATE TABLE late (id int); DROP VIEW side.count"
    )

    restore(filled, tmp_path / "full.backup", overwrite=True)
    assert await fingerprint(filled) == before
    await execute(filled, "INSERT INTO notes (body) VALUES ('1')")


async def test_restore_fills_an_empty_database_and_refuses_a_full_one(filled: str, tmp_path: Path) -> None:
    before = await fingerprint(filled)
    backup(filled, tmp_path / "full.backup")
    with pytest.raises(Conflict, match=r"not empty.*--overwrite"):
        restore(filled, tmp_path / "full.backup")
    assert await fingerprint(filled) == before

    await execute(filled, "DROP SCHEMA side CASCADE; DROP TABLE notes")
    restore(filled, tmp_path / "full.backup")
    assert await fingerprint(filled) == before


async def test_restore_refuses_while_anybody_else_is_connected(filled: str, tmp_path: Path) -> None:
    backup(filled, tmp_path / "full.backup")
    guest = await asyncpg.connect(filled)
    with pytest.raises(Conflict, match="1 other connection"):
        restore(filled, tmp_path / "full.backup", overwrite=True)
    await guest.close()


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.9, 0.999])
async def test_a_cut_backup_changes_nothing(filled: str, tmp_path: Path, kept: float) -> None:
    before = await fingerprint(filled)
    whole = tmp_path / "full.backup"
    backup(filled, whole)
    cut = tmp_path / "cut.backup"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * kept)])
    with pytest.raises(BadInput, match="not a whole backup"):
        restore(filled, cut, overwrite=True)
    assert await fingerprint(filled) == before


async def test_a_backup_the_server_refuses_half_way_changes_nothing(filled: str, tmp_path: Path) -> None:
    before = await fingerprint(filled)
    await execute(filled, "CREATE INDEX odd ON notes (length(body::text))")
    backup(filled, tmp_path / "odd.backup")
    damaged = (tmp_path / "odd.backup").read_bytes().replace(b"length(", b"langth(")
    (tmp_path / "odd.backup").write_bytes(damaged)
    await execute(filled, "DROP INDEX odd")
    with pytest.raises(SetupProblem, match=r"refused the backup.*unchanged"):
        restore(filled, tmp_path / "odd.backup", overwrite=True)
    assert await fingerprint(filled) == before


def test_a_backup_is_private_and_appears_only_when_whole(filled: str, tmp_path: Path) -> None:
    target = tmp_path / "full.backup"
    backup(filled, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(SetupProblem):
        backup(filled, tmp_path / "no" / "such" / "folder")
    assert list(tmp_path.iterdir()) == [target]


def test_a_wrong_password_is_unavailable_and_not_in_the_message(filled: str, tmp_path: Path) -> None:
    parts = urlsplit(filled)
    assert parts.password
    wrong = filled.replace(parts.password, "sesame-0815")
    with pytest.raises(Unavailable, match="DATABASE_URL") as refused:
        backup(wrong, tmp_path / "never")
    assert "sesame" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused(filled: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("DROP TABLE notes;")
    with pytest.raises(BadInput, match="not a whole backup"):
        restore(filled, tmp_path / "note.txt", overwrite=True)
    with pytest.raises(BadInput, match="no file"):
        restore(filled, tmp_path / "absent", overwrite=True)
