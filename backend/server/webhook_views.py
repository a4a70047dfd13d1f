"""Webhooks and triggers as they are told to those who own them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import trigger_store, webhook_store
from backend.data.model import JsonObject
from backend.executor.triggers.webhooks import ingress_url
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._base import SecretFrom, WebhookManager
from backend.util.errors import NotFound
from backend.util.settings import Settings

TEST = "?test=true"


def provider_in(text: str) -> ProviderName:
    """The provider that a path names.

    Raises:
        NotFound: there is none; the message has the nearest.
    """
    try:
        return ProviderName.parse(text)
    except ValueError as error:
        raise NotFound(str(error)) from error


async def webhook_at(
    connection: AsyncConnection, user_id: str, provider: str, webhook_id: str
) -> dict[str, Any]:
    """All columns of a webhook, its sealed secret too.

    Raises:
        NotFound: there is none, it is another user's, or another provider's.
    """
    row = await webhook_store.find_webhook(connection, user_id, webhook_id)
    if row is None or row["provider"] != provider_in(provider).value:
        raise NotFound(f"There is no webhook {webhook_id!r} of {provider!r}.")
    return row


async def told_webhooks(
    connection: AsyncConnection, settings: Settings, user_id: str, rows: Collection[Mapping[str, Any]]
) -> list[JsonObject]:
    """What callers are told of webhooks; never their secrets."""
    ids = [row["id"] for row in rows]
    last = await trigger_store.last_deliveries(connection, user_id, ids)
    triggers = await trigger_store.triggers_of_webhooks(connection, user_id, ids)
    return [
        {
            **{name: value for name, value in row.items() if name != "sealed"},
            **address_of(settings, row["provider"], row["id"]),
            "has_secret": has_secret(row),
            "problem": problem_of(row, has_secret=has_secret(row)),
            "setup": setup_of(row),
            "last_delivery_at": last.get(row["id"]),
            "triggers": [trigger for trigger in triggers if trigger["webhook_id"] == row["id"]],
        }
        for row in rows
    ]


def has_secret(row: Mapping[str, Any]) -> bool:
    """Whether deliveries can be checked."""
    return bool(row["has_secret"] if "has_secret" in row else row["sealed"] is not None)


def address_of(settings: Settings, provider: str, webhook_id: str) -> JsonObject:
    """Where events and test events go."""
    url = ingress_url(settings, provider, webhook_id)
    return {"url": url, "test_url": url + TEST}


def setup_of(row: Mapping[str, Any]) -> str:
    """What a person does at the provider."""
    manager = manager_of(row["provider"])
    return "" if manager is None or row["is_automatic"] else manager.SETUP


def problem_of(row: Mapping[str, Any], *, has_secret: bool) -> str:
    """Why no events come."""
    manager = manager_of(row["provider"])
    if row["problem"] or has_secret or row["is_automatic"] or manager is None:
        return str(row["problem"])
    if manager.SECRET_FROM is SecretFrom.INTRODUCTION:
        return f"{row['provider']} has not sent its first request yet, which brings the secret."
    return (
        f"The secret that {row['provider']} made is missing, so its events are refused. Store it with "
        f"POST /api/integrations/{row['provider']}/webhooks/{row['id']}/rotate-secret."
    )


def manager_for(provider: str) -> WebhookManager:
    """The manager of a provider that is in a path.

    Raises:
        NotFound: there is no such provider, or it has no webhooks here.
    """
    manager = manager_of(provider_in(provider))
    if manager is None:
        raise NotFound(f"{provider!r} has no webhooks here.")
    return manager
