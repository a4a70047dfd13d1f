"""schema.prisma, tables.py and the migrations say the same."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from backend.data.embedded import open_embedded
from backend.data.tables import metadata
from tools.checks import Finding
from tools.gen.catalog import find_drift
from tools.gen.prisma_cli import ROOT, SCHEMA, PrismaError, prisma

TABLES = "backend/data/tables.py"


def check() -> list[Finding]:
    """In this order, and no further than the first that fails: schema, tables.py, migrations."""
    return check_schema() or check_tables() or check_migrations()


def check_schema(schema: Path = SCHEMA) -> list[Finding]:
    try:
        prisma("validate", schema)
        prisma("check", schema)
    except PrismaError as error:
        return [Finding(schema.name, 1, str(error), "Correct it, then `make fix`")]
    return []


def check_tables(schema: Path = SCHEMA, tables: Path = ROOT / TABLES) -> list[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(schema, folder))
        try:
            prisma("generate", copy)
        except PrismaError as error:
            return [Finding(schema.name, 1, str(error), "Say it in a way that the generator knows")]
        if (Path(folder) / TABLES).read_bytes() == tables.read_bytes():
            return []
    return [Finding(TABLES, 1, f"not what the generator makes of {schema.name}", "Run `make gen`")]


def check_migrations() -> list[Finding]:
    cure = "Run `make migration NAME=what_changes`"
    return [Finding("schema.prisma", 1, drift, cure) for drift in asyncio.run(_drift())]


async def _drift() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="byd") as folder:
        server = await asyncio.to_thread(open_embedded, Path(folder))
        try:
            return await find_drift(server.dsn, metadata)
        finally:
            await asyncio.to_thread(server.close)
