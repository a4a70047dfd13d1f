"""What Alembic does not see: PostgreSQL enum types and their labels."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

_LABELS = sa.text(
    "SELECT t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e"
    " JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = current_schema()::regnamespace"
    " AND t.typname NOT LIKE 'pgqueuer%' GROUP BY t.typname"
)


class EnumProblem(Exception):
    """A change that no statement can do; the text says how to write it by hand."""


def enum_changes(connection: sa.Connection, metadata: sa.MetaData) -> tuple[list[str], list[str]]:
    """The statements to run before and after the tables change.

    A new label cannot be used in the transaction that adds it, and all pending migrations are one
    transaction: use it first in a release after this one, or rebuild the type.

    Raises:
        EnumProblem: a label is gone or has moved.
    """
    there = {str(name): list(labels) for name, labels in connection.execute(_LABELS)}
    wanted = wanted_enums(metadata)
    before: list[str] = []
    for name, labels in wanted.items():
        before += _add_labels(name, there[name], labels) if name in there else [_create(name, labels)]
    return before, [f"DROP TYPE {name}" for name in sorted(there.keys() - wanted.keys())]


def wanted_enums(metadata: sa.MetaData) -> dict[str, list[str]]:
    """Type name -> labels in order, of every enum in the tables, in the order of their first use."""
    types = [_inner(column.type) for table in metadata.tables.values() for column in table.columns]
    return {str(kind.name): labels_of(kind) for kind in types if isinstance(kind, sa.Enum)}


def labels_of(enum: sa.Enum) -> list[str]:
    """The labels of one enum, in order."""
    return [str(label) for label in enum.enums]


def _inner(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """The element's type for an array."""
    item: sa.types.TypeEngine[Any] | None = getattr(kind, "item_type", None)
    return item or kind


def _create(name: str, labels: list[str]) -> str:
    return f"CREATE TYPE {name} AS ENUM ({', '.join(map(_quoted, labels))})"


def _add_labels(name: str, there: list[str], wanted: list[str]) -> list[str]:
    if [label for label in wanted if label in there] != there:
        raise EnumProblem(
            f"enum {name} loses or moves a label: {there} -> {wanted}. Write that migration by hand: "
            "create the new type, ALTER COLUMN ... TYPE ... USING, drop the old type."
        )
    return [f"ALTER TYPE {name} ADD VALUE {_quoted(new)} {place}" for new, place in _new(there, wanted)]


def _new(there: list[str], wanted: list[str]) -> list[tuple[str, str]]:
    """Each label that is not `there`, with its place behind the one before it."""
    places = [f"BEFORE {_quoted(there[0])}", *(f"AFTER {_quoted(label)}" for label in wanted)]
    return [(label, place) for label, place in zip(wanted, places, strict=False) if label not in there]


def _quoted(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"
