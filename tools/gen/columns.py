"""A Prisma field as a SQLAlchemy column: its type, its Python type and its default in PostgreSQL's words.

Types without @db are the ones Prisma's own migrations use.
Source: https://www.prisma.io/docs/orm/reference/prisma-schema-reference (PostgreSQL columns).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from tools.gen.dmmf import Call, PrismaEnum, PrismaField


class Unknown(Exception):
    """The field says something that the generator does not know; the text says what."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """`expression` is SQLAlchemy, `python` the type of a value, `cast` PostgreSQL's name for a literal."""

    expression: str
    python: str
    cast: str

    def as_list(self) -> ColumnType:
        return ColumnType(f"postgresql.ARRAY({self.expression})", f"list[{self.python}]", f"{self.cast}[]")


_TEXT = ColumnType("sa.Text()", "str", "text")
_INTEGER = ColumnType("sa.Integer()", "int", "integer")
_BIGINT = ColumnType("sa.BigInteger()", "int", "bigint")
_DOUBLE = ColumnType("sa.Float(53)", "float", "double precision")
_BOOLEAN = ColumnType("sa.Boolean()", "bool", "boolean")
_BYTES = ColumnType("sa.LargeBinary()", "bytes", "bytea")
_JSON = ColumnType("postgresql.JSON({json})", "Any", "json")
_JSONB = ColumnType("postgresql.JSONB({json})", "Any", "jsonb")


def _timestamp(zone: bool) -> ColumnType:
    words = "timezone=True, " if zone else ""
    cast = f"timestamp {'with' if zone else 'without'} time zone"
    return ColumnType(f"postgresql.TIMESTAMP({words}{{precision}})", "dt.datetime", cast)


def _time(zone: bool) -> ColumnType:
    words = "timezone=True, " if zone else ""
    cast = f"time {'with' if zone else 'without'} time zone"
    return ColumnType(f"postgresql.TIME({words}{{precision}})", "dt.time", cast)


_PLAIN = {
    "String": _TEXT,
    "Int": _INTEGER,
    "BigInt": _BIGINT,
    "Float": _DOUBLE,
    "Decimal": ColumnType("sa.Numeric(65, 30)", "Decimal", "numeric"),
    "Boolean": _BOOLEAN,
    "DateTime": ColumnType("postgresql.TIMESTAMP(precision=3)", "dt.datetime", "timestamp without time zone"),
    "Json": _JSONB,
    "Bytes": _BYTES,
}
_NATIVE = {
    ("String", "Text"): _TEXT,
    ("String", "VarChar"): ColumnType("sa.String({0})", "str", "character varying"),
    ("String", "Char"): ColumnType("sa.CHAR({0})", "str", "bpchar"),
    ("String", "Uuid"): ColumnType("sa.Uuid(as_uuid=False)", "str", "uuid"),
    ("String", "Inet"): ColumnType("postgresql.INET()", "str", "inet"),
    ("Int", "Integer"): _INTEGER,
    ("Int", "SmallInt"): ColumnType("sa.SmallInteger()", "int", "smallint"),
    ("BigInt", "BigInt"): _BIGINT,
    ("Float", "DoublePrecision"): _DOUBLE,
    ("Float", "Real"): ColumnType("sa.REAL()", "float", "real"),
    ("Decimal", "Decimal"): ColumnType("sa.Numeric({0})", "Decimal", "numeric"),
    ("Boolean", "Boolean"): _BOOLEAN,
    ("DateTime", "Timestamp"): _timestamp(zone=False),
    ("DateTime", "Timestamptz"): _timestamp(zone=True),
    ("DateTime", "Date"): ColumnType("sa.Date()", "dt.date", "date"),
    ("DateTime", "Time"): _time(zone=False),
    ("DateTime", "Timetz"): _time(zone=True),
    ("Json", "Json"): _JSON,
    ("Json", "JsonB"): _JSONB,
    ("Bytes", "ByteA"): _BYTES,
}
_CLIENT_SIDE = {"uuid", "cuid", "ulid", "nanoid", "auto"}


def enum_variable(name: str) -> str:
    """The name in tables.py of the enum type `name`."""
    return name.upper()


def column_type(field: PrismaField, enums: dict[str, PrismaEnum]) -> ColumnType:
    """The type of one column; for a list, an array of it."""
    base = _enum_type(enums[field.type]) if field.kind == "enum" else _scalar_type(field)
    return base.as_list() if field.is_list else base


def _enum_type(enum: PrismaEnum) -> ColumnType:
    return ColumnType(enum_variable(enum.type_name), "str", enum.type_name)


def _scalar_type(field: PrismaField) -> ColumnType:
    native, arguments = field.native_type or ("", [])
    known = _NATIVE.get((field.type, native)) if native else _PLAIN.get(field.type)
    if known is None:
        wanted = f"@db.{native}" if native else f"type {field.type}"
        raise Unknown(f"{wanted} on {field.type} is not known; teach tools/gen/columns.py")
    expression = known.expression.format(
        ", ".join(arguments) or "",
        precision=f"precision={arguments[0]}" if arguments else "",
        # A required column cannot hold SQL NULL, so there None can only mean JSON's null.
        json="" if field.is_required else "none_as_null=True",
    )
    return ColumnType(expression.replace(", )", ")"), known.python, known.cast)


def render_column(field: PrismaField, enums: dict[str, PrismaEnum], *, is_key: bool) -> str:
    """The line of a `TypedColumns` class for this field; `is_key`: it is in the primary key.

    Raises:
        Unknown: a type or a default that has no rule here.
    """
    if field.is_updated_at:
        raise Unknown("@updatedAt is done by Prisma's client, which is not used; set the value in the store")
    kind = column_type(field, enums)
    arguments = [repr(field.db_name)] if field.db_name else []
    arguments.append(kind.expression)
    if field.has_default_value:
        arguments.append(_default(field, kind, enums))
    elif is_key and field.type in ("Int", "BigInt"):
        arguments.append("autoincrement=False")
    arguments.append(f"nullable={not field.is_required}")
    python = kind.python if field.is_required else f"{kind.python} | None"
    return f"{field.name}: sa.Named[{python}] = sa.Column({', '.join(arguments)})"


def _default(field: PrismaField, kind: ColumnType, enums: dict[str, PrismaEnum]) -> str:
    value = field.default
    if isinstance(value, Call):
        return _call(value)
    if isinstance(value, list):
        sql = _array(field, value, kind, enums)
    elif value is None:
        raise Unknown("the default is not in what Prisma hands over; teach tools/gen/columns.py")
    else:
        sql = _literal(field, value, kind, enums)
    return f"server_default=sa.text({_escaped(sql)!r})"


def _call(call: Call) -> str:
    if call.name == "now":
        return "server_default=sa.func.now()"
    if call.name == "autoincrement":
        return "sa.Identity()"
    if call.name == "dbgenerated" and call.args:
        return f"server_default=sa.text({_escaped(str(call.args[0]))!r})"
    if call.name in _CLIENT_SIDE:
        cure = "set the value in the store"
        raise Unknown(f"default {call.name}() is made by Prisma's client, which is not used; {cure}")
    raise Unknown(f"default {call.name}() is not known; teach tools/gen/columns.py")


def _escaped(sql: str) -> str:
    """For `sa.text`, which takes `:word` for a parameter."""
    return re.sub(r"(?<!:):(?!:)", r"\\:", sql)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(field: PrismaField, value: str | bool | int | float, enums: dict[str, PrismaEnum]) -> str:
    if field.kind == "enum":
        return enums[field.type].label(str(value))
    if isinstance(value, bool):
        return str(value).lower()
    if field.type == "Bytes":
        return "\\x" + base64.b64decode(str(value)).hex()
    if isinstance(value, float) and field.type == "Decimal" and len(str(value).strip("-0.")) > 15:
        raise Unknown("Prisma rounds a Decimal default of so many digits; say it with dbgenerated()")
    return str(value)


def _literal(
    field: PrismaField, value: str | bool | int | float, kind: ColumnType, enums: dict[str, PrismaEnum]
) -> str:
    """The default as pg_get_expr writes it, because json has no `=` with which to compare two spellings."""
    plain = _plain(field, value, enums)
    if kind.cast == "boolean" or (kind.cast in ("integer", "numeric") and not plain.startswith("-")):
        return plain
    return f"{_quoted(plain)}::{kind.cast}"


def _array(
    field: PrismaField, values: list[str | bool | int | float], kind: ColumnType, enums: dict[str, PrismaEnum]
) -> str:
    return f"{_quoted('{' + ','.join(_element(_plain(field, v, enums)) for v in values) + '}')}::{kind.cast}"


def _element(plain: str) -> str:
    """One element as PostgreSQL writes it inside braces: quoted only if it must be."""
    if re.fullmatch(r"[\w.-]+", plain) and plain.lower() != "null":
        return plain
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
