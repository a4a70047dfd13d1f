"""Files as values: read by their owner's nodes only, stored once for each firing, gone when they are deleted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from backend.blocks import Catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.files.read import FileReadBlock
from backend.blocks.files.store import FileStoreBlock, WriteFileBlock
from backend.blocks.http.send_request import SendWebRequestBlock
from backend.blocks.inputs.file import AgentFileInputBlock
from backend.data import file_store
from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context, SyncContext
from backend.data.db import Database
from backend.data.file import FileContent, FileInfo, file_id_in, reference_to
from backend.data.file_stream import read_range
from backend.data.graph import Node
from backend.data.model import BlockSchema, SchemaField
from backend.data.run import EventKind
from backend.data.user_store import LOCAL_USER_ID, create_user
from backend.executor.worker import Worker
from backend.util.clock import new_id
from backend.util.settings import Settings, use
from backend.util.settings import settings as of_the_process
from tests.executor.test_resume import check_equal, until_over
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import graph, node, retries
from tests.support.http_server import Answer, local_http_server, reachable
from tests.support.rewind import records_of, rewind


class SaverBlock(Block):
    """Stores two files with other contents each time, gives them, and fails until its `good`-th attempt."""

    id = "test-saver"

    class Input(BlockSchema):
        good: int = SchemaField(default=1)
        name: str = SchemaField(default="a.txt")

    class Output(BlockSchema):
        out: str = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        for _ in range(2):
            yield "out", await context.save_file(input_data.name, uuid4().bytes)
        if context.attempt < input_data.good:
            yield "error", "not yet"


class ThreadCopyBlock(Block):
    """Copies a file, in a thread."""

    id = "test-thread-copy"

    class Input(BlockSchema):
        file: str = SchemaField()

    class Output(BlockSchema):
        out: str = SchemaField()
        info: Any = SchemaField()

    def run(self, input_data: Input, *, context: SyncContext, **kwargs: Any) -> BlockOutput:
        content = context.read_file(input_data.file)
        yield "info", [content.name, content.media_type, len(content.data)]
        yield "out", context.save_file(f"copy of {content.name}", content.data, content.media_type)


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with([*b.BLOCKS, SaverBlock, ThreadCopyBlock])


async def put(database: Database, data: bytes, user_id: str = LOCAL_USER_ID, name: str = "a.txt") -> str:
    """An uploaded file; its reference."""
    file_id = new_id()
    async with database.begin() as connection:
        await file_store.store_file(
            connection,
            user_id,
            FileContent(name, "text/plain", data),
            file_id=file_id,
            run_id=None,
            max_user_bytes=10**9,
        )
    return reference_to(file_id)


async def stored(database: Database, value: str) -> tuple[FileInfo, bytes]:
    """The file of the local user that a value names."""
    async with database.begin() as connection:
        info = await file_store.load_file(connection, LOCAL_USER_ID, file_id_in(value) or "")
    pieces = [piece async for piece in read_range(database, LOCAL_USER_ID, info, 0, info.size_bytes)]
    return info, b"".join(pieces)


async def files_of(database: Database, run_id: str) -> list[FileInfo]:
    async with database.begin() as connection:
        return await file_store.list_files(connection, LOCAL_USER_ID, limit=100, run_id=run_id)


def output(name: str) -> Node:
    return node(f"out {name}", AgentOutputBlock, name=name)


def the_error(run: EngineRun) -> tuple[str | None, str, str]:
    assert run.status == "failed"
    (error,) = run.errors
    return error


async def test_file_given_to_a_run_is_read_copied_and_the_copy_belongs_to_the_run(
    worker: Worker, database: Database
) -> None:
    data = bytes(range(256)) * 5_000
    value = await put(database, data, name="größe.bin")
    run = await execute(
        worker,
        graph(
            [
                node("in", AgentFileInputBlock, name="file"),
                node("copy", ThreadCopyBlock),
                output("copy"),
                output("info"),
            ],
            ["in.result -> copy.file", "copy.out -> out copy.value", "copy.info -> out info.value"],
        ),
        {"file": value},
    )
    assert run.output["info"] == [["größe.bin", "text/plain", len(data)]]
    info, copied = await stored(database, run.output["copy"][0])
    assert copied == data
    assert (info.name, info.media_type, info.run_id) == ("copy of größe.bin", "text/plain", run.view.id)
    assert [one.id for one in await files_of(database, run.view.id)] == [info.id]


async def test_file_of_another_user_is_as_absent_and_the_node_that_reads_it_says_which_pin(
    worker: Worker, database: Database
) -> None:
    async with database.begin() as connection:
        await create_user(
            connection, user_id="other", email="o@example.com", name="o", role="editor", password_hash="x"
        )
    absent = reference_to(new_id())
    for value in (await put(database, b"his", "other"), absent, "file:x", "/etc/passwd"):
        reading = [
            graph([node("read", FileReadBlock, file_input=value)]),
            graph(
                [node("in", b.PureBlock, value=value), node("read", FileReadBlock)],
                ["in.out -> read.file_input"],
            ),
            graph([node("read", AgentFileInputBlock, name="doc")]),
            graph([node("read", FileStoreBlock, file_in=value)]),
            graph(
                [
                    node(
                        "read",
                        SendWebRequestBlock,
                        url="https://example.com",
                        files=[value],
                        json_format=False,
                    )
                ]
            ),
        ]
        for case, pin in zip(reading, ("file_input", "file_input", "value", "file_in", "files"), strict=True):
            inputs = {"doc": value} if pin == "value" else {}
            node_id, code, message = the_error(await execute(worker, case, inputs))
            assert (node_id, code) == ("read", "invalid_input")
            assert message.startswith(f"Input {pin!r}: "), message
            said = "There is no file" if file_id_in(value) else "names no file"
            assert said in message


async def test_failure_to_read_a_file_goes_to_a_linked_error_pin(worker: Worker) -> None:
    run = await execute(
        worker,
        graph(
            [node("read", FileReadBlock, file_input="file:gone"), output("why")],
            ["read.error -> out why.value"],
        ),
    )
    assert run.status == "completed"
    assert "names no file" in run.output["why"][0]


async def test_run_cut_after_any_event_ends_with_the_same_files(worker: Worker, database: Database) -> None:
    wanted = graph(
        [
            node("g", b.ItemsBlock, items=["a.txt", "b.txt"]),
            node("s", SaverBlock),
            node("c", b.GatherBlock),
            output("y"),
        ],
        ["g.item -> s.name", "s.out -> c.items", "c.list -> out y.value"],
    )
    async with database.raw() as raw:
        first = await execute(worker, wanted)
        values = first.output["y"][0]
        assert len(set(values)) == 4
        contents = [await stored(database, value) for value in values]
        records = await records_of(raw, first.view.id)
        steps = [record for record in records if record[0] == "k" and record[1] == EventKind.STEP]
        assert len(steps) == 4
        for cut in range(1, len(records)):
            await rewind(raw, first.view.id, records[:cut])
            await until_over(raw, first.view.id)
            check_equal(first, await look(worker, first.graph, first.view.id, timeout_s=0), cut)
            assert [await stored(database, value) for value in values] == contents
        assert len(await files_of(database, first.view.id)) == 4


async def test_firing_that_is_tried_again_gives_the_same_files(worker: Worker, database: Database) -> None:
    run = await execute(
        worker,
        graph([node("s", SaverBlock, good=3, policy=retries(2)), output("y")], ["s.out -> out y.value"]),
    )
    assert run.status == "completed"
    assert len(run.of(EventKind.RETRIED)) == 2
    assert len(run.output["y"]) == 2
    assert {file_id_in(value) for value in run.output["y"]} == {
        info.id for info in await files_of(database, run.view.id)
    }


async def test_file_over_the_limits_fails_its_node_and_is_not_stored(
    worker: Worker, database: Database, settings: Settings
) -> None:
    settings.max_file_bytes, settings.max_files_bytes_per_user = 10_000, 15_000
    value = await put(database, b"x" * 10_001)
    cases: list[tuple[type[Block], dict[str, Any], str, str]] = [
        (WriteFileBlock, {"content": "x" * 10_001}, "too_large", "MAX_FILE_BYTES"),
        (WriteFileBlock, {"content": "x" * 9_000}, "conflict", "MAX_FILES_BYTES_PER_USER"),
        (FileReadBlock, {"file_input": value}, "limit_reached", "MAX_FILE_BYTES"),
    ]
    for block, constants, code, word in cases:
        run = await execute(worker, graph([node("n", block, **constants)]))
        node_id, found, message = the_error(run)
        assert (node_id, found) == ("n", code)
        assert word in message
        assert await files_of(database, run.view.id) == []


async def test_file_from_the_web_is_fetched_once_also_when_the_run_is_resumed(
    worker: Worker, database: Database
) -> None:
    picture = Answer(200, b"\x89PNG", {"Content-Type": "image/png; x=y"})
    with local_http_server({"/a/logo%20one.png": picture}) as server, reachable(server):
        wanted = graph(
            [node("s", FileStoreBlock, file_in=f"{server.base_url}/a/logo%20one.png"), output("y")],
            ["s.file_out -> out y.value"],
        )
        first = await execute(worker, wanted)
        info, data = await stored(database, first.output["y"][0])
        assert (info.name, info.media_type, data) == ("logo one.png", "image/png", b"\x89PNG")
        async with database.raw() as raw:
            records = await records_of(raw, first.view.id)
            after = [place for place, one in enumerate(records, start=1) if one[:2] == ["k", EventKind.STEP]][
                -1
            ]
            for cut in range(after, len(records)):
                await rewind(raw, first.view.id, records[:cut])
                await until_over(raw, first.view.id)
                check_equal(first, await look(worker, first.graph, first.view.id, timeout_s=0), cut)
    assert len(server.seen) == 1


async def test_address_of_a_file_that_is_not_public_is_refused_unseen(worker: Worker) -> None:
    with local_http_server({"/a": Answer()}) as server:
        address = f"{server.base_url}/a"
        for reader in (
            node("n", FileStoreBlock, file_in=address),
            node("n", FileReadBlock, file_input=address),
        ):
            run = await execute(worker, graph([reader]))
            assert the_error(run)[1] == "address_refused"
    assert server.seen == []


async def test_download_over_the_limit_is_refused(worker: Worker) -> None:
    big = Answer(200, b"x" * 20_000)
    with local_http_server({"/a": big}) as server, reachable(server):
        before = of_the_process.model_copy()
        use(of_the_process.model_copy(update={"max_file_bytes": 10_000}))
        try:
            run = await execute(worker, graph([node("n", FileStoreBlock, file_in=f"{server.base_url}/a")]))
        finally:
            use(before)
    assert "MiB" in the_error(run)[2]


async def test_file_of_a_run_is_sent_on_as_part_of_a_form(worker: Worker) -> None:
    with local_http_server({"/upload": Answer.of_json({"ok": True})}) as server, reachable(server):
        run = await execute(
            worker,
            graph(
                [
                    node("w", WriteFileBlock, content="größe", name="a.csv"),
                    node(
                        "send",
                        SendWebRequestBlock,
                        url=f"{server.base_url}/upload",
                        json_format=False,
                        files_name="doc",
                        body={"title": "t"},
                    ),
                    output("y"),
                ],
                ["w.file -> send.files_$_0", "send.response -> out y.value"],
            ),
        )
    assert run.output["y"] == [{"ok": True}]
    (seen,) = server.seen
    assert b'name="doc"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' + "größe".encode() in seen.body


async def test_file_that_was_deleted_is_not_read(worker: Worker, database: Database) -> None:
    value = await put(database, b"x")
    async with database.begin() as connection:
        await file_store.delete_file(connection, LOCAL_USER_ID, file_id_in(value) or "")
    run = await execute(worker, graph([node("read", FileReadBlock, file_input=value)]))
    assert "There is no file" in the_error(run)[2]


async def test_reading_a_file_in_a_run_counts_as_use(worker: Worker, database: Database) -> None:
    value = await put(database, b"x")
    async with database.raw() as raw:
        await raw.execute("UPDATE file SET used_at = '2020-01-01'")
    await execute(worker, graph([node("read", FileReadBlock, file_input=value)]))
    assert (await stored(database, value))[0].used_at.year > 2020
