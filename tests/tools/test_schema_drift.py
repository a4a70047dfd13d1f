"""The check of schema.prisma against the files made from it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.checks.schema_drift import TABLES, check_schema, check_tables
from tools.gen.prisma_cli import ROOT, SCHEMA


def test_schema_and_tables_of_this_checkout_agree() -> None:
    assert check_schema() + check_tables() == []


def test_unformatted_schema_is_found(tmp_path: Path) -> None:
    schema = tmp_path / "schema.prisma"
    schema.write_text(SCHEMA.read_text().replace("  name          String\n", "  name String\n", 1))
    assert [finding.file for finding in check_schema(schema)] == ["schema.prisma"]


def test_tables_edited_by_hand_are_found(tmp_path: Path) -> None:
    tables = Path(shutil.copy(ROOT / TABLES, tmp_path))
    tables.write_text(tables.read_text() + "# mine\n")
    assert [finding.cure for finding in check_tables(tables=tables)] == ["Run `make gen`"]
