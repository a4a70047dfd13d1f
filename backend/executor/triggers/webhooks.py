"""Webhooks as managers see them, their addresses, and the secrets that are ours to make."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.integrations import Webhook
from backend.data.model import JsonObject
from backend.data.vault import Vault
from backend.data.webhook_secret import secret_place
from backend.integrations.providers import ProviderName
from backend.util.own_address import http_url
from backend.util.settings import Settings

_LETTERS = string.ascii_letters + string.digits
_SECRET_LETTERS = 44
"""33 bytes as base64 without padding; the specification asks for 24 to 64."""


def new_secret() -> str:
    """A secret that every sender takes: Standard Webhooks' form, and only letters that Telegram allows too.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
    https://core.telegram.org/bots/api#setwebhook (`secret_token`).
    """
    return "whsec_" + "".join(secrets.choice(_LETTERS) for _ in range(_SECRET_LETTERS))


async def seal_secret(
    connection: AsyncConnection, vault: Vault, user_id: str, webhook_id: str, secret: str, **more: Any
) -> str:
    """The secret as the column `sealed` has it; `more` may be `old` and `old_until`, a Unix time."""
    return await vault.seal(connection, secret_place(user_id, webhook_id), {"secret": secret, **more})


async def as_webhook(vault: Vault, row: Mapping[str, Any], *, events: list[str] | None = None) -> Webhook:
    """A stored webhook with its secret in clear. `events` None: those that are wanted.

    Raises:
        SealBroken: the secret does not open.
    """
    opened: JsonObject = {}
    if row["sealed"] is not None:
        opened = await vault.unseal(secret_place(row["user_id"], row["id"]), row["sealed"])
    return Webhook(
        id=row["id"],
        user_id=row["user_id"],
        provider=ProviderName.parse(row["provider"]),
        webhook_type=row["webhook_type"],
        resource=row["resource"],
        credentials_id=row["credential_id"],
        secret=opened.get("secret"),
        events=tuple(row["wanted_events"] if events is None else events),
        config=row["config"],
        provider_webhook_id=row["provider_webhook_id"],
    )


def ingress_url(settings: Settings, provider: str, webhook_id: str) -> str:
    """Where a provider sends its events; with `?test=true` behind it, test events."""
    return f"{own_url(settings)}/api/integrations/{provider}/webhooks/{webhook_id}/ingress"


def own_url(settings: Settings) -> str:
    """Where this server is reached from outside, as far as it knows."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return http_url(settings.host, settings.port)
