"""Queries on login sessions. Only the SHA-256 of a browser's cookie is stored, and not even that is shown."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import audit_entry, login_session, users
from backend.util.errors import NotFound

_ID_LENGTH = 16
_named = sa.func.left(
    sa.func.encode(sa.func.sha256(sa.func.convert_to(login_session.c.id, "UTF8")), "hex"), _ID_LENGTH
)


def shown_id(token_hash: str) -> str:
    """By which a session is named: it tells nothing of the cookie, nor of its hash."""
    return hashlib.sha256(token_hash.encode()).hexdigest()[:_ID_LENGTH]


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


async def list_sessions(
    connection: AsyncConnection, user_id: str, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """The user's sessions, newest first: id (the shown one), created_at, expires_at, address.

    `before` is the last id of the page before; the address is empty when the audit log knows it no more.
    """
    opened = (
        sa.select(audit_entry.c.address)
        .where(audit_entry.c.target_id == _named, audit_entry.c.user_id == user_id)
        .order_by(audit_entry.c.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(
            _named.label("id"),
            login_session.c.created_at,
            login_session.c.expires_at,
            sa.func.coalesce(opened, "").label("address"),
        )
        .where(login_session.c.user_id == user_id, login_session.c.expires_at > sa.func.now())
        .order_by(login_session.c.created_at.desc(), _named.desc())
        .limit(limit)
    )
    if before is not None:
        last = sa.select(login_session.c.created_at).where(
            login_session.c.user_id == user_id, _named == before
        )
        query = query.where(
            sa.tuple_(login_session.c.created_at, _named)
            < sa.tuple_(last.correlate(None).scalar_subquery(), before)
        )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def delete_session(connection: AsyncConnection, token_hash: str) -> None:
    """End a login; whoever has the cookie may do that."""
    await connection.execute(sa.delete(login_session).where(login_session.c.id == token_hash))


async def delete_shown_session(connection: AsyncConnection, user_id: str, session_id: str) -> str:
    """End the session that `list_sessions` shows under this id; the hash under which caches may know it.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    token_hash: str | None = await connection.scalar(
        sa.delete(login_session)
        .where(login_session.c.user_id == user_id, _named == session_id)
        .returning(login_session.c.id)
    )
    if token_hash is None:
        raise NotFound(f"There is no session {session_id!r}.")
    return token_hash


async def delete_sessions(connection: AsyncConnection, user_id: str) -> int:
    """End all logins of a user; how many that were."""
    done = await connection.execute(sa.delete(login_session).where(login_session.c.user_id == user_id))
    return done.rowcount
