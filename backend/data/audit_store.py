"""Queries on the audit log: who did what, written in the transaction of the deed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import audit_entry
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
