"""Databases of every state are brought to the head, on a real server."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.db import AsyncpgDriver

from backend.data.embedded import open_embedded
from backend.data.migrate import MIGRATIONS, known_revisions, migrate
from backend.util.errors import SetupProblem, Unavailable

SECOND = """
from alembic import op
revision, down_revision = "9998_good", "{before}"
def upgrade() -> None:
    op.execute("CREATE TABLE left_behind (id int)")
"""
BROKEN = """
from alembic import op
revision, down_revision = "9999_broken", "9998_good"
def upgrade() -> None:
    op.execute("CREATE TABLE half_done (id int)")
    op.execute("SELECT no_such_column FROM half_done")
"""


@pytest.fixture(scope="module")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = open_embedded(tmp_path_factory.mktemp("pg"))
    yield server.dsn
    server.close()


@pytest.fixture
async def dsn(server_dsn: str) -> AsyncIterator[str]:
    """An empty database of its own."""
    name = f"test_{uuid4().hex}"
    await _execute(server_dsn, f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(server_dsn)._replace(path=f"/{name}"))
    await _execute(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


async def _value(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _with_broken_migration(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    second = SECOND.format(before=known_revisions()[-1])
    (folder / "versions" / "9998_good.py").write_text(second)
    (folder / "versions" / "9999_broken.py").write_text(BROKEN)
    return folder


async def _tables(dsn: str) -> object:
    return await _value(dsn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")


async def test_empty_database_ends_at_the_newest_revision(dsn: str) -> None:
    await migrate(dsn)
    assert await _value(dsn, "SELECT version_num FROM alembic_version") == known_revisions()[-1]
    assert await _value(dsn, "SELECT count(*) FROM run") == 0


async def test_of_two_processes_one_migrates_and_the_other_finds_nothing_to_do(dsn: str) -> None:
    def process() -> subprocess.Popen[str]:
        code = f"import asyncio; from backend.data.migrate import migrate; asyncio.run(migrate({dsn!r}, progress=print))"
        return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)

    blocker = await asyncpg.connect(dsn)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("SELECT pg_advisory_xact_lock(x'626C6B79'::int)")
    processes = [process(), process()]
    await _until_two_wait(dsn)
    await transaction.rollback()
    await blocker.close()
    outputs = [(await asyncio.to_thread(p.communicate))[0] for p in processes]
    assert [p.returncode for p in processes] == [0, 0]
    assert all("waiting for it" in output for output in outputs)
    assert sum("Migrating the database: 0001_start" in output for output in outputs) == 1


async def _until_two_wait(dsn: str) -> None:
    async with asyncio.timeout(30):
        while (
            await _value(dsn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            != 2
        ):
            await asyncio.sleep(0.05)


async def test_concurrent_calls_in_one_process_both_end_well(dsn: str) -> None:
    await asyncio.gather(migrate(dsn), migrate(dsn))
    assert await _value(dsn, "SELECT count(*) FROM alembic_version") == 1


async def test_database_newer_than_the_code_is_refused_with_the_cure(dsn: str) -> None:
    await migrate(dsn)
    await _execute(dsn, "UPDATE alembic_version SET version_num = '9000_tomorrow'")
    with pytest.raises(SetupProblem, match=r"'9000_tomorrow'.*newer version"):
        await migrate(dsn)


async def test_up_to_date_database_needs_neither_alembic_nor_sqlalchemy(dsn: str) -> None:
    await migrate(dsn)
    code = (
        "import asyncio, sys; from backend.data.migrate import migrate;"
        f"asyncio.run(migrate({dsn!r}));"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'alembic', 'sqlalchemy'}))"
    )
    done = await asyncio.to_thread(subprocess.check_output, [sys.executable, "-c", code], text=True)
    assert done.strip() == "[]"


async def test_failed_migration_leaves_a_new_database_empty_and_says_which(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"'9999_broken' failed.*no_such_column"):
        await migrate(dsn, folder=_with_broken_migration(tmp_path))
    assert await _tables(dsn) == 0
    assert await _value(dsn, "SELECT count(*) FROM pg_type WHERE typname = 'run_status'") == 0


async def test_failed_migration_takes_back_the_ones_before_it_in_the_same_start(
    dsn: str, tmp_path: Path
) -> None:
    await migrate(dsn)
    before = await _tables(dsn)
    with pytest.raises(SetupProblem, match="9999_broken"):
        await migrate(dsn, folder=_with_broken_migration(tmp_path))
    assert await _tables(dsn) == before
    assert await _value(dsn, "SELECT version_num FROM alembic_version") == known_revisions()[-1]


async def test_a_start_after_a_failed_one_succeeds(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(SetupProblem):
        await migrate(dsn, folder=_with_broken_migration(tmp_path))
    await migrate(dsn)
    assert await _value(dsn, "SELECT count(*) FROM pgqueuer") == 0


async def test_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        await migrate(f"postgresql://nobody@/nothing?host={tmp_path}")


@pytest.mark.parametrize("dsn", ["mysql://a:secret@b/c", "postgresql://a:secret@b:port/c"])
async def test_address_that_cannot_be_read_is_a_setup_problem_without_the_password(dsn: str) -> None:
    with pytest.raises(SetupProblem, match=r"DATABASE_URL.*postgresql://user") as caught:
        await migrate(dsn)
    assert "secret" not in str(caught.value)


async def test_pgqueuer_finds_nothing_to_upgrade(dsn: str) -> None:
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        plan = await Queries(AsyncpgDriver(connection)).plan_upgrade()
    finally:
        await connection.close()
    assert plan.statements == ()
    unlogged = "SELECT count(*) FROM pg_class WHERE relname LIKE 'pgqueuer%' AND relpersistence <> 'p'"
    assert await _value(dsn, unlogged) == 0


async def test_pgqueuer_would_notice_a_missing_index(dsn: str) -> None:
    await migrate(dsn)
    await _execute(dsn, "DROP INDEX pgqueuer_unique_dedupe_key")
    connection = await asyncpg.connect(dsn)
    try:
        plan = await Queries(AsyncpgDriver(connection)).plan_upgrade()
    finally:
        await connection.close()
    assert plan.statements


def test_revisions_are_one_line_in_the_order_of_their_names() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    line = [revision.revision for revision in script.walk_revisions()]
    assert line[::-1] == known_revisions()
    assert script.get_heads() == [known_revisions()[-1]]
