"""Exchange of the master key while processes work: another wrapping for every sealed text there is.

First the new key is where every process finds it, then the canary names it; from then on nobody seals with an old
one, because who seals holds the canary's row. What is sealed already is rewrapped behind that, text by text, each
only if it is still what it was. Whatever ends the process, the next call goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.db import Database
from backend.data.key_file import KeySource
from backend.data.sealed_store import SEALED_COLUMNS, SealedText, count_by_key, sealed_otherwise, swap
from backend.data.setting_store import lock_setting
from backend.data.vault import CANARY, Canary, open_vault, put_canary
from backend.util.crypto import Keyring, MasterKey
from backend.util.errors import Conflict, SealBroken, SetupProblem
from backend.util.settings import Settings

BATCH = 200
_LOCK = 0x626C6B74
_NO_KEY = "-"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class KeyReport:
    """Which key is in force, which are here, and how many texts each has sealed.

    `broken` are texts that do not open, as table/row: moved, changed, or their key is gone.
    """

    source: str
    current: str
    here: tuple[str, ...]
    counts: dict[str, int]
    broken: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Whether everything is sealed with the key in force."""
        return not set(self.counts) - {self.current}


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation has done. `went_on`: it ended one that had been broken off."""

    current: str
    rewrapped: int
    went_on: bool
    broken: tuple[str, ...]


async def report_keys(database: Database, settings: Settings) -> KeyReport:
    """What there is, every text opened once. Changes nothing.

    Raises:
        SetupProblem: no key opens the canary.
    """
    await open_vault(database, settings)
    source = KeySource.of(settings)
    keys = await _keys(source)
    async with database.begin() as connection:
        current = await _current(connection)
        counts = await count_by_key(connection)
    broken: list[str] = []
    for column in SEALED_COLUMNS:
        async for texts in _batches(database, column, _NO_KEY):
            broken += [_name(text) for text in texts if not _opens(keys, text)]
    return KeyReport(source.name, current, keys.ids, dict(counts), tuple(broken))


async def rotate_keys(
    database: Database, settings: Settings, *, forget_old: bool = False, progress: Progress
) -> Rotation:
    """Make another key the one in force, and rewrap everything with it.

    In the file that is a new key, unless a rotation was broken off: then it goes on with that one's. Of the
    environment it is the first of the list. `forget_old` takes all others out of the file afterwards.

    Raises:
        SetupProblem: no key opens the canary, or the file cannot be written.
        Conflict: another process is rotating, or there is nothing to rotate to.
    """
    await open_vault(database, settings)
    source = KeySource.of(settings)
    async with _alone(database):
        keys, went_on = await _next_keys(database, source, progress)
        target = keys.first.id
        async with database.begin() as connection:
            await lock_setting(connection, CANARY)  # waits for all who are sealing with the old key
            await put_canary(connection, keys, target)
        progress(f"The key {target!r} is in force.")
        rewrapped, broken = await _rewrap_all(database, keys, target, progress)
        if forget_old:
            await _forget(database, source, keys, broken, progress)
    return Rotation(target, rewrapped, went_on, broken)


async def _next_keys(database: Database, source: KeySource, progress: Progress) -> tuple[Keyring, bool]:
    """The keys with the one to rotate to in front, which every process can find; whether one goes on."""
    keys = await _keys(source)
    async with database.begin() as connection:
        current = await _current(connection)
        counts = await count_by_key(connection)
    is_open = keys.first.id != current or bool(set(counts) - {current})
    if source.file is None:
        if not is_open:
            raise Conflict(
                "Everything is sealed with the first key of BLOCKYARD_MASTER_KEY already. Put a new one in front of it "
                "with a comma (`openssl rand -base64 32`), restart every process with both, then rotate."
            )
        return keys, False
    if is_open:
        progress("A rotation was broken off. Going on with it.")
        return keys, True
    keys = Keyring([MasterKey.new(), *keys.keys])
    await asyncio.to_thread(source.replace, keys.keys)
    progress(f"{source.name} has a new key, {keys.first.id!r}.")
    return keys, False


async def _rewrap_all(
    database: Database, keys: Keyring, target: str, progress: Progress
) -> tuple[int, tuple[str, ...]]:
    """How many texts were rewrapped, and which do not open."""
    done, broken = 0, list[str]()
    for column in SEALED_COLUMNS:
        async for texts in _batches(database, column, target):
            async with database.begin() as connection:
                for text in texts:
                    try:
                        new = keys.rewrap(text.place, text.text, target)
                    except SealBroken:
                        broken.append(_name(text))
                        continue
                    done += await swap(connection, column, text, new)
            progress(f"{column.table.name}: {done:,} rewrapped so far.")
    return done, tuple(broken)


async def _batches(
    database: Database, column: sa.Column[Any], key_id: str
) -> AsyncIterator[list[SealedText]]:
    """Texts that another key than this has sealed, some at a time."""
    after = ""
    while True:
        async with database.begin() as connection:
            texts = await sealed_otherwise(connection, column, key_id, after=after, limit=BATCH)
        if not texts:
            return
        yield texts
        after = texts[-1].place.row


async def _forget(
    database: Database, source: KeySource, keys: Keyring, broken: tuple[str, ...], progress: Progress
) -> None:
    """Leave the key in force alone in the file.

    Raises:
        Conflict: something is left that only an old key may open, or the keys are the operator's to take away.
    """
    if source.file is None:
        raise Conflict("Take the old keys out of BLOCKYARD_MASTER_KEY yourself; the rotation is done.")
    if broken:
        raise Conflict(
            f"The old keys were kept: {len(broken)} texts do not open ({', '.join(broken[:5])}). Enter those "
            "secrets again or delete them, then rotate with --forget-old."
        )
    async with database.begin() as connection:
        left = set(await count_by_key(connection)) - {keys.first.id}
    if left:
        raise Conflict(f"The old keys were kept: something is still sealed with {', '.join(sorted(left))}.")
    await asyncio.to_thread(source.replace, [keys.first])
    progress("The old keys are forgotten. Backups made before now can no longer be read here.")


@asynccontextmanager
async def _alone(database: Database) -> AsyncGenerator[None]:
    """Be the only one who rotates; the lock goes with the connection.

    Raises:
        Conflict: somebody else does.
    """
    connection = await database.connect()
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            raise Conflict("Another process is rotating just now. `blockyard keys check` says how far it is.")
        yield
    finally:
        await connection.close()


async def _keys(source: KeySource) -> Keyring:
    keys = await asyncio.to_thread(source.read)
    if keys is None:
        raise SetupProblem(f"{source.name} is missing. Put it back from your copy.")
    return keys


async def _current(connection: AsyncConnection) -> str:
    canary = Canary.of(await lock_setting(connection, CANARY))
    if canary is None:
        raise SetupProblem("The database has lost its key canary. Restart Blockyard, which checks the key.")
    return canary.key_id


def _opens(keys: Keyring, text: SealedText) -> bool:
    try:
        keys.open(text.place, text.text)
    except SealBroken:
        return False
    return True


def _name(text: SealedText) -> str:
    return f"{text.place.table}/{text.place.row}"
