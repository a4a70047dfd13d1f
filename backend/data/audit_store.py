"""Queries on the audit log: who did what, written in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import audit_entry, users
from backend.util.clock import new_id


async def record(
    connection: AsyncConnection,
    user_id: str | None,
    action: str,
    *,
    target_kind: str = "",
    target_id: str = "",
    address: str = "",
    detail: JsonObject | None = None,
) -> None:
    """Write an entry. `action` is noun and verb, as `graph.publish`; `user_id` None: nobody was logged in.

    `detail` must hold no secret and no contents of graphs or runs.
    """
    await connection.execute(
        sa.insert(audit_entry).values(
            id=new_id(),
            user_id=user_id,
            action=action,
            target_kind=target_kind,
            target_id=target_id,
            address=address,
            detail=detail or {},
        )
    )


async def list_entries(
    connection: AsyncConnection,
    *,
    limit: int,
    cursor: str | None = None,
    user_id: str | None = None,
    action: str = "",
    target_id: str | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
) -> list[dict[str, Any]]:
    """Entries, newest first, with the e-mail address of who did it.

    `cursor` is the last id of the page before, `action` what theirs begins with; `after` is within, `before`
    is not. A filter that is None lets everything through.
    """
    query = (
        sa.select(*audit_entry.c, users.c.email.label("user_email"))
        .outerjoin(users, users.c.id == audit_entry.c.user_id)
        .where(*_conditions(cursor, user_id, action, target_id, after, before))
        .order_by(audit_entry.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _conditions(
    cursor: str | None,
    user_id: str | None,
    action: str,
    target_id: str | None,
    after: datetime | None,
    before: datetime | None,
) -> Iterator[sa.ColumnElement[bool]]:
    if cursor is not None:
        yield audit_entry.c.id < cursor
    if user_id is not None:
        yield audit_entry.c.user_id == user_id
    if action:
        yield audit_entry.c.action.startswith(action, autoescape=True)
    if target_id is not None:
        yield audit_entry.c.target_id == target_id
    if after is not None:
        yield audit_entry.c.at >= after
    if before is not None:
        yield audit_entry.c.at < before
