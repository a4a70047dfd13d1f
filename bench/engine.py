"""Blockyard in this process, with the blocks of the benchmarks, on a database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from backend.app import App, open_app
from backend.blocks import Catalogue, catalogue
from backend.data.graph import Graph
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.util.settings import Settings
from bench import blocks, graphs
from bench.timing import Work

RESULTS = Path(__file__).resolve().parent / "results"


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for one benchmark's data, beside the checkout: the system's temporary one may be memory."""
    RESULTS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=RESULTS))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(folder: Path) -> Settings:
    """Default settings on `folder`, whatever this machine's `.env` and DATABASE_URL say."""
    given: dict[str, Any] = {"_env_file": None, "BLOCKYARD_DATA_DIR": folder, "database_url": ""}
    return Settings(**given)


def all_blocks() -> Catalogue:
    """The blocks of an installation and those of the benchmarks."""
    found = Catalogue()
    for block_class in (*map(type, catalogue()), *blocks.ALL):
        found.add(block_class)
    return found


@asynccontextmanager
async def engine(settings: Settings, *, takes_queued: bool = False) -> AsyncIterator[App]:
    """A worker at work, its connections open; it takes runs from the queue only when asked to."""
    for block_class in blocks.ALL:
        catalogue().add(block_class)
    async with open_app(settings, takes_queued=takes_queued) as app:
        await (await durable_run(app, graphs.single_node()))()
        yield app


async def durable_run(app: App, graph: Graph) -> Work:
    """What runs the graph once, from accepting it to its final state on disk.

    Raises:
        RuntimeError: a run did not complete; its time would mean nothing.
    """
    saved = await app.worker.save_graph(LOCAL_USER_ID, graph)

    async def run_once() -> None:
        accepted = await app.worker.submit(LOCAL_USER_ID, saved.id, {}, is_durable_first=False)
        loop = accepted.loop
        if loop is None or await loop.done is not RunStatus.COMPLETED:
            raise RuntimeError(f"A run of {saved.name} did not complete: {loop and loop.errors}")

    return run_once
