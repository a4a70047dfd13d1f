"""Lists of what belongs to graphs, newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject


async def newest_first(
    connection: AsyncConnection,
    query: sa.Select[*tuple[Any, ...]],
    table: sa.FromClause,
    *,
    limit: int,
    before: str | None,
    graph_id: str | None,
) -> list[JsonObject]:
    """A page of the query's rows, of one graph if it is said; `before` is the last id of the page before.

    `table` is the one that has `id` and `graph_id`.
    """
    page = query.order_by(table.c.id.desc()).limit(limit)
    if before is not None:
        page = page.where(table.c.id < before)
    if graph_id is not None:
        page = page.where(table.c.graph_id == graph_id)
    return [dict(row) for row in (await connection.execute(page)).mappings()]
