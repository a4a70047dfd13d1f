"""Queries on login sessions. Only the SHA-256 of a browser's cookie is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import login_session, users


async def create_session(
    connection: AsyncConnection, user_id: str, token_hash: str, expires_at: datetime
) -> None:
    """Store a login, and forget this user's sessions that have expired."""
    await connection.execute(
        sa.delete(login_session).where(
            login_session.c.user_id == user_id, login_session.c.expires_at <= sa.func.now()
        )
    )
    await connection.execute(
        sa.insert(login_session).values(id=token_hash, user_id=user_id, expires_at=expires_at)
    )


async def find_session(connection: AsyncConnection, token_hash: str) -> dict[str, Any] | None:
    """Whose login it is: user_id, role, expires_at; None when it has ended or the user was shut out."""
    query = (
        sa.select(login_session.c.user_id, users.c.role, login_session.c.expires_at)
        .join(users, users.c.id == login_session.c.user_id)
        .where(
            login_session.c.id == token_hash,
            login_session.c.expires_at > sa.func.now(),
            users.c.is_active,
        )
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def delete_session(connection: AsyncConnection, token_hash: str) -> None:
    """End a login; whoever has the cookie may do that."""
    await connection.execute(sa.delete(login_session).where(login_session.c.id == token_hash))
