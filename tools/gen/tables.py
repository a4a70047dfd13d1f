"""The Prisma generator that writes backend/data/tables.py: SQLAlchemy Core tables from schema.prisma.

Prisma starts it and speaks JSON-RPC, one request a line on stdin; the replies go to stderr.
Whatever it does not know is an error that names model and field; nothing is dropped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pydantic import JsonValue

from tools.gen.columns import Unknown, enum_variable, render_column
from tools.gen.constraints import render_constraints
from tools.gen.dmmf import Datamodel, PrismaEnum, PrismaModel, SchemaProblem, read_datamodel
from tools.gen.prisma_cli import ROOT
from tools.gen.schema_text import find_hidden

_HEAD = '''"""The tables of schema.prisma; generated from schema.prisma by make gen; do not edit."""

from __future__ import annotations

'''
_IMPORTS = (
    ("dt.", "import datetime as dt"),
    ("[Decimal", "from decimal import Decimal"),
    ("[Any", "from typing import Any"),
    ("", ""),
    ("", "import sqlalchemy as sa"),
    ("postgresql.", "from sqlalchemy.dialects import postgresql"),
)
_METADATA = """
# The names that PostgreSQL and Prisma give by themselves.
metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)
"""


def render_tables(datamodel: Datamodel) -> str:
    """The text of tables.py, formatted.

    Raises:
        SchemaProblem: everything in the schema that cannot be said, at once.
    """
    enums = {enum.name: enum for enum in datamodel.enums}
    problems: list[str] = []
    tables = [_render_model(model, datamodel, enums, problems) for model in datamodel.models]
    if problems:
        raise SchemaProblem(problems)
    body = "\n\n".join([*map(_render_enum, datamodel.enums), *tables])
    return _format(_HEAD + _imports(body) + _METADATA + "\n" + body)


def _imports(body: str) -> str:
    return "".join(f"{line}\n" for sign, line in _IMPORTS if sign in body)


def _render_enum(enum: PrismaEnum) -> str:
    labels = ", ".join(repr(enum.label(value.name)) for value in enum.values)
    variable = enum_variable(enum.type_name)
    return f"{variable} = sa.Enum({labels}, name={enum.type_name!r}, metadata=metadata)"


def _render_model(
    model: PrismaModel, datamodel: Datamodel, enums: dict[str, PrismaEnum], problems: list[str]
) -> str:
    columns: list[str] = []
    key = datamodel.key_of(model)
    for field in (field for field in model.fields if field.kind != "object"):
        try:
            columns.append(render_column(field, enums, is_key=field.name in key))
        except Unknown as unknown:
            problems.append(f"{model.name}.{field.name}: {unknown}")
    constraints = render_constraints(model, datamodel, problems)
    if not model.table.isidentifier():
        problems.append(f"{model.name}: table name {model.table!r} is no Python name; change @@map")
    title = " ".join(model.documentation.split()) or f"The columns of {model.table}."
    body = "\n    ".join([json.dumps(title, ensure_ascii=False).join(['""', '""']), *columns])
    arguments = ", ".join([repr(model.table), "metadata", f"{model.name}Columns", *constraints])
    return f"class {model.name}Columns(sa.TypedColumns):\n    {body}\n\n{model.table} = sa.Table({arguments})"


def _format(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "tables.py"]
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise SchemaProblem([f"ruff could not format what was generated: {done.stderr.strip()}"])
    return done.stdout


def generate(params: dict[str, JsonValue]) -> None:
    """Write the file that a `generate` request asks for.

    Raises:
        SchemaProblem: see `render_tables`; the file is untouched.
    """
    generator, dmmf = _object(params["generator"]), _object(params["dmmf"])
    problems = find_hidden(str(params["datamodel"]))
    if preview := generator.get("previewFeatures"):
        problems.append(f"generator: previewFeatures {preview} change what Prisma hands over; take them out")
    text = ""
    try:
        text = render_tables(read_datamodel(dmmf["datamodel"]))
    except SchemaProblem as problem:
        problems += problem.problems
    if problems:
        raise SchemaProblem(problems)
    output = Path(str(_object(generator["output"])["value"]))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise SchemaProblem(
            [f"Prisma gives {value!r} where an object is expected; teach tools/gen/tables.py"]
        )
    return value


def answer(request: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The JSON-RPC reply to one request of Prisma."""
    reply: dict[str, JsonValue] = {"jsonrpc": "2.0", "id": request["id"]}
    if request["method"] == "getManifest":
        manifest: dict[str, JsonValue] = {"prettyName": "SQLAlchemy tables", "defaultOutput": "tables.py"}
        return {**reply, "result": {"manifest": manifest}}
    try:
        generate(_object(request["params"]))
    except SchemaProblem as problem:
        text = "schema.prisma has no tables.py:\n" + "\n".join(f"  {line}" for line in problem.problems)
        return {**reply, "error": {"code": -32000, "message": text, "data": {"stack": ""}}}
    return {**reply, "result": None}


def main() -> None:
    """Answer requests until Prisma closes stdin."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
