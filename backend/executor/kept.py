"""What blocks keep beyond their runs, in the database (see `services.KeptValues`)."""

from __future__ import annotations

from typing import Any

import orjson

from backend.data.db import Database
from backend.data.kept_value_store import forget_value, keep_value, read_kept_value


class StoredValues:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user_id: str, graph_id: str, key: str, value: Any) -> None:
        async with self._database.begin() as connection:
            await keep_value(connection, user_id, graph_id, key, orjson.dumps(value).decode())

    async def read(self, user_id: str, graph_id: str, key: str) -> tuple[bool, Any]:
        async with self._database.begin() as connection:
            raw = await read_kept_value(connection, user_id, graph_id, key)
        return raw is not None, None if raw is None else orjson.loads(raw)

    async def forget(self, user_id: str, graph_id: str, key: str) -> bool:
        async with self._database.begin() as connection:
            return await forget_value(connection, user_id, graph_id, key)
