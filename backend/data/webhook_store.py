"""Queries on webhooks: where providers send their events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.model import JsonObject
from backend.data.tables import trigger, users, webhook


@dataclass(frozen=True, slots=True)
class IngressTrigger:
    """A node that a webhook may start. `events` empty: all of them."""

    id: str
    user_id: str
    graph_id: str
    node_id: str
    graph_version: int
    events: tuple[str, ...]
    is_live: bool
    answer_within_s: float | None
    listening_until: datetime | None
    test_version: int | None


@dataclass(frozen=True, slots=True)
class IngressWebhook:
    """A webhook as the ingress needs it: whose it is, its sealed secret, and whom it starts."""

    id: str
    user_id: str
    provider: str
    webhook_type: str
    is_automatic: bool
    resource: str
    credential_id: str | None
    sealed: str | None
    config: JsonObject
    wanted_events: tuple[str, ...]
    provider_webhook_id: str
    state: str
    triggers: tuple[IngressTrigger, ...]


_TRIGGER = (
    trigger.c.id,
    trigger.c.user_id,
    trigger.c.graph_id,
    trigger.c.node_id,
    trigger.c.graph_version,
    trigger.c.events,
    trigger.c.is_live,
    trigger.c.answer_within_s,
    trigger.c.listening_until,
    trigger.c.test_version,
)
_INGRESS = (
    webhook.c.id,
    webhook.c.user_id,
    webhook.c.provider,
    webhook.c.webhook_type,
    webhook.c.is_automatic,
    webhook.c.resource,
    webhook.c.credential_id,
    webhook.c.sealed,
    webhook.c.config,
    webhook.c.wanted_events,
    webhook.c.provider_webhook_id,
    webhook.c.state,
)
_LOAD = (
    sa.select(*_INGRESS, *(column.label(f"trigger_{column.name}") for column in _TRIGGER))
    .select_from(
        webhook.join(users, users.c.id == webhook.c.user_id).outerjoin(
            trigger, trigger.c.webhook_id == webhook.c.id
        )
    )
    .where(webhook.c.id == sa.bindparam("webhook_id"), users.c.is_active)
    .order_by(trigger.c.id)
)


async def load_for_ingress(connection: AsyncConnection, webhook_id: str) -> IngressWebhook | None:
    """A webhook of whichever user, with the nodes that it may start; None: there is none, or they were shut out.

    For workers, which act for every user: a delivery is told by its signature, not by a session.
    """
    rows = (await connection.execute(_LOAD, {"webhook_id": webhook_id})).mappings().all()
    if not rows:
        return None
    first = rows[0]
    said: JsonObject = {column.name: first[column.name] for column in _INGRESS}
    said["wanted_events"] = tuple(said["wanted_events"])
    triggers = tuple(_ingress_trigger(row) for row in rows if row["trigger_id"] is not None)
    return IngressWebhook(**said, triggers=triggers)


def _ingress_trigger(row: sa.RowMapping) -> IngressTrigger:
    said: JsonObject = {column.name: row[f"trigger_{column.name}"] for column in _TRIGGER}
    said["events"] = tuple(said["events"])
    return IngressTrigger(**said)


async def lock_webhooks(connection: AsyncConnection, user_id: str) -> None:
    """Let nobody else change which webhooks this user has, and who listens to them, until the transaction ends.

    Two graphs that go live at once for one resource share a webhook that no row stands for yet.
    """
    await connection.execute(_LOCK, {"user_id": user_id})


_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('webhooks/' || :user_id, 0))")
_SHOWN = (*(column for column in webhook.c if column.name != "sealed"),)
_HAS_SECRET = webhook.c.sealed.is_not(None).label("has_secret")


async def create_webhook(
    connection: AsyncConnection, user_id: str, webhook_id: str, values: JsonObject
) -> None:
    """Store a webhook; `values` are columns."""
    await connection.execute(sa.insert(webhook).values(id=webhook_id, user_id=user_id, **values))


async def find_webhook(connection: AsyncConnection, user_id: str, webhook_id: str) -> dict[str, Any] | None:
    """All columns of a webhook of this user, its sealed secret too."""
    query = sa.select(*webhook.c).where(webhook.c.user_id == user_id, webhook.c.id == webhook_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)


async def find_shared(
    connection: AsyncConnection,
    user_id: str,
    *,
    provider: str,
    credential_id: str | None,
    webhook_type: str,
    resource: str,
) -> str | None:
    """The automatic webhook of this user for a resource, which all of their graphs share."""
    c = webhook.c
    query = sa.select(c.id).where(
        c.user_id == user_id,
        c.is_automatic,
        c.provider == provider,
        c.credential_id.is_not_distinct_from(credential_id),
        c.webhook_type == webhook_type,
        c.resource == resource,
    )
    return await connection.scalar(query.order_by(c.id).limit(1))


async def list_webhooks(
    connection: AsyncConnection, user_id: str, provider: str, *, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """The user's webhooks of a provider, newest first, without their secrets."""
    query = sa.select(*_SHOWN, _HAS_SECRET).where(
        webhook.c.user_id == user_id, webhook.c.provider == provider
    )
    if before is not None:
        query = query.where(webhook.c.id < before)
    rows = await connection.execute(query.order_by(webhook.c.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


async def read_webhooks(
    connection: AsyncConnection, user_id: str, webhook_ids: Collection[str]
) -> list[dict[str, Any]]:
    """These of the user's webhooks, without their secrets, oldest first."""
    query = sa.select(*_SHOWN, _HAS_SECRET).where(
        webhook.c.user_id == user_id, webhook.c.id.in_(list(webhook_ids))
    )
    return [dict(row) for row in (await connection.execute(query.order_by(webhook.c.id))).mappings()]


async def change_webhook(
    connection: AsyncConnection, user_id: str, webhook_id: str, changes: JsonObject
) -> None:
    """Change columns of a webhook."""
    await connection.execute(
        sa.update(webhook)
        .where(webhook.c.user_id == user_id, webhook.c.id == webhook_id)
        .values(**changes, updated_at=sa.func.now())
    )


async def delete_webhook(connection: AsyncConnection, user_id: str, webhook_id: str) -> None:
    """Forget a webhook here, with the triggers that listen to it."""
    await connection.execute(
        sa.delete(webhook).where(webhook.c.user_id == user_id, webhook.c.id == webhook_id)
    )
