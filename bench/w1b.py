"""W1b: 10 independent nodes of fibonacci(33), each in a process of its own.

The floor is plain Python on all cores: the same calls through a pool of processes. Both sides' processes are
warm.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor

from bench import floor, graphs
from bench.engine import data_folder, durable_run, engine, settings_for
from bench.figure import Figure
from bench.timing import by_turns

SHARE_OF_FLOOR = 0.95


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    cores = os.cpu_count() or 1
    spawn = multiprocessing.get_context("spawn")
    with data_folder() as folder, ProcessPoolExecutor(cores, mp_context=spawn) as pool:
        async with engine(settings_for(folder)) as app:
            await app.worker.services.processes.warm_up(cores)
            ours = await durable_run(app, graphs.independent_fibonacci())
            turns = await by_turns(ours, floor.fibonacci_on_all_cores(pool), rounds=3, times=1, warm_up=1)
    ours_s, floor_s = turns.ours_ms / 1e3, turns.floor_ms / 1e3
    yield Figure(
        "W1b", "10 nodes of fibonacci(33)", "s", ours_s, floor_s, None, floor_s / SHARE_OF_FLOOR,
        note="floor: plain Python on all cores; the target is 0.95 of its speed",
    )  # fmt: skip
