"""Queries on the values that belong to the installation, not to a person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import setting


async def put_setting(connection: AsyncConnection, key: str, value: Any) -> None:
    """Store the value, which is JSON, in place of what was there."""
    statement = insert(setting).values(key=key, value=value)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_={"value": statement.excluded.value, "updated_at": sa.func.now()}
        )
    )


async def lock_setting(connection: AsyncConnection, key: str) -> Any:
    """The value, None when there is none; nobody else can lock it before this transaction ends."""
    return await connection.scalar(sa.select(setting.c.value).where(setting.c.key == key).with_for_update())


async def share_setting(connection: AsyncConnection, key: str) -> Any:
    """The value, None when there is none; it stays what it is until this transaction ends."""
    statement = sa.select(setting.c.value).where(setting.c.key == key)
    return await connection.scalar(statement.with_for_update(read=True))


async def delete_setting(connection: AsyncConnection, key: str) -> None:
    """Forget the value, if it is there."""
    await connection.execute(sa.delete(setting).where(setting.c.key == key))
