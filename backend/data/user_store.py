"""Queries on people: who may do what on this installation."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import users

LOCAL_USER_ID = "local"
"""Whoever works at the command line of this machine."""


async def ensure_local_user(connection: AsyncConnection) -> None:
    """Make the built-in user that headless commands act as; it cannot log in."""
    await connection.execute(
        insert(users)
        .values(id=LOCAL_USER_ID, email="local@localhost", name="This machine", role="owner", password_hash=None)
        .on_conflict_do_nothing()
    )
