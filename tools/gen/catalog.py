"""What a database really has, in PostgreSQL's own words, so that two databases can be compared.

Alembic's `compare_metadata` is blind to enum labels, primary keys, the precision of timestamps and the names
of constraints; the catalog is not.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from backend.data.migrate import connect, migrate
from tools.gen.migration import UNMANAGED_INDEXES, UNMANAGED_TABLES

_HERE = "current_schema()::regnamespace"
# Each row: the table (or "" for a type), what it is called, the whole of it.
_OBJECTS = f"""
SELECT c.relname AS of, 'column ' || c.relname || '.' || a.attname AS name,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
       || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
       || CASE WHEN a.attidentity = '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END AS said
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relkind = 'r' AND c.relnamespace = {_HERE} AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT r.relname, 'constraint ' || k.conname, 'on ' || r.relname || ' ' || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
 WHERE k.connamespace = {_HERE} AND k.contype <> 'n'
UNION ALL
SELECT tablename, 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL
SELECT '', 'enum ' || t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
  FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = {_HERE} GROUP BY t.typname
"""  # noqa: S608


async def read_catalog(dsn: str) -> dict[str, str]:
    """Name -> definition of everything that schema.prisma answers for."""
    connection = await connect(dsn)
    try:
        rows = await connection.fetch(_OBJECTS)
    finally:
        await connection.close()
    return {row["name"]: row["said"] for row in rows if _is_managed(row)}


def _is_managed(row: asyncpg.Record) -> bool:
    kind, _, name = str(row["name"]).partition(" ")
    if kind == "enum":
        return not name.startswith("pgqueuer")
    return row["of"] not in UNMANAGED_TABLES and not (kind == "index" and name in UNMANAGED_INDEXES)


async def find_drift(dsn: str, metadata: sa.MetaData) -> list[str]:
    """How an empty database differs when migrated and when made from `metadata`; one sentence each.

    `dsn` may create databases; two are made for this and dropped.
    """
    migrated, made = await new_database(dsn, "drift_migrated"), await new_database(dsn, "drift_made")
    try:
        await migrate(migrated)
        await create_all(made, metadata)
        there, wanted = await read_catalog(migrated), await read_catalog(made)
    finally:
        await _execute(dsn, "DROP DATABASE drift_migrated")
        await _execute(dsn, "DROP DATABASE drift_made")
    return [
        _sentence(name, there, wanted)
        for name in sorted(there.keys() | wanted.keys())
        if _differs(name, there, wanted)
    ]


def _differs(name: str, there: dict[str, str], wanted: dict[str, str]) -> bool:
    return there.get(name) != wanted.get(name)


def _sentence(name: str, there: dict[str, str], wanted: dict[str, str]) -> str:
    migrated, said = there.get(name, "nothing"), wanted.get(name, "nothing")
    return f"{name}: the migrations make {_short(migrated)}, schema.prisma says {_short(said)}"


def _short(definition: str) -> str:
    return re.sub(r"\s+", " ", definition)


async def create_all(dsn: str, metadata: sa.MetaData) -> None:
    """Make all tables of `metadata`, past the migrations."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(dsn), poolclass=NullPool
    )
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


async def new_database(dsn: str, name: str) -> str:
    """The address of an empty database of this name, on the server of `dsn`."""
    await _execute(dsn, f"DROP DATABASE IF EXISTS {name}")
    await _execute(dsn, f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def _execute(dsn: str, sql: str) -> None:
    connection = await connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
