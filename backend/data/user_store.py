"""Queries on people: who may log in, and who may do what on this installation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.session_store import delete_sessions
from backend.data.tables import users
from backend.util.errors import Conflict, NotFound, Problem

LOCAL_USER_ID = "local"
"""Whoever works at the command line of this machine; not a person, and never shown as one."""

_PERSON = (users.c.id, users.c.email, users.c.name, users.c.role, users.c.is_active, users.c.created_at)
_IS_PERSON = users.c.id != LOCAL_USER_ID
_IS_OWNER = sa.and_(users.c.role == "owner", users.c.password_hash.is_not(None))


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
    return bool(await connection.scalar(sa.select(sa.exists().where(_IS_OWNER))))


async def create_user(
    connection: AsyncConnection, *, user_id: str, email: str, name: str, role: str, password_hash: str
) -> None:
    """Make a person who can log in.

    Raises:
        Conflict: somebody has this e-mail address, or the id.
    """
    statement = (
        insert(users)
        .values(id=user_id, email=email, name=name, role=role, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    if await connection.scalar(statement) is None:
        problem = Problem(
            f"Somebody has the e-mail address {email!r} already.", "Choose another.", path="email"
        )
        raise Conflict(str(problem), problems=(problem,))


async def find_login(connection: AsyncConnection, email: str) -> dict[str, Any] | None:
    """Who logs in with this address: id, role, password_hash; None when nobody can."""
    query = sa.select(users.c.id, users.c.role, users.c.password_hash).where(
        users.c.email == email, users.c.is_active, users.c.password_hash.is_not(None)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def still_logs_in(connection: AsyncConnection, user_id: str, password_hash: str) -> bool:
    """Whether the password that was just compared is still theirs; it stays so until the transaction ends."""
    query = (
        sa.select(users.c.id)
        .where(users.c.id == user_id, users.c.is_active, users.c.password_hash == password_hash)
        .with_for_update(read=True)
    )
    return await connection.scalar(query) is not None


async def find_user_id(connection: AsyncConnection, email: str) -> str | None:
    """Whose address it is, also of somebody who was shut out."""
    found: str | None = await connection.scalar(sa.select(users.c.id).where(users.c.email == email))
    return found


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


async def lock_user(connection: AsyncConnection, user_id: str) -> None:
    """Let nobody else change this user, or count what is theirs, before the transaction ends.

    Raises:
        NotFound: they were shut out.
    """
    query = sa.select(users.c.id).where(users.c.id == user_id, users.c.is_active)
    if await connection.scalar(query.with_for_update(key_share=True)) is None:
        raise NotFound("You are no user of this installation any more.")


async def list_people(
    connection: AsyncConnection, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """Everybody but the built-in user, newest first; `before` is the last id of the page before."""
    place = sa.tuple_(users.c.created_at, users.c.id)
    query = sa.select(*_PERSON).where(_IS_PERSON)
    query = query.order_by(users.c.created_at.desc(), users.c.id.desc()).limit(limit)
    if before is not None:
        last = users.alias()
        query = query.where(
            place < sa.select(last.c.created_at, last.c.id).where(last.c.id == before).scalar_subquery()
        )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def find_person(connection: AsyncConnection, user_id: str) -> dict[str, Any] | None:
    """What an owner sees of a user; None when there is none, and for the built-in one."""
    query = sa.select(*_PERSON).where(_IS_PERSON, users.c.id == user_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def load_person(connection: AsyncConnection, user_id: str) -> dict[str, Any]:
    """The same.

    Raises:
        NotFound: there is none.
    """
    found = await find_person(connection, user_id)
    if found is None:
        raise NotFound(f"There is no user {user_id!r}.")
    return found


async def change_person(
    connection: AsyncConnection,
    user_id: str,
    *,
    name: str | None = None,
    role: str | None = None,
    is_active: bool | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Change what is not None; what was there and what is there now. Who is shut out has no session any more.

    Raises:
        NotFound: there is no such user.
        Conflict: nobody would own the installation any more.
    """
    owners = await _lock_owners(connection)
    await connection.execute(
        sa.select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True)
    )
    before = await load_person(connection, user_id)
    given = {"name": name, "role": role, "is_active": is_active}
    changed = {field: value for field, value in given.items() if value is not None}
    after = {**before, **changed}
    if owners == [user_id] and not (after["role"] == "owner" and after["is_active"]):
        raise Conflict(
            "This is the last owner who can log in, so they stay one. Make somebody else an owner first."
        )
    if changed:
        await connection.execute(sa.update(users).where(users.c.id == user_id).values(**changed))
    if not after["is_active"]:
        await delete_sessions(connection, user_id)
    return before, after


async def _lock_owners(connection: AsyncConnection) -> list[str]:
    """Who owns the installation. Held until the transaction ends, so that of two demotions one sees the other."""
    query = sa.select(users.c.id).where(_IS_OWNER, users.c.is_active).order_by(users.c.id)
    return list(await connection.scalars(query.with_for_update(key_share=True)))


async def set_password(
    connection: AsyncConnection, user_id: str, password_hash: str, *, was: str | None = None
) -> int:
    """Give somebody another password and end their sessions; how many that were.

    `was` is the hash that must still be there.

    Raises:
        NotFound: there is no such user.
        Conflict: the password has been changed meanwhile, or the user was shut out.
    """
    statement = sa.update(users).where(_IS_PERSON, users.c.id == user_id)
    if was is not None:
        statement = statement.where(users.c.password_hash == was, users.c.is_active)
    done = await connection.scalar(statement.values(password_hash=password_hash).returning(users.c.id))
    if done is None:
        await load_person(connection, user_id)
        raise Conflict("The password was changed by somebody else just now. Log in again.")
    return await delete_sessions(connection, user_id)
