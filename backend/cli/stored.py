"""Outputs whose large values are fetched from where they are kept."""

from __future__ import annotations

from typing import Any

import orjson

from backend.data.blob_store import read_blob
from backend.data.db import Database
from backend.executor.values import Stored, from_wire


async def with_large_values(
    database: Database, user_id: str, outputs: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    """The same outputs with values in the place of references to them."""
    return {
        name: [await _value(database, user_id, value) for value in values] for name, values in outputs.items()
    }


async def _value(database: Database, user_id: str, value: Any) -> Any:
    if not (isinstance(value, dict) and "$blob" in value):
        return value  # pyright: ignore[reportUnknownVariableType]  # JSON
    held = from_wire(value)  # pyright: ignore[reportUnknownArgumentType]
    if not isinstance(held, Stored):
        raise AssertionError("What has a $blob is stored.")
    async with database.begin() as connection:
        return orjson.loads(await read_blob(connection, user_id, held.blob_id))
