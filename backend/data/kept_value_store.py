"""Queries on what blocks keep beyond their runs, by key: for one graph, or for all graphs of a user."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import kept_value
from backend.util.errors import Conflict, TooLarge

ALL_GRAPHS = ""
LONGEST_BYTES = 1_048_576
MOST_VALUES = 10_000
MOST_BYTES = 64 * 1_048_576
"""Of one user."""


async def keep_value(connection: AsyncConnection, user_id: str, graph_id: str, key: str, raw: str) -> None:
    """Keep the value, which is JSON text, in place of what was there. `graph_id` may be `ALL_GRAPHS`.

    Raises:
        TooLarge: it is longer than `LONGEST_BYTES`.
        Conflict: the user would keep too many values, or too much.
    """
    size_bytes = len(raw.encode())
    if size_bytes > LONGEST_BYTES:
        raise TooLarge(f"The value is larger than {LONGEST_BYTES // 2**20} MiB. Keep it as a file.")
    c = kept_value.c
    others = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(c.size_bytes), 0)).where(
        c.user_id == user_id, sa.not_(sa.and_(c.graph_id == graph_id, c.key == key))
    )
    count, total_bytes = (await connection.execute(others)).one()
    if count >= MOST_VALUES or total_bytes + size_bytes > MOST_BYTES:
        raise Conflict(
            f"{MOST_VALUES:,} values or {MOST_BYTES // 2**20} MiB are kept already. Forget some of them "
            "(ForgetInformationBlock), or delete graphs that keep them."
        )
    statement = insert(kept_value).values(
        user_id=user_id,
        graph_id=graph_id,
        key=key,
        value=sa.cast(sa.literal(raw, sa.Text()), sa.JSON()),
        size_bytes=size_bytes,
    )
    changed = {name: statement.excluded[name] for name in ("value", "size_bytes")}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "graph_id", "key"], set_={**changed, "updated_at": sa.func.now()}
        )
    )


async def read_kept_value(connection: AsyncConnection, user_id: str, graph_id: str, key: str) -> str | None:
    """The value as JSON text, None when nothing is kept there."""
    c = kept_value.c
    query = sa.select(sa.cast(c.value, sa.Text())).where(
        c.user_id == user_id, c.graph_id == graph_id, c.key == key
    )
    found: str | None = await connection.scalar(query)
    return found


async def forget_value(connection: AsyncConnection, user_id: str, graph_id: str, key: str) -> bool:
    """Forget the value; whether there was one."""
    c = kept_value.c
    query = (
        sa.delete(kept_value)
        .where(c.user_id == user_id, c.graph_id == graph_id, c.key == key)
        .returning(c.key)
    )
    return await connection.scalar(query) is not None


async def forget_graph_values(connection: AsyncConnection, user_id: str, graph_id: str) -> None:
    """Forget all that runs of the graph have kept for it."""
    c = kept_value.c
    await connection.execute(sa.delete(kept_value).where(c.user_id == user_id, c.graph_id == graph_id))
