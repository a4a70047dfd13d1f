"""What becomes of webhooks when those that listen to them change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import trigger_store, webhook_store
from backend.data.model import JsonObject
from backend.util.clock import now

Row = Mapping[str, Any]


async def settle(connection: AsyncConnection, user_id: str, webhook_ids: Collection[str]) -> set[str]:
    """Bring webhooks to what their triggers want; those that the keeper has work with.

    Manual ones that nobody listens to any more are deleted. `lock_webhooks` comes before it, in the transaction.
    """
    if not webhook_ids:
        return set()
    triggers = await trigger_store.triggers_of_webhooks(connection, user_id, webhook_ids)
    moment = now()
    for_keeper: set[str] = set()
    for webhook in await webhook_store.read_webhooks(connection, user_id, webhook_ids):
        own = [trigger for trigger in triggers if trigger["webhook_id"] == webhook["id"]]
        changes = changes_of(webhook, own, moment)
        if changes is None:
            await webhook_store.delete_webhook(connection, user_id, webhook["id"])
            continue
        if changes:
            await webhook_store.change_webhook(connection, user_id, webhook["id"], changes)
        if {**webhook, **changes}["state"] in ("pending", "removing"):
            for_keeper.add(webhook["id"])
    return for_keeper


def changes_of(webhook: Row, triggers: Sequence[Row], moment: datetime) -> JsonObject | None:
    """What is to change in a webhook's row; None: it goes."""
    listening = [one for one in triggers if is_listening(one, moment)]
    if not webhook["is_automatic"]:
        if not triggers and not webhook["is_kept"]:
            return None
        return _different(webhook, {"wanted_events": union(listening)})
    if not listening and not webhook["is_kept"]:
        return {} if webhook["state"] == "removing" else _due(webhook, "removing")
    wanted = union(listening)
    is_there = bool(webhook["provider_webhook_id"]) and webhook["state"] == "active"
    if is_there and sorted(webhook["registered_events"]) == wanted:
        return _different(webhook, {"wanted_events": wanted})
    return {"wanted_events": wanted, **_due(webhook, "pending")}


def is_listening(trigger: Row, moment: datetime) -> bool:
    """Whether an event may start the node: it is live, or somebody waits for a test event."""
    until = trigger["listening_until"]
    return trigger["is_live"] or (until is not None and until > moment)


def union(triggers: Sequence[Row]) -> list[str]:
    """The events that any of them wants, by name; empty, which is all, as soon as one wants all."""
    if not all(trigger["events"] for trigger in triggers):
        return []
    return sorted({event for trigger in triggers for event in trigger["events"]})


def _different(webhook: Row, values: JsonObject) -> JsonObject:
    return {name: value for name, value in values.items() if webhook[name] != value}


def _due(webhook: Row, state: str) -> JsonObject:
    """Work for the keeper. Attempts to make it stay counted: they tell that it may be there after all."""
    due: JsonObject = {"state": state, "problem": "", "next_attempt_at": sa.func.now()}
    return {**due, "attempts": 0} if webhook["provider_webhook_id"] else due
