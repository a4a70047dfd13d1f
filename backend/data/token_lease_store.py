"""Queries on who refreshes a credential: a lease in its row, which one process has at a time and which ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import credential

PAUSED = "paused"
"""In the place of a holder: the provider could not be asked a moment ago, and is left alone until the lease ends."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is in force, by the clock of the database."""

    holder: str
    ends_in_s: float

    @property
    def is_pause(self) -> bool:
        return self.holder == PAUSED


def _own(user_id: str, credential_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(credential.c.user_id == user_id, credential.c.id == credential_id)


def _in_s(seconds: float) -> sa.ColumnElement[datetime]:
    return sa.func.now() + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def find_lease(connection: AsyncConnection, user_id: str, credential_id: str) -> Lease | None:
    """Who is at it now."""
    left_s = sa.func.extract("epoch", credential.c.leased_until - sa.func.now())
    query = sa.select(credential.c.leased_by, left_s).where(
        _own(user_id, credential_id), credential.c.leased_until > sa.func.now()
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Lease(str(row[0]), float(row[1]))


async def take_lease(
    connection: AsyncConnection,
    user_id: str,
    credential_id: str,
    *,
    revision: int,
    holder: str,
    lease_s: float,
) -> bool:
    """Be the one that refreshes this revision; False when somebody else is, or it has another one."""
    is_free = sa.or_(credential.c.leased_until.is_(None), credential.c.leased_until <= sa.func.now())
    statement = (
        sa.update(credential)
        .where(
            _own(user_id, credential_id),
            credential.c.revision == revision,
            credential.c.state == "ok",
            is_free,
        )
        .values(leased_by=holder, leased_until=_in_s(lease_s))
    )
    return bool((await connection.execute(statement)).rowcount)


async def pause(
    connection: AsyncConnection, user_id: str, credential_id: str, *, holder: str, pause_s: float
) -> None:
    """Let nobody ask for a while, if the lease still is the holder's."""
    await connection.execute(
        sa.update(credential)
        .where(_own(user_id, credential_id), credential.c.leased_by == holder)
        .values(leased_by=PAUSED, leased_until=_in_s(pause_s))
    )


async def give_up(
    connection: AsyncConnection,
    user_id: str,
    credential_id: str,
    *,
    revision: int,
    holder: str,
    problem: str,
) -> bool:
    """Say that its owner has to connect again. False when the lease, or the revision, is no longer the holder's.

    Then somebody else may just have been given the token that this one was refused.
    """
    statement = (
        sa.update(credential)
        .where(
            _own(user_id, credential_id),
            credential.c.revision == revision,
            credential.c.leased_by == holder,
        )
        .values(
            state="reconnect",
            problem=problem,
            leased_by=None,
            leased_until=None,
            updated_at=sa.func.now(),
        )
    )
    return bool((await connection.execute(statement)).rowcount)
