"""API keys for tests, put straight into the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.api_key_store import create_api_key
from backend.data.user_store import LOCAL_USER_ID
from backend.server.access import Scope
from backend.server.auth import hash_of
from backend.util.clock import new_id


async def store_key(
    connection: AsyncConnection,
    key: str,
    user_id: str = LOCAL_USER_ID,
    *,
    scopes: Iterable[Scope] = Scope,
    expires_at: datetime | None = None,
) -> None:
    """Make `key` a key of this user, with every scope unless some are given."""
    await create_api_key(
        connection,
        user_id,
        key_id=new_id(),
        name="a test's",
        secret_hash=hash_of(key),
        scopes=[scope.value for scope in scopes],
        expires_at=expires_at,
    )
