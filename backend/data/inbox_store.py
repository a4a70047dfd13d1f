"""Queries of the inbox, where deliveries come in: a repeat of an event is stored no second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.data.connection import Connection
from backend.data.delivery import NewDelivery

DeliveryState = Literal["started", "ignored", "failed"]


@dataclass(frozen=True, slots=True)
class Known:
    """A delivery that is stored already."""

    id: str
    run_ids: tuple[str, ...]


async def store_delivery(
    connection: Connection,
    delivery: NewDelivery,
    run_ids: Sequence[str],
    state: DeliveryState = "started",
    problem: str = "",
) -> bool:
    """Store it, unless its event is there; whether it was stored."""
    stored = await connection.fetchval(
        _STORE,
        delivery.id,
        delivery.webhook_id,
        delivery.user_id,
        delivery.event_id,
        delivery.event_type,
        delivery.headers,
        delivery.body,
        delivery.received_at,
        delivery.is_test,
        delivery.replay_of,
        list(run_ids),
        state,
        problem,
    )
    return stored is not None


_STORE = """
INSERT INTO delivery (id, webhook_id, user_id, event_id, event_type, headers, body, received_at, is_test, replay_of,
    run_ids, state, problem)
  VALUES ($1, $2, $3, $4, $5, $6::json, $7, $8, $9, $10, $11, $12::delivery_state, $13)
  ON CONFLICT DO NOTHING RETURNING id"""


async def find_delivery(connection: Connection, delivery: NewDelivery) -> Known | None:
    """The delivery that brought this one's event, or this one itself."""
    row = await connection.fetchrow(_FIND, delivery.id, delivery.webhook_id, delivery.event_id)
    return None if row is None else Known(row["id"], tuple(row["run_ids"]))


_FIND = """
SELECT id, run_ids FROM delivery WHERE id = $1
UNION ALL SELECT id, run_ids FROM delivery WHERE webhook_id = $2 AND event_id = $3
LIMIT 1"""
