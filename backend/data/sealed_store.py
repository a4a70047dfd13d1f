"""Queries on every sealed column there is: which key its texts are under, and another wrapping for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import credential, oauth_login, webhook
from backend.util.crypto import Place, sealed_prefix

SEALED_COLUMNS: tuple[sa.Column[Any], ...] = (credential.c.sealed, oauth_login.c.sealed, webhook.c.sealed)
"""All that hold sealed texts. Their tables have the columns `id` and `user_id`."""


@dataclass(frozen=True, slots=True)
class SealedText:
    place: Place
    text: str


async def count_by_key(connection: AsyncConnection) -> Counter[str]:
    """Key id -> how many texts are sealed with it."""
    counts: Counter[str] = Counter()
    for column in SEALED_COLUMNS:
        key_id = sa.func.split_part(column, ".", 2)
        statement = sa.select(key_id, sa.func.count()).where(column.is_not(None)).group_by(key_id)
        counts.update({str(key): int(count) for key, count in await connection.execute(statement)})
    return counts


async def sealed_otherwise(
    connection: AsyncConnection, column: sa.Column[Any], key_id: str, *, after: str, limit: int
) -> list[SealedText]:
    """Texts of the column that another key has sealed, by row; `after` is the last row seen."""
    table = column.table
    statement = (
        sa.select(table.c.id, table.c.user_id, column)
        .where(column.is_not(None), ~column.startswith(sealed_prefix(key_id), autoescape=True))
        .where(table.c.id > after)
        .order_by(table.c.id)
        .limit(limit)
    )
    rows = await connection.execute(statement)
    return [SealedText(Place(table.name, row[0], row[1], column.name), row[2]) for row in rows]


async def swap(connection: AsyncConnection, column: sa.Column[Any], old: SealedText, new: str) -> bool:
    """Put the text in place of the old one; False when somebody has changed that meanwhile."""
    table = column.table
    statement = (
        sa.update(table)
        .where(table.c.id == old.place.row, table.c.user_id == old.place.owner, column == old.text)
        .values({column: new})
    )
    return bool((await connection.execute(statement)).rowcount)
