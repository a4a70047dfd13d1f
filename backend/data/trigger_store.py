"""Queries on triggers: nodes of graphs, and the webhooks that start them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import delivery, trigger, webhook
from backend.util.clock import new_id

_SAID = ("block_id", "webhook_id", "events", "graph_version", "is_live", "answer_within_s")


async def put_trigger(
    connection: AsyncConnection,
    user_id: str,
    graph_id: str,
    node_id: str,
    *,
    block_id: str,
    webhook_id: str,
    events: list[str],
    graph_version: int,
    is_live: bool,
    answer_within_s: float | None,
) -> None:
    """Say what a node listens to, in place of what it listened to before."""
    statement = insert(trigger).values(
        id=new_id(),
        user_id=user_id,
        graph_id=graph_id,
        node_id=node_id,
        block_id=block_id,
        webhook_id=webhook_id,
        events=events,
        graph_version=graph_version,
        is_live=is_live,
        answer_within_s=answer_within_s,
    )
    changed = {name: statement.excluded[name] for name in _SAID}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["graph_id", "node_id"],
            set_={**changed, "updated_at": sa.func.now()},
            where=trigger.c.user_id == user_id,
        )
    )


async def triggers_of_graph(
    connection: AsyncConnection, user_id: str, graph_id: str
) -> dict[str, dict[str, Any]]:
    """Node id -> its trigger, with its webhook's columns as `webhook_…`; in the order in which they were made."""
    of_webhook = [
        column.label(f"webhook_{column.name}") for column in webhook.c if column.name not in ("id", "sealed")
    ]
    query = (
        sa.select(*trigger.c, *of_webhook, webhook.c.sealed.is_not(None).label("webhook_has_secret"))
        .join(webhook, webhook.c.id == trigger.c.webhook_id)
        .where(trigger.c.user_id == user_id, trigger.c.graph_id == graph_id)
        .order_by(trigger.c.id)
    )
    rows = (await connection.execute(query)).mappings()
    return {row["node_id"]: dict(row) for row in rows}


async def triggers_of_webhooks(
    connection: AsyncConnection, user_id: str, webhook_ids: Collection[str]
) -> list[dict[str, Any]]:
    """All nodes that these webhooks may start."""
    query = sa.select(*trigger.c).where(
        trigger.c.user_id == user_id, trigger.c.webhook_id.in_(list(webhook_ids))
    )
    return [dict(row) for row in (await connection.execute(query.order_by(trigger.c.id))).mappings()]


async def change_trigger(
    connection: AsyncConnection, user_id: str, graph_id: str, node_id: str, changes: JsonObject
) -> bool:
    """Change columns of a node's trigger; whether there is one."""
    changed = await connection.execute(
        sa.update(trigger)
        .where(trigger.c.user_id == user_id, trigger.c.graph_id == graph_id, trigger.c.node_id == node_id)
        .values(**changes, updated_at=sa.func.now())
        .returning(trigger.c.id)
    )
    return changed.one_or_none() is not None


async def close_test(
    connection: AsyncConnection, user_id: str, graph_id: str, node_id: str, *, until: datetime
) -> None:
    """Let test events start a node no more, unless somebody else listens for longer than until then."""
    stored_until = sa.cast(until, trigger.c.listening_until.type)  # rounded as the column is
    await connection.execute(
        sa.update(trigger)
        .where(
            trigger.c.user_id == user_id,
            trigger.c.graph_id == graph_id,
            trigger.c.node_id == node_id,
            trigger.c.listening_until <= stored_until,
        )
        .values(listening_until=None, updated_at=sa.func.now())
    )


async def stop_triggers(
    connection: AsyncConnection, user_id: str, graph_id: str, node_ids: Collection[str] | None = None
) -> set[str]:
    """Let nodes of a graph be started no more (None: all of its nodes); the webhooks that they listen to."""
    statement = sa.update(trigger).where(trigger.c.user_id == user_id, trigger.c.graph_id == graph_id)
    if node_ids is not None:
        statement = statement.where(trigger.c.node_id.in_(list(node_ids)))
    values = {"is_live": False, "updated_at": sa.func.now()}
    return set(await connection.scalars(statement.values(values).returning(trigger.c.webhook_id)))


async def delete_triggers(
    connection: AsyncConnection, user_id: str, graph_id: str, node_ids: Collection[str] | None = None
) -> set[str]:
    """Forget nodes of a graph (None: all of them); the webhooks that they listened to."""
    statement = sa.delete(trigger).where(trigger.c.user_id == user_id, trigger.c.graph_id == graph_id)
    if node_ids is not None:
        statement = statement.where(trigger.c.node_id.in_(list(node_ids)))
    return set(await connection.scalars(statement.returning(trigger.c.webhook_id)))


async def last_deliveries(
    connection: AsyncConnection, user_id: str, webhook_ids: Collection[str]
) -> dict[str, datetime]:
    """Webhook -> when it brought something last; without those that never did."""
    ids = sa.select(sa.func.unnest(sa.literal(list(webhook_ids), sa.ARRAY(sa.Text))).label("id")).subquery()
    last = (
        sa.select(delivery.c.received_at)
        .where(delivery.c.webhook_id == ids.c.id, delivery.c.user_id == user_id)
        .order_by(delivery.c.id.desc())
        .limit(1)
        .lateral("last")
    )
    query = sa.select(ids.c.id, last.c.received_at).select_from(ids.join(last, sa.true()))
    return {row[0]: row[1] for row in await connection.execute(query)}
