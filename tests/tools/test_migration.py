"""Migrations are written for what changed, drift is found, and an unchanged schema needs neither."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa

from backend.data.embedded import open_embedded
from backend.data.migrate import MIGRATIONS, known_revisions, migrate
from backend.data.tables import metadata
from tests.tools.load import load_module
from tools.checks.schema_drift import TABLES
from tools.gen.catalog import find_drift, new_database, read_catalog
from tools.gen.enum_changes import EnumProblem
from tools.gen.migration import UNMANAGED_INDEXES, write_migration
from tools.gen.prisma_cli import ROOT


@pytest.fixture(scope="module")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = open_embedded(tmp_path_factory.mktemp("pg"))
    yield server.dsn
    server.close()


@pytest.fixture
async def dsn(server_dsn: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    yield await new_database(server_dsn, name)
    connection = await asyncpg.connect(server_dsn)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to be added to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


@pytest.fixture
def changed() -> sa.MetaData:
    """A copy of the tables, to be changed."""
    copy = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(copy)
    return copy


def _with_roles(tmp_path: Path, roles: str) -> sa.MetaData:
    """The tables with other labels of the enum `role`."""
    source = (ROOT / TABLES).read_text()
    before = 'ROLE = sa.Enum("owner", "editor", "viewer", '
    assert before in source
    path = tmp_path / "edited.py"
    path.write_text(source.replace(before, f"ROLE = sa.Enum({roles}, "))
    edited = load_module(path).metadata
    assert isinstance(edited, sa.MetaData)
    return edited


async def test_unchanged_schema_needs_no_migration(dsn: str, folder: Path) -> None:
    assert await write_migration(dsn, "nothing", metadata, folder) is None


async def test_migrations_and_schema_make_the_same_database(server_dsn: str) -> None:
    assert await find_drift(server_dsn, metadata) == []


async def test_written_migration_makes_the_change(dsn: str, folder: Path, changed: sa.MetaData) -> None:
    changed.tables["graph"].append_column(
        sa.Column("colour", sa.Text(), server_default="red", nullable=False)
    )
    mood = sa.Enum("good", "bad", name="mood")
    changed.tables["graph"].append_column(sa.Column("mood", mood, nullable=True))
    path = await write_migration(dsn, "colour", changed, folder)
    assert path is not None
    assert path.stem == known_revisions(folder)[-1] == f"{len(known_revisions()) + 1:04}_colour"
    await migrate(dsn, folder=folder)
    catalog = await read_catalog(dsn)
    assert catalog["column graph.colour"] == "text NOT NULL DEFAULT 'red'::text"
    assert (catalog["column graph.mood"], catalog["enum mood"]) == ("mood", "good, bad")
    assert await write_migration(dsn, "again", changed, folder) is None


async def test_new_label_is_added_at_its_place(dsn: str, folder: Path, tmp_path: Path) -> None:
    edited = _with_roles(tmp_path, '"admin", "owner", "editor", "guest", "viewer"')
    assert await write_migration(dsn, "roles", edited, folder)
    await migrate(dsn, folder=folder)
    assert (await read_catalog(dsn))["enum role"] == "admin, owner, editor, guest, viewer"


async def test_lost_label_is_left_to_the_author(dsn: str, folder: Path, tmp_path: Path) -> None:
    edited = _with_roles(tmp_path, '"owner", "editor"')
    with pytest.raises(EnumProblem, match=r"enum role loses or moves a label.*by hand"):
        await write_migration(dsn, "roles", edited, folder)
    assert known_revisions(folder) == known_revisions()


async def test_drift_of_every_kind_is_found(server_dsn: str, tmp_path: Path) -> None:
    edited = _with_roles(tmp_path, '"owner", "editor", "viewer", "guest"')
    tables = edited.tables
    tables["run"].append_column(sa.Column("note", sa.Text()))
    tables["run"].c.epoch.type = sa.BigInteger()
    tables["blob"].c.created_at.server_default = None
    tables["graph"].append_constraint(sa.UniqueConstraint("name"))
    sa.Index("worker_host_idx", tables["worker"].c.host)
    drift = await find_drift(server_dsn, edited)
    assert "column run.note: the migrations make nothing, schema.prisma says text" in drift
    assert [sentence.partition(":")[0] for sentence in drift] == [
        "column blob.created_at",
        "column run.epoch",
        "column run.note",
        "constraint graph_name_key",
        "enum role",
        "index graph_name_key",
        "index worker_host_idx",
    ]


async def test_partial_indexes_and_the_queue_are_no_drift_but_they_are_there(dsn: str) -> None:
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    names = {row[0] for row in await connection.fetch("SELECT indexname FROM pg_indexes")}
    await connection.close()
    assert names >= UNMANAGED_INDEXES | {"pgqueuer_pkey"}
