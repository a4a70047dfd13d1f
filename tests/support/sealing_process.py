"""A process that seals and opens secrets of webhooks until its stdin ends, then says how that went as JSON.

python -m tests.support.sealing_process DATABASE_URL DATA_DIR NAME
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import sqlalchemy as sa

from backend.data.db import Database, open_database
from backend.data.tables import webhook
from backend.data.user_store import LOCAL_USER_ID
from backend.data.vault import Vault, open_vault
from backend.util.crypto import Place, key_id_of
from backend.util.log import configure
from backend.util.settings import Settings

ROWS = 20


async def main(database_url: str, data_dir: str, name: str) -> None:
    configure(is_production=True)
    settings = Settings(database_url=database_url, data_dir=Path(data_dir), environment="test")
    database = await open_database(settings)
    vault = await open_vault(database, settings)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    print("ready", flush=True)
    rounds, keys = 0, list[str]()
    while not ended.done():
        keys.append(await _round(database, vault, f"{name}-{rounds % ROWS:02d}", rounds))
        rounds += 1
    await database.close()
    print(json.dumps({"rounds": rounds, "keys": list(dict.fromkeys(keys))}), flush=True)


async def _round(database: Database, vault: Vault, row: str, number: int) -> str:
    """Seal another secret in a row, read it back, open it; the key that it was sealed with."""
    place = Place("webhook", row, LOCAL_USER_ID, "sealed")
    async with database.begin() as connection:
        sealed = await vault.seal(connection, place, {"secret": f"{row}/{number}"})
        await connection.execute(sa.delete(webhook).where(webhook.c.id == row))
        values = {"id": row, "user_id": LOCAL_USER_ID, "provider": "github", "sealed": sealed}
        await connection.execute(sa.insert(webhook).values(**values))
    async with database.begin() as connection:
        found = await connection.scalar(sa.select(webhook.c.sealed).where(webhook.c.id == row))
    assert await vault.unseal(place, str(found)) == {"secret": f"{row}/{number}"}
    return key_id_of(sealed)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
