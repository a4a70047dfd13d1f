"""Queries on files and their chunks. A file without a digest is still coming, and nobody sees it.

Chunks of a file never change, so a reader may fetch them one after the other without holding a transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.file import REFERENCE_PATTERN, FileContent, FileInfo
from backend.data.run import FINAL
from backend.data.tables import file, file_chunk, users
from backend.util.errors import Conflict, NotFound

CHUNK_BYTES = 262_144
"""Every chunk but a file's last has this size."""
CHUNKS_AT_ONCE = 4
ABANDONED_AFTER = timedelta(minutes=5)
"""An upload of which nothing came for so long is over."""

Place = tuple[datetime, str]
"""Where a page of a list ended."""

_COMING = ""
_IS_WHOLE = file.c.sha256 != _COMING
_IS_COMING = file.c.sha256 == _COMING
_VIEW = (
    file.c.id,
    file.c.run_id,
    file.c.name,
    file.c.media_type,
    file.c.size_bytes,
    file.c.sha256,
    file.c.created_at,
    file.c.used_at,
)


# -- writing -----------------------------------------------------------------------------------------------


async def begin_file(
    connection: AsyncConnection,
    user_id: str,
    *,
    file_id: str,
    name: str,
    media_type: str,
    max_user_bytes: int,
) -> None:
    """Make room for a file whose chunks are to come. What this user's abandoned uploads left is removed.

    Raises:
        Conflict: the user's files are too many bytes already, or the same file is there or coming.
    """
    await check_room(connection, user_id, 0, max_user_bytes=max_user_bytes)
    abandoned = sa.func.now() - ABANDONED_AFTER
    await connection.execute(
        sa.delete(file).where(file.c.user_id == user_id, _IS_COMING, file.c.used_at < abandoned)
    )
    statement = insert(file).values(
        id=file_id, user_id=user_id, name=name, media_type=media_type, size_bytes=0, sha256=_COMING
    )
    if await connection.scalar(statement.on_conflict_do_nothing().returning(file.c.id)) is None:
        raise Conflict("The same upload is under way. Wait until it ends; then this request gives its files.")


async def add_chunks(
    connection: AsyncConnection,
    user_id: str,
    file_id: str,
    position: int,
    chunks: Sequence[bytes],
    *,
    max_user_bytes: int,
) -> None:
    """Store the next chunks of a file that is coming; `position` is the number of the first.

    Raises:
        Conflict: the user's files would be too many bytes, or the upload was given up meanwhile.
    """
    size_bytes = sum(map(len, chunks))
    await check_room(connection, user_id, size_bytes, max_user_bytes=max_user_bytes)
    grown = await connection.scalar(
        sa.update(file)
        .where(file.c.user_id == user_id, file.c.id == file_id, _IS_COMING)
        .values(size_bytes=file.c.size_bytes + size_bytes, used_at=sa.func.now())
        .returning(file.c.id)
    )
    if grown is None:
        raise Conflict("The upload took too long and was given up. Send it again.")
    await _insert_chunks(connection, file_id, position, chunks)


async def finish_files(
    connection: AsyncConnection, user_id: str, digests: Mapping[str, str]
) -> list[FileInfo]:
    """Let everything be seen that has come; `digests` has the SHA-256 of each file by its id.

    Raises:
        Conflict: an upload was given up meanwhile.
    """
    found: list[FileInfo] = []
    for file_id, sha256 in digests.items():
        statement = (
            sa.update(file)
            .where(file.c.user_id == user_id, file.c.id == file_id, _IS_COMING)
            .values(sha256=sha256, created_at=sa.func.now(), used_at=sa.func.now())
            .returning(*_VIEW)
        )
        row = (await connection.execute(statement)).mappings().one_or_none()
        if row is None:
            raise Conflict("The upload took too long and was given up. Send it again.")
        found.append(FileInfo(**row))
    return found


async def drop_coming(connection: AsyncConnection, user_id: str, file_ids: Sequence[str]) -> None:
    """Remove what came of an upload that failed."""
    await connection.execute(
        sa.delete(file).where(file.c.user_id == user_id, file.c.id.in_(file_ids), _IS_COMING)
    )


async def store_file(
    connection: AsyncConnection,
    user_id: str,
    content: FileContent,
    *,
    file_id: str,
    run_id: str | None,
    max_user_bytes: int,
) -> None:
    """Store a whole file. When its id is there already, that one stays: a repetition changes nothing.

    Raises:
        Conflict: the user's files would be too many bytes.
    """
    if await connection.scalar(sa.select(file.c.id).where(file.c.user_id == user_id, file.c.id == file_id)):
        return
    await check_room(connection, user_id, len(content.data), max_user_bytes=max_user_bytes)
    statement = insert(file).values(
        id=file_id,
        user_id=user_id,
        run_id=run_id,
        name=content.name,
        media_type=content.media_type,
        size_bytes=len(content.data),
        sha256=hashlib.sha256(content.data).hexdigest(),
    )
    if await connection.scalar(statement.on_conflict_do_nothing().returning(file.c.id)) is None:
        return
    for position, chunks in batches_of(content.data):
        await _insert_chunks(connection, file_id, position, chunks)


def batches_of(data: bytes | bytearray) -> Iterator[tuple[int, list[bytes]]]:
    """The data in chunks, a few at a time, each time with the number of the first."""
    step = CHUNK_BYTES * CHUNKS_AT_ONCE
    for start in range(0, len(data), step):
        end = min(start + step, len(data))
        chunks = [bytes(data[at : min(at + CHUNK_BYTES, end)]) for at in range(start, end, CHUNK_BYTES)]
        yield start // CHUNK_BYTES, chunks


async def _insert_chunks(
    connection: AsyncConnection, file_id: str, position: int, chunks: Sequence[bytes]
) -> None:
    rows = [
        {"file_id": file_id, "position": place, "data": chunk}
        for place, chunk in enumerate(chunks, start=position)
    ]
    if rows:
        await connection.execute(sa.insert(file_chunk), rows)


async def check_room(
    connection: AsyncConnection, user_id: str, more_bytes: int, *, max_user_bytes: int
) -> None:
    """Refuse what is too much for one user; until the transaction ends, they can store nothing beside it.

    It comes before anything is written: two uploads that took their locks in another order would wait for
    each other.

    Raises:
        Conflict: with `more_bytes` their files would be more than `max_user_bytes`.
    """
    mine = sa.select(users.c.id).where(users.c.id == user_id)
    await connection.execute(mine.with_for_update(key_share=True))
    total = sa.select(sa.func.coalesce(sa.func.sum(file.c.size_bytes), 0)).where(file.c.user_id == user_id)
    if int(await connection.scalar(total) or 0) + more_bytes > max_user_bytes:
        raise Conflict(
            f"Your files would take more than {max_user_bytes / 2**20:,.0f} MiB; nothing was stored. "
            "Delete files that you do not need, or raise MAX_FILES_BYTES_PER_USER."
        )


# -- reading -----------------------------------------------------------------------------------------------


async def load_file(connection: AsyncConnection, user_id: str, file_id: str) -> FileInfo:
    """What is known of a file.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    found = await find_files(connection, user_id, [file_id])
    if not found:
        raise _absent(file_id)
    return found[0]


async def find_files(connection: AsyncConnection, user_id: str, file_ids: Sequence[str]) -> list[FileInfo]:
    """Those of these files that the user has, in this order."""
    query = sa.select(*_VIEW).where(file.c.user_id == user_id, file.c.id.in_(file_ids), _IS_WHOLE)
    by_id = {row["id"]: FileInfo(**row) for row in (await connection.execute(query)).mappings()}
    return [by_id[file_id] for file_id in file_ids if file_id in by_id]


async def list_files(
    connection: AsyncConnection,
    user_id: str,
    *,
    limit: int,
    before: Place | None = None,
    run_id: str | None = None,
    name_part: str = "",
) -> list[FileInfo]:
    """The user's files, newest first; `before` is where the page before ended."""
    query = sa.select(*_VIEW).where(file.c.user_id == user_id, _IS_WHOLE)
    if before is not None:
        query = query.where(sa.tuple_(file.c.created_at, file.c.id) < sa.tuple_(*before))
    if run_id is not None:
        query = query.where(file.c.run_id == run_id)
    if name_part:
        query = query.where(file.c.name.icontains(name_part, autoescape=True))
    query = query.order_by(file.c.created_at.desc(), file.c.id.desc()).limit(limit)
    return [FileInfo(**row) for row in (await connection.execute(query)).mappings()]


async def read_chunks(
    connection: AsyncConnection, user_id: str, info: FileInfo, first: int, count: int
) -> list[bytes]:
    """Chunks `first` to `first + count - 1` of the file, as far as there are so many.

    Raises:
        NotFound: the file was deleted meanwhile.
    """
    query = (
        sa.select(file_chunk.c.data)
        .join(file, file.c.id == file_chunk.c.file_id)
        .where(file.c.user_id == user_id, file.c.id == info.id, file.c.sha256 == info.sha256)
        .where(file_chunk.c.position >= first, file_chunk.c.position < first + count)
        .order_by(file_chunk.c.position)
    )
    found = list((await connection.scalars(query)).all())
    if len(found) != min(count, max(0, -(-info.size_bytes // CHUNK_BYTES) - first)):
        raise _absent(info.id)
    return found


async def touch_file(connection: AsyncConnection, user_id: str, file_id: str) -> None:
    """Note that a file was used, to the hour."""
    await connection.execute(
        sa.update(file)
        .where(file.c.user_id == user_id, file.c.id == file_id)
        .where(file.c.used_at < sa.func.now() - timedelta(hours=1))
        .values(used_at=sa.func.now())
    )


async def delete_file(connection: AsyncConnection, user_id: str, file_id: str) -> int:
    """Delete a file; how many bytes it had.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    size_bytes: int | None = await connection.scalar(
        sa.delete(file)
        .where(file.c.user_id == user_id, file.c.id == file_id, _IS_WHOLE)
        .returning(file.c.size_bytes)
    )
    if size_bytes is None:
        raise _absent(file_id)
    return size_bytes


def _absent(file_id: str) -> NotFound:
    return NotFound(f"There is no file {file_id!r}.")


# -- retention: it acts for every user ---------------------------------------------------------------------


async def prune_files(connection: AsyncConnection, *, unused_before: datetime) -> int:
    """Delete uploaded files that nobody has used since then; how many.

    Those stay which a version or draft of their owner's graphs names, or a run that has not ended. What runs
    made stays as long as its run (`delete_files_of_runs`), and goes here when that is gone.
    """
    values = {"unused": unused_before.astimezone(UTC), "reference": REFERENCE_PATTERN}
    return (await connection.execute(sa.text(_PRUNE), values)).rowcount


_FINAL_LIST = ", ".join(f"'{status}'" for status in FINAL)
_PRUNE = f"""
WITH unused AS MATERIALIZED (
  SELECT id, user_id FROM file f WHERE used_at < :unused
    AND (run_id IS NULL OR NOT EXISTS (SELECT 1 FROM run r WHERE r.id = f.run_id))),
owner AS MATERIALIZED (SELECT DISTINCT user_id FROM unused),
said (user_id, text) AS (
  SELECT user_id, draft::text FROM graph JOIN owner USING (user_id)
  UNION ALL
  SELECT user_id, definition::text FROM graph g JOIN owner USING (user_id) JOIN graph_version ON graph_id = g.id
  UNION ALL
  SELECT user_id, concat(inputs, ' ', options) FROM run JOIN owner USING (user_id)
    WHERE status NOT IN ({_FINAL_LIST})),
named AS MATERIALIZED (
  SELECT DISTINCT user_id, id[1] AS id FROM said, regexp_matches(text, CAST(:reference AS text), 'g') AS found (id))
DELETE FROM file f USING unused u WHERE f.id = u.id AND f.used_at < :unused
  AND NOT EXISTS (SELECT 1 FROM named n WHERE n.user_id = u.user_id AND n.id = u.id)"""


async def delete_files_of_runs(connection: AsyncConnection, run_ids: Sequence[str]) -> int:
    """Delete what these runs have made; how many files."""
    return (await connection.execute(sa.delete(file).where(file.c.run_id.in_(list(run_ids))))).rowcount
