"""Queries on API keys. Only the SHA-256 of a key is stored; the key itself is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import api_key, users
from backend.util.errors import Conflict, NotFound

MAX_KEYS = 100
"""How many one user may have."""

_VIEW = (
    api_key.c.id,
    api_key.c.name,
    api_key.c.scopes,
    api_key.c.created_at,
    api_key.c.expires_at,
    api_key.c.last_used_at,
)


async def create_api_key(
    connection: AsyncConnection,
    user_id: str,
    *,
    key_id: str,
    name: str,
    secret_hash: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
) -> dict[str, Any]:
    """Store a key; what its owner sees of it. `lock_user` keeps others from counting at the same time.

    Raises:
        Conflict: the user has `MAX_KEYS` already.
    """
    count = await connection.scalar(
        sa.select(sa.func.count()).select_from(api_key).where(api_key.c.user_id == user_id)
    )
    if count is not None and count >= MAX_KEYS:
        raise Conflict(f"You have {MAX_KEYS} API keys, and nobody may have more. Delete one first.")
    statement = (
        sa.insert(api_key)
        .values(
            id=key_id,
            user_id=user_id,
            name=name,
            secret_hash=secret_hash,
            scopes=list(scopes),
            expires_at=expires_at,
        )
        .returning(*_VIEW)
    )
    return dict((await connection.execute(statement)).mappings().one())


async def find_own_key(connection: AsyncConnection, user_id: str, key_id: str) -> dict[str, Any] | None:
    """What its owner sees of a key; None when there is none, or it is another user's."""
    query = sa.select(*_VIEW).where(api_key.c.user_id == user_id, api_key.c.id == key_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def list_api_keys(
    connection: AsyncConnection, user_id: str, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """The user's keys, newest first; `before` is the last id of the page before."""
    query = sa.select(*_VIEW).where(api_key.c.user_id == user_id)
    query = query.order_by(api_key.c.created_at.desc(), api_key.c.id.desc()).limit(limit)
    if before is not None:
        last = api_key.alias()
        place = sa.select(last.c.created_at, last.c.id).where(last.c.user_id == user_id, last.c.id == before)
        query = query.where(sa.tuple_(api_key.c.created_at, api_key.c.id) < place.scalar_subquery())
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def delete_api_key(connection: AsyncConnection, user_id: str, key_id: str) -> str:
    """Delete a key; the hash under which caches may know it.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    secret_hash: str | None = await connection.scalar(
        sa.delete(api_key)
        .where(api_key.c.user_id == user_id, api_key.c.id == key_id)
        .returning(api_key.c.secret_hash)
    )
    if secret_hash is None:
        raise NotFound(f"There is no API key {key_id!r}.")
    return secret_hash


async def find_api_key(connection: AsyncConnection, secret_hash: str) -> dict[str, Any] | None:
    """Whose key it is: user_id, role, scopes, expires_at; None when it has expired or the user was shut out.

    Notes that the key was used, at most once a minute.
    """
    query = (
        sa.select(api_key.c.user_id, users.c.role, api_key.c.scopes, api_key.c.expires_at)
        .join(users, users.c.id == api_key.c.user_id)
        .where(
            api_key.c.secret_hash == secret_hash,
            users.c.is_active,
            sa.or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > sa.func.now()),
        )
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    minute_ago = sa.func.now() - sa.text("interval '1 minute'")
    await connection.execute(
        sa.update(api_key)
        .where(
            api_key.c.secret_hash == secret_hash,
            sa.or_(api_key.c.last_used_at.is_(None), api_key.c.last_used_at < minute_ago),
        )
        .values(last_used_at=sa.func.now())
    )
    return dict(row)
