"""Queries on logins at providers that have begun. Each is found by the SHA-256 of its state, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import oauth_login
from backend.util.crypto import Place


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A login that has begun. `credential_id`: what is connected again; None for a new one."""

    id: str
    user_id: str
    provider: str
    sealed: str
    scopes: list[str]
    title: str
    credential_id: str | None
    redirect_uri: str
    return_to: str
    expires_at: datetime


_COLUMNS = tuple(oauth_login.c[name] for name in LoginRow.__dataclass_fields__)


def place_of(user_id: str, login_id: str) -> Place:
    """Where the code verifier of a login is stored."""
    return Place("oauth_login", login_id, user_id, "sealed")


async def begin_login(
    connection: AsyncConnection,
    user_id: str,
    login_id: str,
    *,
    session_hash: str,
    provider: str,
    sealed: str,
    scopes: Sequence[str],
    title: str,
    credential_id: str | None,
    redirect_uri: str,
    return_to: str,
    expires_at: datetime,
) -> None:
    """Keep it, and forget this user's that came to nothing."""
    await connection.execute(
        sa.delete(oauth_login).where(
            oauth_login.c.user_id == user_id, oauth_login.c.expires_at <= sa.func.now()
        )
    )
    await connection.execute(
        sa.insert(oauth_login).values(
            id=login_id,
            user_id=user_id,
            session_hash=session_hash,
            provider=provider,
            sealed=sealed,
            scopes=list(scopes),
            title=title,
            credential_id=credential_id,
            redirect_uri=redirect_uri,
            return_to=return_to,
            expires_at=expires_at,
        )
    )


async def take_login(
    connection: AsyncConnection, user_id: str, login_id: str, *, session_hash: str, provider: str
) -> LoginRow | None:
    """The login, which is deleted: nobody gets it twice. It may have expired; None: not this user's or session's."""
    statement = (
        sa.delete(oauth_login)
        .where(
            oauth_login.c.user_id == user_id,
            oauth_login.c.id == login_id,
            oauth_login.c.session_hash == session_hash,
            oauth_login.c.provider == provider,
        )
        .returning(*_COLUMNS)
    )
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else LoginRow(*row)
