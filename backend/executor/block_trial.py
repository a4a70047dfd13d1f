"""Runs the examples of blocks through the engine, each as a durable run of a graph of one node.

The other half, a block without an engine, is `backend.blocks.testing`; both are compared in the same way.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import orjson

from backend.blocks.testing import IDEMPOTENCY_KEY, IDS, mocked
from backend.data import file_store, review_store
from backend.data.block import Block, BlockData, BlockKind, Context, Decision, Execution, TestCase
from backend.data.credentials import Credentials, CredentialsMetaInput
from backend.data.db import Database
from backend.data.examples import file_value
from backend.data.file import file_id_in
from backend.data.graph import Graph, Node
from backend.data.model import JsonObject
from backend.data.run import EventKind, RunEvent, RunOptions, RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.journal_reader import read_segments
from backend.executor.records import unfold
from backend.executor.values import Stored, from_wire, release
from backend.executor.worker import Worker
from backend.integrations.secret_values import scrubber_for
from backend.util.clock import now
from backend.util.errors import BadInput
from backend.util.settings import Settings

NODE = "block"
LONGEST_WAIT = timedelta(milliseconds=20)
TIMEOUT_S = 20.0
_FACTS = {**IDS, "idempotency_key": IDEMPOTENCY_KEY}


def is_runnable(block: Block, case: TestCase) -> bool:
    """Whether the engine ever comes to run it: notes are only read, a run without its input is refused.

    A constant of null means that there is none, so where null is a value it comes over links only.
    """
    is_without_value = block.kind is BlockKind.INPUT and case.input.get("value") is None and not case.output
    required = block.input_model(case.input).required_pins()
    takes_null = any(name in required and value is None for name, value in case.input.items())
    return block.kind is not BlockKind.NOTE and not is_without_value and not takes_null


def expected_of_engine(case: TestCase) -> list[BlockData]:
    """What the case expects, as the engine lets it out: without the secrets of its credential."""
    if case.credentials is None:
        return case.output
    scrubber = scrubber_for([case.credentials])
    return [(pin, scrubber.value(value)) for pin, value in case.output]


@dataclass(frozen=True, slots=True)
class Stage:
    """A worker that knows the blocks on trial, each under an id of its own."""

    worker: Worker
    blocks: dict[str, Block]
    credentials: dict[str, Any]

    async def run(self, block: Block, case: TestCase) -> list[BlockData]:
        """What the block yields for the case, in order; a failure is a last `("error", its text)`.

        Waits are over after 20 ms, and whoever is asked approves. A graph that is refused because the case's
        constants do not fit counts as a failure, with the refusal as its text.
        """
        block_id = f"trial-{len(self.blocks)}"
        self.blocks[block_id] = on_trial(block, case)
        self.credentials[block_id] = case.credentials
        await self._store_files(case)
        hidden = block.Input.hidden_pins() if block.kind is BlockKind.TRIGGER else frozenset[str]()
        given = {name: value for name, value in case.input.items() if name in hidden}
        constants = {name: value for name, value in case.input.items() if name not in hidden}
        graph = Graph(
            name=block.name, nodes=[Node(id=NODE, block_id=block_id, input_default=constants)], links=[]
        )
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._run_graph(graph, given)
        except BadInput as error:
            return [("error", str(error))]

    async def _store_files(self, case: TestCase) -> None:
        if not case.files:
            return
        async with self.worker.database.begin() as connection:
            for content in case.files:
                file_id = file_id_in(file_value(content))
                assert file_id is not None
                await file_store.store_file(
                    connection,
                    LOCAL_USER_ID,
                    content,
                    file_id=file_id,
                    run_id=None,
                    max_user_bytes=self.worker.settings.max_files_bytes_per_user,
                )

    async def _run_graph(self, graph: Graph, given: JsonObject) -> list[BlockData]:
        """`given` is what starts a trigger; nothing for other blocks."""
        saved = await self.worker.save_graph(LOCAL_USER_ID, graph)
        options = RunOptions(trigger_node=NODE) if given else None
        accepted = await self.worker.submit(LOCAL_USER_ID, saved.id, given, options=options)
        is_over = accepted.loop is not None and await accepted.loop.done is not None
        while not is_over:
            view = await self.worker.wait(LOCAL_USER_ID, accepted.run_id, timeout_s=0.2)
            if view.status is RunStatus.WAITING:
                await self._approve(accepted.run_id)
            is_over = view.status.is_final
        return await self._yields(accepted.run_id)

    async def _approve(self, run_id: str) -> None:
        async with self.worker.database.begin() as connection:
            reviews = await review_store.list_open_reviews(connection, LOCAL_USER_ID, limit=1000)
        for review in reviews:
            if review["run_id"] == run_id:
                await self.worker.decide(LOCAL_USER_ID, review["id"], Decision(is_approved=True, data=None))

    async def _yields(self, run_id: str) -> list[BlockData]:
        async with self.worker.database.raw() as connection:
            events = unfold(run_id, [NODE], await read_segments(connection, run_id))
        return [
            await self._pair(event) for event in events if event.kind in (EventKind.YIELDED, EventKind.FAILED)
        ]

    async def _pair(self, event: RunEvent) -> BlockData:
        if event.kind == EventKind.FAILED:
            return "error", event.data["message"]
        held = from_wire(event.data["value"])
        if isinstance(held, Stored):
            return event.data["pin"], orjson.loads(await self.worker.read(LOCAL_USER_ID, held.blob_id))
        return event.data["pin"], release(held)


@asynccontextmanager
async def open_stage(database: Database, settings: Settings) -> AsyncGenerator[Stage]:
    """A worker for trials. It leaves its graphs and runs in the database, so give it one to throw away."""
    blocks: dict[str, Block] = {}
    given = _GivenCredentials()
    worker = Worker(database, settings, blocks.get, given)
    async with worker.at_work():
        yield Stage(worker, blocks, given.by_block)


class _GivenCredentials:
    """Gives each block the credential of its example."""

    def __init__(self) -> None:
        self.by_block: dict[str, Any] = {}

    async def get(self, user_id: str, reference: CredentialsMetaInput[Any, Any]) -> Credentials:
        return cast(
            "Credentials", next(one for one in self.by_block.values() if one and one.id == reference.id)
        )


def on_trial(block: Block, case: TestCase) -> Block:
    """A copy with the case's mocks, whose `run` sees the ids of the example and waits 20 ms at most."""
    tested = mocked(block, case.mock)
    wanted = tested.wanted_keywords
    if wanted & {"context", *_FACTS}:
        original = tested.run
        tested = copy.copy(tested)
        is_async = block.execution is Execution.ASYNC
        wrapped = _async_run(original) if is_async else _sync_run(original)
        vars(tested).update(run=wrapped, wanted_keywords=wanted, execution=block.execution)
    return tested


def _async_run(original: Callable[..., Any]) -> Callable[..., AsyncIterator[BlockData]]:
    async def run(input_data: Any, **kwargs: Any) -> AsyncIterator[BlockData]:
        async for pair in original(input_data, **_example_facts(kwargs)):
            yield pair

    return run


def _sync_run(original: Callable[..., Any]) -> Callable[..., Iterator[BlockData]]:
    def run(input_data: Any, **kwargs: Any) -> Iterator[BlockData]:
        yield from original(input_data, **_example_facts(kwargs))

    return run


def _example_facts(kwargs: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: _FACTS.get(name, value) for name, value in kwargs.items()}
    if "context" in facts:
        facts["context"] = _Hurried(facts["context"])
    return facts


class _Hurried:
    """A context whose waits are short."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def wait_until(self, moment: datetime, key: str = "wait") -> Any:
        return self._context.wait_until(min(moment, now() + LONGEST_WAIT), key)


async def try_all(stage: Stage, cases: Sequence[tuple[Block, TestCase]]) -> list[list[BlockData]]:
    """All of them, ten at a time; in their order."""
    room = asyncio.Semaphore(10)

    async def one(block: Block, case: TestCase) -> list[BlockData]:
        async with room:
            return await stage.run(block, case)

    return list(await asyncio.gather(*(one(block, case) for block, case in cases)))
