"""The vault of this process: seals secrets for their place in the database and opens them again.

A canary, sealed like any secret, stands in the table `setting` and names the key that is in force. A key that
does not open it is refused at the start, so that nothing is ever sealed with a wrong one.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.db import Database
from backend.data.key_file import KeySource
from backend.data.model import JsonObject
from backend.data.sealed_store import count_by_key
from backend.data.setting_store import lock_setting, put_setting, share_setting
from backend.util.crypto import Keyring, Place, UnknownKey
from backend.util.errors import SealBroken, SetupProblem
from backend.util.settings import Settings

log = structlog.get_logger(__name__)

CANARY = "key_canary"
_CANARY_PLACE = Place("setting", CANARY, "", "value")
_CANARY_SAYS = b"blockyard"
_LOCK = 0x626C6B6B
_KEEP = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Canary:
    """What stands in the table: the key in force, and a text that it has sealed."""

    key_id: str
    sealed: str

    @classmethod
    def of(cls, stored: Any) -> Canary | None:
        """The stored one; None when there is none yet."""
        if stored is None:
            return None
        row = cast("JsonObject", stored) if isinstance(stored, dict) else {}
        return cls(str(row.get("key_id")), str(row.get("sealed")))


class Vault:
    """Seals and opens. A key that another process has added to the file since is found there."""

    def __init__(self, source: KeySource, keys: Keyring) -> None:
        self._source = source
        self._keys = keys

    async def seal(self, connection: AsyncConnection, place: Place, secret: JsonObject) -> str:
        """The secret as text for its place, with the key that is in force until the transaction ends.

        Raises:
            SealBroken: that key is not here.
        """
        canary = Canary.of(await share_setting(connection, CANARY))
        if canary is None:
            raise SealBroken("The database has lost its key canary. Restart Blockyard, which checks the key.")
        keys = await self._keys_with(canary.key_id)
        return keys.seal(place, json.dumps(secret).encode(), canary.key_id)

    async def unseal(self, place: Place, sealed: str) -> JsonObject:
        """What `seal` was given.

        Raises:
            SealBroken: it was changed, moved to this place from another, or its key is not here.
        """
        try:
            plain = self._keys.open(place, sealed)
        except UnknownKey as error:
            plain = (await self._keys_with(error.key_id)).open(place, sealed)
        return cast("JsonObject", json.loads(plain))

    async def _keys_with(self, key_id: str) -> Keyring:
        if key_id not in self._keys:
            read = await asyncio.to_thread(self._source.read)
            self._keys = self._keys if read is None else read.beside(self._keys)
        return self._keys


async def open_vault(database: Database, settings: Settings) -> Vault:
    """The vault, with keys that open the canary; the first start makes the canary, and a key file where none is said.

    Raises:
        SetupProblem: no key, one that must not be used, or not the one of this database. Nothing is overwritten.
    """
    source = KeySource.of(settings)
    async with database.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        canary = Canary.of(await lock_setting(connection, CANARY))
        keys = await asyncio.to_thread(source.read)
        if canary is None:
            await _check_unused(connection, keys)
            if keys is None:
                keys = await asyncio.to_thread(source.make)
                log.warning("vault.key_made", file=str(source.file), cure="Keep a copy apart from backups.")
            await put_canary(connection, keys, keys.first.id)
        else:
            keys = _checked(source, keys, canary)
    return Vault(source, keys)


async def put_canary(connection: AsyncConnection, keys: Keyring, key_id: str) -> None:
    """Make the key the one in force, once all who are sealing are done."""
    sealed = keys.seal(_CANARY_PLACE, _CANARY_SAYS, key_id)
    await put_setting(connection, CANARY, {"key_id": key_id, "sealed": sealed})


def _checked(source: KeySource, keys: Keyring | None, canary: Canary) -> Keyring:
    """The keys, of which one opens the canary.

    Raises:
        SetupProblem: none does.
    """
    if keys is None:
        raise SetupProblem(
            f"{source.name} is missing, and this database has secrets sealed with the key {canary.key_id!r}. Put "
            f"the file back from your copy (from the machine that made it), or set BLOCKYARD_MASTER_KEY. {_KEEP}"
        )
    if canary.key_id not in keys:
        raise SetupProblem(
            f"{source.name} has the key {', '.join(map(repr, keys.ids))}, and the secrets of this database are "
            f"sealed with the key {canary.key_id!r}. Set the right one; for an exchange name both, the new one "
            f"first, and call `blockyard keys rotate`. {_KEEP}"
        )
    try:
        opened = keys.open(_CANARY_PLACE, canary.sealed)
    except SealBroken:
        opened = b""
    if opened != _CANARY_SAYS:
        raise SetupProblem(
            f"The master key {canary.key_id!r} does not open the key canary of this database: that row was changed. "
            f"Restore the database from a backup. {_KEEP}"
        )
    return keys


async def _check_unused(connection: AsyncConnection, keys: Keyring | None) -> None:
    """Without a canary nothing may be sealed but with keys that are here."""
    unknown = [key_id for key_id in await count_by_key(connection) if keys is None or key_id not in keys]
    if unknown:
        raise SetupProblem(
            f"This database has secrets sealed with the key {', '.join(map(repr, unknown))}, which is not here, and "
            f"no canary. Put master.key back into the data folder, or set BLOCKYARD_MASTER_KEY. {_KEEP}"
        )
