"""Queries on deliveries as people look at them. The inbox (inbox_store.py) writes them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import delivery

_LISTED = (
    delivery.c.id,
    delivery.c.event_id,
    delivery.c.event_type,
    delivery.c.is_test,
    delivery.c.state,
    delivery.c.problem,
    delivery.c.run_ids,
    delivery.c.replay_of,
    delivery.c.received_at,
    sa.func.octet_length(delivery.c.body).label("size_bytes"),
)


async def list_deliveries(
    connection: AsyncConnection, user_id: str, webhook_id: str, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """What a webhook brought, newest first, without headers and bodies."""
    query = sa.select(*_LISTED).where(delivery.c.user_id == user_id, delivery.c.webhook_id == webhook_id)
    if before is not None:
        query = query.where(delivery.c.id < before)
    rows = await connection.execute(query.order_by(delivery.c.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


async def find_delivery(
    connection: AsyncConnection, user_id: str, webhook_id: str, delivery_id: str
) -> dict[str, Any] | None:
    """A delivery as it came, with the size of its body."""
    query = sa.select(*_LISTED, delivery.c.headers, delivery.c.body).where(
        delivery.c.user_id == user_id, delivery.c.webhook_id == webhook_id, delivery.c.id == delivery_id
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def first_test(
    connection: AsyncConnection, user_id: str, webhook_id: str, graph_id: str, node_id: str, *, after: str
) -> dict[str, Any] | None:
    """The first test delivery behind an id that started this node: id, run_id and its inputs; None: none came."""
    given = {
        "user_id": user_id,
        "webhook_id": webhook_id,
        "graph_id": graph_id,
        "node_id": node_id,
        "after": after,
    }
    row = (await connection.execute(_TEST, given)).mappings().one_or_none()
    return None if row is None else dict(row)


_TEST = sa.text("""
SELECT d.id, r.id AS run_id, r.inputs
  FROM delivery d JOIN run r ON r.id = ANY(d.run_ids)
  WHERE d.user_id = :user_id AND d.webhook_id = :webhook_id AND d.is_test AND d.id > :after
    AND r.graph_id = :graph_id AND r.user_id = :user_id AND r.options->>'trigger_node' = :node_id
  ORDER BY d.id LIMIT 1""")
