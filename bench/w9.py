"""W9: what a firing of each pure block costs above its own work, and what the catalogue adds to the start.

A run of 201 nodes of the block, each with the block's first example, is compared with a run of one of them
and with calling the block 200 times without an engine. Measured from accepting the run to its final state on
disk, with every firing and value in the journal.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from statistics import median

from backend.app import App
from backend.blocks import catalogue
from backend.blocks.testing import checked_input
from backend.data.block import Block, BlockKind, Execution
from backend.data.graph import Graph, Node
from backend.data.model import JsonObject
from bench.engine import data_folder, durable_run, engine, settings_for
from bench.figure import Figure
from bench.timing import Work, by_turns

NODES = 200
TARGET_US = 30.0
_STARTS = 5
_IMPORT = (
    "import backend.app, time; from backend.blocks import catalogue; began = time.perf_counter(); catalogue(); "
    "print(time.perf_counter() - began)"
)


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        async with engine(settings_for(folder)) as app:
            costs = {block.name: await firing_us(app, block, given) for block, given in pure_blocks()}
    worst = max(costs, key=lambda name: costs[name])
    yield Figure(
        "W9",
        f"a firing of a pure block, median of {len(costs)}",
        "µs",
        median(costs.values()),
        target=TARGET_US,
    )
    yield Figure("W9", f"the dearest: {worst}", "µs", costs[worst], target=TARGET_US)
    seconds = [await asyncio.to_thread(import_s) for _ in range(_STARTS)]
    yield Figure("W9", f"importing all {len(list(catalogue()))} blocks", "s", median(seconds), target=0.3)


def pure_blocks() -> Iterator[tuple[Block, JsonObject]]:
    """Blocks that run inline with their first example, and that example."""
    for block in catalogue():
        case = next(iter(block.test_cases()), None)
        if case is None or block.kind in (BlockKind.NOTE, BlockKind.INPUT) or block.collects:
            continue
        is_fine = all(pin != "error" for pin, _ in case.output)
        is_inline = block.execution_for(case.input, frozenset()) is Execution.INLINE
        if is_fine and is_inline and block.is_quick(checked_input(block, case.input)):
            yield block, case.input


async def firing_us(app: App, block: Block, given: JsonObject, *, rounds: int = 5, times: int = 3) -> float:
    """Microseconds of one firing above the block's own work."""
    many = await durable_run(app, _graph(block, given, NODES + 1))
    one = await durable_run(app, _graph(block, given, 1))
    turns = await by_turns(many, one, rounds=rounds, times=times, warm_up=2)
    bare = await by_turns(_bare(block, given), _nothing, rounds=rounds, times=times, warm_up=2)
    return (min(turns.ours) - min(turns.floor) - min(bare.ours)) / NODES * 1e3


def _graph(block: Block, given: JsonObject, count: int) -> Graph:
    nodes = [Node(id=f"n{place}", block_id=block.id, input_default=given) for place in range(count)]
    return Graph(name=f"{count} of {block.name}", nodes=nodes, links=[])


def _bare(block: Block, given: JsonObject) -> Work:
    data = checked_input(block, given)

    async def run() -> None:
        for _ in range(NODES):
            for _ in block.run(data):  # type: ignore[union-attr]  # pure blocks are plain generators
                pass

    return run


async def _nothing() -> None:
    return


def import_s() -> float:
    """Seconds to import every block, in a fresh process that has imported what serves them.

    Compiled files are kept, as they are wherever Blockyard is installed.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT], capture_output=True, text=True, timeout=60, check=True, env=kept
    )
    return float(done.stdout)
