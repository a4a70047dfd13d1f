"""Files in the database: whole or not there, their owner's, gone when nobody needs them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.data import file_store
from backend.data.db import Database
from backend.data.file import FileContent, FileInfo, FileLimits, reference_to
from backend.data.file_stream import read_range, writing
from backend.data.graph import Graph, Node
from backend.data.graph_store import save_graph
from backend.data.user_store import LOCAL_USER_ID, create_user
from backend.util.clock import new_id
from backend.util.errors import Conflict, NotFound, TooLarge

LIMITS = FileLimits(file_bytes=5_000_000, user_bytes=20_000_000)
AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def other(database: Database) -> str:
    """Somebody else."""
    async with database.begin() as connection:
        await create_user(
            connection, user_id="other", email="o@example.com", name="o", role="editor", password_hash="x"
        )
    return "other"


async def put(
    database: Database, data: bytes = b"x", *, run_id: str | None = None, user_id: str = LOCAL_USER_ID
) -> str:
    """A stored file's id."""
    file_id = new_id()
    async with database.begin() as connection:
        await file_store.store_file(
            connection,
            user_id,
            FileContent("a.txt", "text/plain", data),
            file_id=file_id,
            run_id=run_id,
            max_user_bytes=LIMITS.user_bytes,
        )
    return file_id


async def grow_old(database: Database, *file_ids: str) -> None:
    async with database.raw() as connection:
        await connection.execute("UPDATE file SET used_at = $1 WHERE id = ANY($2)", AGO, list(file_ids))


async def upload(database: Database, *pieces: bytes, limits: FileLimits = LIMITS) -> FileInfo:
    """One file, written piece by piece."""
    async with writing(database, LOCAL_USER_ID, limits) as writer:
        await writer.begin(new_id(), "a", "text/plain")
        for piece in pieces:
            await writer.write(piece)
    return writer.files[0]


async def info_of(database: Database, file_id: str, user_id: str = LOCAL_USER_ID) -> FileInfo:
    async with database.begin() as connection:
        return await file_store.load_file(connection, user_id, file_id)


async def count(database: Database, table: str) -> int:
    async with database.raw() as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def prune(database: Database, before: datetime | None = None) -> int:
    async with database.begin() as connection:
        return await file_store.prune_files(
            connection, unused_before=before or datetime.now(UTC) - timedelta(days=30)
        )


async def test_chunks_are_all_of_one_size_but_the_last_however_the_bytes_come(database: Database) -> None:
    data = bytes(range(256)) * 9_000
    for size in (1_000, 65_536, 262_144, 2_000_000):
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        info = await upload(database, *pieces)
        async with database.raw() as connection:
            chunks = await connection.fetch(
                "SELECT position, length(data) FROM file_chunk WHERE file_id = $1 ORDER BY 1", info.id
            )
        assert [tuple(chunk) for chunk in chunks] == [
            (place, min(262_144, len(data) - place * 262_144)) for place in range(9)
        ]


async def test_any_part_of_a_file_can_be_read(database: Database) -> None:
    data = bytes(range(256)) * 6_000
    info = await info_of(database, await put(database, data))
    for start, end in [
        (0, 0),
        (0, 1),
        (262_143, 262_145),
        (0, len(data)),
        (1_048_575, 1_048_577),
        (7, 1_400_000),
    ]:
        pieces = [piece async for piece in read_range(database, LOCAL_USER_ID, info, start, end)]
        assert b"".join(pieces) == data[start:end], (start, end)


async def test_nothing_is_seen_of_a_file_before_all_of_its_upload_is_whole(database: Database) -> None:
    first = new_id()
    async with writing(database, LOCAL_USER_ID, LIMITS) as writer:
        await writer.begin(first, "a", "text/plain")
        await writer.write(b"x" * 2_000_000)
        await writer.begin(new_id(), "b", "text/plain")
        async with database.begin() as connection:
            assert await file_store.list_files(connection, LOCAL_USER_ID, limit=10) == []
            with pytest.raises(NotFound):
                await file_store.load_file(connection, LOCAL_USER_ID, first)
            with pytest.raises(NotFound):
                await file_store.delete_file(connection, LOCAL_USER_ID, first)
    assert [info.size_bytes for info in writer.files] == [2_000_000, 0]


async def test_failed_upload_leaves_nothing(database: Database) -> None:
    with pytest.raises(TooLarge):
        await upload(database, b"x" * 4_000_000, b"x" * 1_000_001)
    assert (await count(database, "file"), await count(database, "file_chunk")) == (0, 0)


async def test_cancelled_upload_leaves_nothing(database: Database) -> None:
    has_begun = asyncio.Event()

    async def stalls() -> None:
        async with writing(database, LOCAL_USER_ID, LIMITS) as writer:
            await writer.begin(new_id(), "a", "text/plain")
            await writer.write(b"x" * 4_000_000)
            has_begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(stalls())
    await has_begun.wait()
    assert await count(database, "file_chunk") > 10
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await count(database, "file"), await count(database, "file_chunk")) == (0, 0)


async def test_what_a_dead_process_left_goes_with_the_users_next_upload(
    database: Database, other: str
) -> None:
    left, coming, foreign = new_id(), new_id(), new_id()
    async with database.begin() as connection:
        for file_id, user_id in [(left, LOCAL_USER_ID), (coming, LOCAL_USER_ID), (foreign, other)]:
            await file_store.begin_file(
                connection, user_id, file_id=file_id, name="a", media_type="text/plain", max_user_bytes=10**9
            )
    await grow_old(database, left, foreign)
    async with writing(database, LOCAL_USER_ID, LIMITS) as writer:
        await writer.begin(left, "again", "text/plain")
    async with database.raw() as connection:
        ids = {row["id"] for row in await connection.fetch("SELECT id FROM file")}
    assert ids == {left, coming, foreign}
    assert (await info_of(database, left)).name == "again"
    with pytest.raises(Conflict, match="under way"):
        async with writing(database, LOCAL_USER_ID, LIMITS) as writer:
            await writer.begin(coming, "again", "text/plain")


async def test_upload_that_was_given_up_meanwhile_is_refused_and_leaves_nothing(database: Database) -> None:
    async def upload_that_is_given_up(size_bytes: int) -> None:
        async with writing(database, LOCAL_USER_ID, LIMITS) as writer:
            await writer.begin(new_id(), "a", "text/plain")
            async with database.raw() as connection:
                await connection.execute("DELETE FROM file")
            await writer.write(b"x" * size_bytes)

    for size_bytes in (0, 2_000_000):
        with pytest.raises(Conflict, match="took too long"):
            await upload_that_is_given_up(size_bytes)
    assert await count(database, "file") == 0


async def test_room_of_a_user_is_theirs_alone(database: Database, other: str) -> None:
    limits = FileLimits(file_bytes=5_000_000, user_bytes=3_000_000)
    await put(database, b"x" * 2_900_000, user_id=other)
    await put(database, b"x" * 2_000_000)
    with pytest.raises(Conflict, match="MAX_FILES_BYTES_PER_USER"):
        await upload(database, b"x" * 1_000_001, limits=limits)
    assert await count(database, "file") == 2


async def test_file_stored_again_under_its_id_stays_as_it_was(database: Database) -> None:
    file_id = await put(database, b"first")
    async with database.begin() as connection:
        await file_store.store_file(
            connection,
            LOCAL_USER_ID,
            FileContent("b.txt", "text/html", b"second"),
            file_id=file_id,
            run_id=None,
            max_user_bytes=LIMITS.user_bytes,
        )
    info = await info_of(database, file_id)
    assert (info.name, info.size_bytes) == ("a.txt", 5)
    assert await count(database, "file_chunk") == 1


async def test_every_query_keeps_to_the_owners_files(database: Database, other: str) -> None:
    file_id = await put(database, b"x")
    info = await info_of(database, file_id)
    async with database.begin() as connection:
        assert await file_store.find_files(connection, other, [file_id]) == []
        assert await file_store.list_files(connection, other, limit=10) == []
        for work in (
            file_store.load_file(connection, other, file_id),
            file_store.delete_file(connection, other, file_id),
            file_store.read_chunks(connection, other, info, 0, 1),
        ):
            with pytest.raises(NotFound):
                await work
        await file_store.touch_file(connection, other, file_id)
    assert await count(database, "file") == 1


async def test_file_deleted_while_it_is_read_is_an_error_and_not_a_shorter_file(database: Database) -> None:
    file_id = await put(database, b"x" * 3_000_000)
    info = await info_of(database, file_id)
    reading = read_range(database, LOCAL_USER_ID, info, 0, info.size_bytes)
    await anext(reading)
    async with database.begin() as connection:
        await file_store.delete_file(connection, LOCAL_USER_ID, file_id)
    with pytest.raises(NotFound):
        async for _ in reading:
            pass


async def test_use_is_noted_to_the_hour(database: Database) -> None:
    file_id = await put(database)
    before = (await info_of(database, file_id)).used_at
    for is_old in (False, True):
        if is_old:
            await grow_old(database, file_id)
        async with database.begin() as connection:
            await file_store.touch_file(connection, LOCAL_USER_ID, file_id)
        used_at = (await info_of(database, file_id)).used_at
        assert used_at > before if is_old else used_at == before


async def graph_with(database: Database, value: Any, user_id: str = LOCAL_USER_ID) -> str:
    node = Node(id="n", block_id="b", input_default={"file": value})
    async with database.begin() as connection:
        saved = await save_graph(connection, user_id, Graph(name="g", nodes=[node], links=[]))
    return saved.id


async def test_uploads_that_nobody_used_or_names_go_and_no_others(database: Database, other: str) -> None:
    names = ("unused", "used", "version", "old version", "draft", "waiting", "ended", "foreign")
    ids = {name: await put(database) for name in names}
    ids["of a run"] = await put(database, run_id="waiting")
    ids["of a gone run"] = await put(database, run_id="gone")
    await grow_old(database, *(file_id for name, file_id in ids.items() if name != "used"))
    value = {name: reference_to(file_id) for name, file_id in ids.items()}
    await graph_with(database, {"deep": [1, value["version"]]})
    graph_id = await graph_with(database, value["old version"])
    await graph_with(database, value["foreign"], other)
    async with database.begin() as connection:
        newer = Graph(id=graph_id, name="g", nodes=[], links=[])
        await save_graph(connection, LOCAL_USER_ID, newer)
    async with database.raw() as connection:
        await connection.execute(
            "UPDATE graph SET draft = $1 WHERE id = $2",
            f'{{"nodes": [{{"a": "{value["draft"]}"}}]}}',
            graph_id,
        )
        for run_id, status in [("waiting", "waiting"), ("ended", "completed")]:
            await connection.execute(
                "INSERT INTO run (id, user_id, graph_id, graph_version, status, root_run_id, inputs) "
                "VALUES ($1, $2, $3, 1, $4::text::run_status, $1, $5)",
                *(run_id, LOCAL_USER_ID, graph_id, status, f'{{"a": "{value[run_id]}"}}'),
            )
    assert await prune(database) == 4
    async with database.begin() as connection:
        kept = {info.id for info in await file_store.list_files(connection, LOCAL_USER_ID, limit=100)}
    gone = {"unused", "ended", "foreign", "of a gone run"}
    assert kept == {file_id for name, file_id in ids.items() if name not in gone}
    assert await prune(database) == 0


async def test_pruning_at_a_moment_takes_what_was_last_used_before_it(database: Database) -> None:
    file_id = await put(database)
    used_at = (await info_of(database, file_id)).used_at
    assert await prune(database, used_at) == 0
    assert await prune(database, used_at + timedelta(milliseconds=1)) == 1
    assert await count(database, "file_chunk") == 0


async def test_files_of_a_run_go_with_it(database: Database) -> None:
    kept = [await put(database), await put(database, run_id="r3")]
    for run_id in ("r1", "r1", "r2"):
        await put(database, run_id=run_id)
    async with database.begin() as connection:
        assert await file_store.delete_files_of_runs(connection, ["r1", "r2", "absent"]) == 3
        left = await file_store.list_files(connection, LOCAL_USER_ID, limit=10)
    assert {info.id for info in left} == set(kept)
