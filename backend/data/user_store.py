"""Queries on people: who may do what on this installation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import users
from backend.util.errors import Conflict, NotFound

LOCAL_USER_ID = "local"
"""Whoever works at the command line of this machine."""


async def ensure_local_user(connection: AsyncConnection) -> None:
    """Make the built-in user that headless commands act as; it cannot log in."""
    await connection.execute(
        insert(users)
        .values(
            id=LOCAL_USER_ID, email="local@localhost", name="This machine", role="owner", password_hash=None
        )
        .on_conflict_do_nothing()
    )


async def has_owner(connection: AsyncConnection) -> bool:
    """Whether somebody who can log in owns this installation."""
    query = sa.select(sa.exists().where(users.c.role == "owner", users.c.password_hash.is_not(None)))
    return bool(await connection.scalar(query))


async def create_user(
    connection: AsyncConnection, *, user_id: str, email: str, name: str, role: str, password_hash: str
) -> None:
    """Make a person who can log in.

    Raises:
        Conflict: somebody has this e-mail address.
    """
    statement = (
        insert(users)
        .values(id=user_id, email=email, name=name, role=role, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    if await connection.scalar(statement) is None:
        raise Conflict(f"Somebody has the e-mail address {email!r} already. Choose another.")


async def find_login(connection: AsyncConnection, email: str) -> dict[str, Any] | None:
    """Who logs in with this address: id, role, password_hash; None when nobody can."""
    query = sa.select(users.c.id, users.c.role, users.c.password_hash).where(
        users.c.email == email, users.c.is_active, users.c.password_hash.is_not(None)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def load_user(connection: AsyncConnection, user_id: str) -> dict[str, Any]:
    """What a person sees of themselves: id, email, name, role.

    Raises:
        NotFound: the user was deleted.
    """
    query = sa.select(users.c.id, users.c.email, users.c.name, users.c.role).where(users.c.id == user_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound("You are no user of this installation any more.")
    return dict(row)
