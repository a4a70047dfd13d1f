"""Files as streams: stored while their bytes come, read while they go, never more than a few chunks in memory.

Each batch of chunks has a transaction of its own: whoever sends or takes slowly holds no connection.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

from backend.data import file_store
from backend.data.db import Database
from backend.data.file import FileInfo, FileLimits
from backend.data.file_store import CHUNK_BYTES, CHUNKS_AT_ONCE
from backend.util.errors import TooLarge, Unavailable

_BATCH_BYTES = CHUNK_BYTES * CHUNKS_AT_ONCE


class FileWriter:
    """Stores files one after the other as their bytes come; see `writing`."""

    def __init__(self, database: Database, user_id: str, limits: FileLimits) -> None:
        self.files: list[FileInfo] = []
        """What was stored, once it is."""
        self._database = database
        self._user_id = user_id
        self._limits = limits
        self._digests: dict[str, str] = {}
        self._begun: list[str] = []
        self._name = ""
        self._sha256 = hashlib.sha256()
        self._waiting = bytearray()
        self._stored_bytes = 0

    async def begin(self, file_id: str, name: str, media_type: str) -> None:
        """The file before this one is whole, and here is the next.

        Raises:
            Conflict: no room, or the same file is there or coming.
        """
        await self.end()
        async with self._database.begin() as connection:
            await file_store.begin_file(
                connection,
                self._user_id,
                file_id=file_id,
                name=name,
                media_type=media_type,
                max_user_bytes=self._limits.user_bytes,
            )
        self._begun.append(file_id)
        self._name, self._sha256, self._stored_bytes = name, hashlib.sha256(), 0

    async def write(self, data: bytes) -> None:
        """The next bytes of the file.

        Raises:
            TooLarge: the file is over its limit.
            Conflict: the user's files are over theirs, or the upload was given up.
        """
        if self._stored_bytes + len(self._waiting) + len(data) > self._limits.file_bytes:
            raise TooLarge(
                f"The file {self._name!r} is larger than {self._limits.file_bytes / 2**20:,.4g} MiB; nothing was "
                "stored. Send a smaller one, or raise MAX_FILE_BYTES."
            )
        self._sha256.update(data)
        self._waiting += data
        if len(self._waiting) >= _BATCH_BYTES:
            await self._store(len(self._waiting) - len(self._waiting) % CHUNK_BYTES)

    async def _store(self, size_bytes: int) -> None:
        ready = bytes(self._waiting[:size_bytes])
        del self._waiting[:size_bytes]
        for offset, chunks in file_store.batches_of(ready):
            position = self._stored_bytes // CHUNK_BYTES + offset
            async with self._database.begin() as connection:
                await file_store.add_chunks(
                    connection,
                    self._user_id,
                    self._begun[-1],
                    position,
                    chunks,
                    max_user_bytes=self._limits.user_bytes,
                )
        self._stored_bytes += size_bytes

    async def end(self) -> None:
        """The file is whole."""
        if len(self._digests) < len(self._begun):
            await self._store(len(self._waiting))
            self._digests[self._begun[-1]] = self._sha256.hexdigest()

    async def finish(self) -> None:
        """Let all files be seen."""
        await self.end()
        async with self._database.begin() as connection:
            self.files = await file_store.finish_files(connection, self._user_id, self._digests)

    async def drop(self) -> None:
        """Leave nothing behind. If the database is away, what is left goes with the user's next upload."""
        with suppress(Unavailable):
            async with self._database.begin() as connection:
                await file_store.drop_coming(connection, self._user_id, self._begun)


@asynccontextmanager
async def writing(database: Database, user_id: str, limits: FileLimits) -> AsyncGenerator[FileWriter]:
    """A writer whose files are all seen when the block has ended, or none of them when it failed."""
    writer = FileWriter(database, user_id, limits)
    try:
        yield writer
        await writer.finish()
    except BaseException:
        await asyncio.shield(writer.drop())
        raise


async def read_range(
    database: Database, user_id: str, info: FileInfo, start: int, end: int
) -> AsyncIterator[bytes]:
    """The bytes `start` to `end - 1`, piece by piece.

    Raises:
        NotFound: the file was deleted meanwhile.
        Unavailable: the database is away.
    """
    last = -(-end // CHUNK_BYTES)
    for first in range(start // CHUNK_BYTES, last, CHUNKS_AT_ONCE):
        count = min(CHUNKS_AT_ONCE, last - first)
        async with database.begin() as connection:
            chunks = await file_store.read_chunks(connection, user_id, info, first, count)
        for place, chunk in enumerate(chunks, start=first):
            begins = place * CHUNK_BYTES
            yield chunk[max(0, start - begins) : end - begins]
