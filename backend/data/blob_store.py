"""Queries on large values."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import blob
from backend.util.errors import NotFound


async def read_blob(connection: AsyncConnection, user_id: str, blob_id: str) -> bytes:
    """The bytes of a large value.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    data = await connection.scalar(
        sa.select(blob.c.data).where(blob.c.user_id == user_id, blob.c.id == blob_id)
    )
    if data is None:
        raise NotFound(f"There is no value {blob_id!r}.")
    return bytes(data)
