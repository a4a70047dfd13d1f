"""Writes the next migration: what tables.py has and a database migrated from nothing has not.

`make migration NAME=x`, after `make gen`. Read what it wrote: a rename looks like a drop and an add.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import autogenerate
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from backend.data.migrate import MIGRATIONS, connect, known_revisions, migrate
from backend.data.upgrade import config_for
from tools.gen.enum_changes import enum_changes, labels_of

# Made by a migration's SQL: pgqueuer's objects are its own, and Prisma has no word for partial indexes.
UNMANAGED_TABLES = frozenset(
    {"alembic_version", "pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
)
UNMANAGED_INDEXES = frozenset(
    {"run_active", "run_wake", "run_top", "run_below", "run_unusual", "run_costly", "webhook_unsettled"}
)


def is_managed(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Alembic's `include_object`: whether schema.prisma answers for this object."""
    return name not in (UNMANAGED_TABLES if kind == "table" else UNMANAGED_INDEXES)


async def write_migration(
    dsn: str, name: str, metadata: sa.MetaData, folder: Path = MIGRATIONS
) -> Path | None:
    """Migrate the empty database `dsn`, then write what is missing; None if nothing is.

    Raises:
        EnumProblem: a label is gone or was moved, which only a person can migrate.
    """
    if known_revisions(folder):
        await migrate(dsn, folder=folder)
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(dsn), poolclass=NullPool
    )
    async with engine.connect() as connection:
        return await connection.run_sync(_write, name, metadata, folder)


def _write(connection: sa.Connection, name: str, metadata: sa.MetaData, folder: Path) -> Path | None:
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "target_metadata": metadata,
        "include_object": is_managed,
    }
    context = MigrationContext.configure(connection, opts=options)
    steps = autogenerate.produce_migrations(context, metadata).upgrade_ops
    if steps is None:
        return None
    before, after = enum_changes(connection, metadata)
    steps.ops[:0] = [ops.ExecuteSQLOp(sql) for sql in before]
    steps.ops += [ops.ExecuteSQLOp(sql) for sql in after]
    return None if steps.is_empty() else _save(connection, name, folder, steps, context)


def _save(
    connection: sa.Connection, name: str, folder: Path, steps: ops.UpgradeOps, context: MigrationContext
) -> Path:
    code = autogenerate.render_python_code(steps, render_item=_render_enum, migration_context=context)
    config = config_for(folder, connection)
    config.cmd_opts = argparse.Namespace(quiet=True)
    config.set_main_option("file_template", "%%(rev)s")
    revision = f"{len(known_revisions(folder)) + 1:04}_{name}"
    script = ScriptDirectory.from_config(config).generate_revision(
        revision, _title(name), upgrades=_our_style(code), imports=_imports(code)
    )
    if script is None:
        raise RuntimeError(f"alembic wrote no file for {revision}")
    path = Path(script.path)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", path], check=True)
    return path


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _our_style(code: str) -> str:
    """Without Alembic's marks, and without SQL in lines longer than ruff allows."""
    plain = re.sub(r"^ *# .*\n?", "", code, flags=re.MULTILINE).strip()
    return re.sub(r"^( *op\.execute\()(.{90,})\)$", _wrapped, plain, flags=re.MULTILINE)


def _wrapped(match: re.Match[str]) -> str:
    sql = str(ast.literal_eval(match[2]))
    lines = textwrap.wrap(sql, 90, drop_whitespace=False, break_long_words=False)
    return match[1] + "\n".join(map(repr, lines)) + ")"


def _imports(code: str) -> str:
    return "from sqlalchemy.dialects import postgresql\n" if "postgresql." in code else ""


def _render_enum(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """An enum only names its type: the type itself is made by the statements of `enum_changes`."""
    if kind == "type" and isinstance(item, sa.Enum):
        labels = ", ".join(map(repr, labels_of(item)))
        return f"postgresql.ENUM({labels}, name={item.name!r}, create_type=False)"
    return False


async def _in_fresh_database(name: str, report: Callable[[str], None]) -> None:
    from backend.data.embedded import open_embedded
    from backend.data.tables import metadata

    with tempfile.TemporaryDirectory(prefix="bym") as folder:
        database = await asyncio.to_thread(open_embedded, Path(folder))
        try:
            path = await write_migration(database.dsn, name, metadata)
        finally:
            await asyncio.to_thread(database.close)
    report(f"Wrote {path.name}; read it before you commit it." if path else "Nothing to migrate.")


def main(arguments: list[str]) -> int:
    """The command line."""
    if len(arguments) != 1 or not re.fullmatch(r"[a-z][a-z0-9_]*", arguments[0]):
        print("usage: make migration NAME=what_changes (small letters, digits and _)", file=sys.stderr)
        return 2
    asyncio.run(_in_fresh_database(arguments[0], print))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
