"""Queries on credentials: what may be shown of them in columns, what is secret as one sealed text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import credential
from backend.util.errors import NotFound

_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A credential as it is stored. `state` is `ok` or `reconnect`; `problem` says what the last test or refresh met.

    `account` is what its provider told of the account (connections.Account), None before that.
    """

    id: str
    user_id: str
    provider: str
    kind: str
    title: str
    sealed: str
    scopes: list[str]
    username: str | None
    host: str | None
    detail: JsonObject
    state: str
    problem: str
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    account: JsonObject | None
    revision: int
    tested_at: datetime | None
    used_at: datetime | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = tuple(credential.c[name] for name in CredentialRow.__dataclass_fields__)


def _own(user_id: str, credential_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(credential.c.user_id == user_id, credential.c.id == credential_id)


async def list_credentials(
    connection: AsyncConnection, user_id: str, *, provider: str | None = None
) -> list[CredentialRow]:
    """Those of a user, for one provider or all, in the order in which they were made."""
    statement = sa.select(*_COLUMNS).where(credential.c.user_id == user_id).order_by(credential.c.id)
    if provider is not None:
        statement = statement.where(credential.c.provider == provider)
    return [CredentialRow(*row) for row in await connection.execute(statement)]


async def find_credential(
    connection: AsyncConnection, user_id: str, credential_id: str
) -> CredentialRow | None:
    """The user's credential of that id."""
    row = (await connection.execute(sa.select(*_COLUMNS).where(_own(user_id, credential_id)))).one_or_none()
    return None if row is None else CredentialRow(*row)


async def read_credential(connection: AsyncConnection, user_id: str, credential_id: str) -> CredentialRow:
    """The user's credential of that id.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = await find_credential(connection, user_id, credential_id)
    if found is None:
        raise no_such_credential(credential_id)
    return found


async def insert_credential(
    connection: AsyncConnection,
    user_id: str,
    credential_id: str,
    *,
    provider: str,
    kind: str,
    title: str,
    sealed: str,
    shown: JsonObject,
) -> None:
    """Store a new one. `shown`: values of other columns (sealed_credentials.Parts)."""
    values = {"provider": provider, "kind": kind, "title": title, "sealed": sealed, **shown}
    await connection.execute(sa.insert(credential).values(id=credential_id, user_id=user_id, **values))


async def replace_secret(
    connection: AsyncConnection,
    user_id: str,
    credential_id: str,
    *,
    sealed: str,
    shown: JsonObject,
    revision: int | None = None,
) -> bool:
    """Put another secret in the place of the old one, which ends `reconnect` and any lease.

    False when it is gone, or has another revision than `revision`: somebody was faster.
    """
    statement = sa.update(credential).where(_own(user_id, credential_id))
    if revision is not None:
        statement = statement.where(credential.c.revision == revision)
    told: dict[str, Any] = {
        "sealed": sealed,
        "state": "ok",
        "problem": "",
        "leased_by": None,
        "leased_until": None,
        **shown,
    }
    done = await connection.execute(
        statement.values(**told, revision=credential.c.revision + 1, updated_at=sa.func.now())
    )
    return bool(done.rowcount)


async def rename_credential(
    connection: AsyncConnection, user_id: str, credential_id: str, title: str
) -> bool:
    """Give it another title; False when there is none."""
    statement = sa.update(credential).where(_own(user_id, credential_id))
    return bool((await connection.execute(statement.values(title=title, updated_at=sa.func.now()))).rowcount)


async def mark_reconnect(
    connection: AsyncConnection, user_id: str, credential_id: str, problem: str, *, revision: int
) -> bool:
    """Say that its owner has to connect again, if it still is that revision."""
    statement = sa.update(credential).where(_own(user_id, credential_id), credential.c.revision == revision)
    values = {"state": "reconnect", "problem": problem, "leased_by": None, "leased_until": None}
    return bool((await connection.execute(statement.values(**values, updated_at=sa.func.now()))).rowcount)


async def record_test(
    connection: AsyncConnection,
    user_id: str,
    credential_id: str,
    *,
    tested_at: datetime,
    problem: str = "",
    account: JsonObject | None = None,
) -> None:
    """Keep what a test said: the account it is, which stays when a later one fails, or the problem."""
    values: dict[str, Any] = {"tested_at": tested_at, "problem": problem}
    if account is not None:
        values["account"] = account
    statement = sa.update(credential).where(_own(user_id, credential_id), credential.c.state == "ok")
    await connection.execute(statement.values(**values))


async def mark_used(connection: AsyncConnection, user_id: str, credential_id: str, used_at: datetime) -> None:
    """Keep when it was used; at most once a minute is written."""
    is_due = sa.or_(credential.c.used_at.is_(None), credential.c.used_at < used_at - _USED_EVERY)
    await connection.execute(
        sa.update(credential).where(_own(user_id, credential_id), is_due).values(used_at=used_at)
    )


async def delete_credential(connection: AsyncConnection, user_id: str, credential_id: str) -> bool:
    """Forget it; False when there is none."""
    done = await connection.execute(sa.delete(credential).where(_own(user_id, credential_id)))
    return bool(done.rowcount)


def no_such_credential(credential_id: str) -> NotFound:
    """The same for one that is absent and one that is somebody else's."""
    return NotFound(f"You have no credential {credential_id!r}. `GET /api/credentials` lists those you have.")
