"""Keys, unique constraints, indexes and foreign keys of one Prisma model, as SQLAlchemy expressions."""

from __future__ import annotations

import re

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from tools.gen.dmmf import Datamodel, IndexField, PrismaField, PrismaIndex, PrismaModel

_ACTIONS = {
    "Cascade": "CASCADE",
    "SetNull": "SET NULL",
    "Restrict": "RESTRICT",
    "NoAction": "NO ACTION",
    "SetDefault": "SET DEFAULT",
}
_METHODS = {
    "BTree": "btree",
    "Hash": "hash",
    "Gist": "gist",
    "Gin": "gin",
    "SpGist": "spgist",
    "Brin": "brin",
}
_OPERATORS = {
    "JsonbOps": "jsonb_ops",
    "JsonbPathOps": "jsonb_path_ops",
    "ArrayOps": "array_ops",
    "TextOps": "text_ops",
    "InetOps": "inet_ops",
}
_NAME_BYTES = 63


def render_constraints(model: PrismaModel, datamodel: Datamodel, problems: list[str]) -> list[str]:
    """The arguments of `sa.Table` behind the columns; what cannot be said is added to `problems`."""
    indexes = [index for index in datamodel.indexes if index.model == model.name]
    if not any(index.type == "id" for index in indexes):
        problems.append(f"{model.name}: no @id or @@id; every table needs a primary key")
    rendered = [_render_index(model, index, problems) for index in indexes]
    relations = [field for field in model.fields if field.relation_from_fields]
    return rendered + [_foreign_key(model, field, datamodel, problems) for field in relations]


def _render_index(model: PrismaModel, index: PrismaIndex, problems: list[str]) -> str:
    columns = [repr(model.field(part.name).name) for part in index.fields]
    if index.type == "id":
        return _named("sa.PrimaryKeyConstraint", columns, index.db_name)
    is_plain = not index.algorithm and not any(
        part.sort_order or part.operator_class for part in index.fields
    )
    if index.type == "unique" and is_plain:
        _check_name(model, index.db_name or _default_name(model, index, "key"), problems)
        return _named("sa.UniqueConstraint", columns, index.db_name)
    return _real_index(model, index, problems)


def _named(constructor: str, columns: list[str], name: str | None) -> str:
    return f"{constructor}({', '.join([*columns, *([f'name={name!r}'] if name else [])])})"


def _real_index(model: PrismaModel, index: PrismaIndex, problems: list[str]) -> str:
    is_unique = index.type == "unique"
    name = index.db_name or _default_name(model, index, "key" if is_unique else "idx")
    _check_name(model, name, problems)
    parts = [_index_column(model, part, problems) for part in index.fields]
    options = ["unique=True"] if is_unique else []
    if index.algorithm and index.algorithm not in _METHODS:
        problems.append(f"{model.name}: index type {index.algorithm} is not known; teach constraints.py")
    elif index.algorithm and index.algorithm != "BTree":
        options.append(f"postgresql_using={_METHODS[index.algorithm]!r}")
    return f"sa.Index({', '.join([repr(name), *parts, *options])})"


def _index_column(model: PrismaModel, part: IndexField, problems: list[str]) -> str:
    field = model.field(part.name)
    if part.sort_order != "desc" and not part.operator_class:
        return repr(field.name)
    words = [_quoted(field.column)]
    if part.operator_class:
        words.append(_operator_class(model, part, part.operator_class, problems))
    if part.sort_order == "desc":
        words.append("DESC")
    return f"sa.text({' '.join(words)!r})"


def _quoted(name: str) -> str:
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in RESERVED_WORDS
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def _operator_class(model: PrismaModel, part: IndexField, name: str, problems: list[str]) -> str:
    if name in _OPERATORS or name.islower():
        return _OPERATORS.get(name, name)
    cure = 'say it as raw("its_name")'
    problems.append(f"{model.name}.{part.name}: operator class {name} is not known; {cure}")
    return ""


def _default_name(model: PrismaModel, index: PrismaIndex, suffix: str) -> str:
    return "_".join([model.table, *(model.field(part.name).column for part in index.fields), suffix])


def _check_name(model: PrismaModel, name: str, problems: list[str]) -> None:
    if len(name.encode()) > _NAME_BYTES:
        problems.append(f"{model.name}: PostgreSQL would cut the name {name!r}; give a shorter one with map")


def _foreign_key(model: PrismaModel, field: PrismaField, datamodel: Datamodel, problems: list[str]) -> str:
    """Without onDelete, Prisma's own choice: SET NULL if the relation may be empty, else RESTRICT."""
    target = next(other for other in datamodel.models if other.name == field.type)
    there = [f"{target.table}.{name}" for name in field.relation_to_fields]
    on_delete = field.relation_on_delete or ("Restrict" if field.is_required else "SetNull")
    columns = [model.field(name).column for name in field.relation_from_fields]
    _check_name(model, "_".join([model.table, *columns, "fkey"]), problems)
    options = [f"ondelete={_action(model, field, on_delete, problems)!r}"]
    if field.relation_on_update:
        options.append(f"onupdate={_action(model, field, field.relation_on_update, problems)!r}")
    return f"sa.ForeignKeyConstraint({field.relation_from_fields!r}, {there!r}, {', '.join(options)})"


def _action(model: PrismaModel, field: PrismaField, name: str, problems: list[str]) -> str:
    if name not in _ACTIONS:
        problems.append(f"{model.name}.{field.name}: action {name} is not known; teach constraints.py")
    return _ACTIONS.get(name, "")
