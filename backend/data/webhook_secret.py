"""A webhook's secret, sealed for its row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import webhook
from backend.data.vault import Vault
from backend.util.clock import now
from backend.util.crypto import Place


def secret_place(user_id: str, webhook_id: str) -> Place:
    """Where it is sealed; the text is `{"secret": …}`, with `old` and `old_until` after a change."""
    return Place("webhook", webhook_id, user_id, "sealed")


SHOWN_FOR = timedelta(hours=1)


async def introduced_secret(vault: Vault, row: Mapping[str, Any]) -> str | None:
    """The secret of a webhook's row, while it may be shown; None: it was not introduced, or too long ago."""
    at: datetime | None = row["introduced_at"]
    if at is None or row["sealed"] is None or now() - at > SHOWN_FOR:
        return None
    return str((await vault.unseal(secret_place(row["user_id"], row["id"]), row["sealed"]))["secret"])


async def put_introduced(
    connection: AsyncConnection, vault: Vault, user_id: str, webhook_id: str, secret: str
) -> bool:
    """Keep the secret that a provider brings in its first request; False where there is one already.

    The person may have to carry it back to the provider, so for `SHOWN_FOR` it is shown to them.
    """
    sealed = await vault.seal(connection, secret_place(user_id, webhook_id), {"secret": secret})
    stored = await connection.execute(
        sa.update(webhook)
        .where(webhook.c.user_id == user_id, webhook.c.id == webhook_id, webhook.c.sealed.is_(None))
        .values(sealed=sealed, introduced_at=sa.func.now(), updated_at=sa.func.now())
        .returning(webhook.c.id)
    )
    return stored.one_or_none() is not None
