"""What Prisma hands a generator (DMMF), read strictly: a key we do not know is an error, not a loss.

Source: Prisma 7.10.1, `@prisma/dmmf`; what is written here was seen in its answers.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel


class SchemaProblem(Exception):
    """schema.prisma says something that has no place in tables.py. Each text names model and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class Call(_Part):
    """A default that is a function: `now()`, `autoincrement()`, `dbgenerated("sql")`."""

    name: str
    args: list[str | int] = []


class PrismaField(_Part):
    """A column, or (`kind` object) one end of a relation. `native_type` is the name and the arguments of @db."""

    name: str
    db_name: str | None = None
    kind: Literal["scalar", "enum", "object", "unsupported"]
    is_list: bool
    is_required: bool
    is_unique: bool
    is_id: bool
    is_read_only: bool
    has_default_value: bool
    type: str
    native_type: tuple[str, list[str]] | None = None
    default: Call | list[str | bool | int | float] | str | bool | int | float | None = None
    is_generated: bool
    is_updated_at: bool
    relation_name: str | None = None
    relation_from_fields: list[str] = []
    relation_to_fields: list[str] = []
    relation_on_delete: str | None = None
    relation_on_update: str | None = None
    documentation: str = ""

    @property
    def column(self) -> str:
        return self.db_name or self.name


class PrismaModel(_Part):
    """One table. Its keys and indexes are in `Datamodel.indexes`, complete and with their order."""

    name: str
    db_name: str | None
    schema_name: None = Field(default=None, alias="schema")
    fields: list[PrismaField]
    primary_key: JsonValue
    unique_fields: JsonValue
    unique_indexes: JsonValue
    is_generated: bool
    documentation: str = ""

    @property
    def table(self) -> str:
        return self.db_name or self.name

    def field(self, name: str) -> PrismaField:
        return next(field for field in self.fields if field.name == name)


class EnumValue(_Part):
    name: str
    db_name: str | None = None
    documentation: str = ""


class PrismaEnum(_Part):
    name: str
    values: list[EnumValue]
    db_name: str | None
    documentation: str = ""

    @property
    def type_name(self) -> str:
        return self.db_name or self.name

    def label(self, name: str) -> str:
        """The database's word for the value that the schema calls `name`."""
        value = next(value for value in self.values if value.name == name)
        return value.db_name or value.name


class IndexField(_Part):
    name: str
    sort_order: Literal["asc", "desc"] | None = None
    operator_class: str | None = None


class PrismaIndex(_Part):
    """A primary key, a unique constraint or an index. `db_name` is its `map`, None without one."""

    model: str
    type: Literal["id", "unique", "normal"]
    is_defined_on_field: bool
    name: str | None = None
    db_name: str | None = None
    algorithm: str | None = None
    fields: list[IndexField]


class Datamodel(_Part):
    enums: list[PrismaEnum]
    models: list[PrismaModel]
    types: list[None]
    indexes: list[PrismaIndex]

    def key_of(self, model: PrismaModel) -> set[str]:
        """The names of the fields in the model's primary key."""
        keys = (index for index in self.indexes if index.type == "id" and index.model == model.name)
        return {part.name for key in keys for part in key.fields}


def read_datamodel(raw: JsonValue) -> Datamodel:
    """The datamodel of a `generate` request.

    Raises:
        SchemaProblem: Prisma said something that this module does not know.
    """
    try:
        return Datamodel.model_validate(raw)
    except ValidationError as error:
        raise SchemaProblem([_unknown(raw, problem["loc"]) for problem in error.errors()]) from error


def _unknown(raw: JsonValue, path: tuple[str | int, ...]) -> str:
    place = " of ".join(reversed(_names(raw, path))) or "the schema"
    return f"{place}: Prisma gives {path[-1]!r}, which the generator does not know; teach tools/gen/dmmf.py"


def _names(raw: JsonValue, path: tuple[str | int, ...]) -> list[str]:
    names: list[str] = []
    for step in path:
        if isinstance(raw, dict) and isinstance(step, str):
            raw = raw.get(step)
        elif isinstance(raw, list) and isinstance(step, int):
            raw = raw[step]
        else:
            break
        if isinstance(raw, dict) and isinstance(raw.get("name") or raw.get("model"), str):
            names.append(str(raw.get("name") or raw.get("model")))
    return names
