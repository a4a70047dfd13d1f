"""W5: how long `blockyard serve` takes to its first 200, and what it holds in memory when nothing happens.

Cold: an empty folder, so the database is made first. Warm: the database is there and stopped. Memory is PSS
(a page shared by n processes counts 1/n for each) of the server and of its PostgreSQL, after 10 idle seconds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import psutil

from backend.data import embedded
from bench.engine import data_folder
from bench.figure import Figure
from bench.served import blockyard

STARTS = 5
_IDLE_S = 10.0
_SETTLED_S = 1.0
"""After its first answer a server still has things to open; ended earlier it would leave its database running."""
_LIVE = "/api/health/live"
_READY = "/api/health/ready"


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        cold_s = await _start_s(folder, _READY)
        live = [await _start_s(folder, _LIVE) for _ in range(STARTS)]
        ready = [await _start_s(folder, _READY) for _ in range(STARTS)]
        memory_mib = await _idle_mib(folder)
    yield Figure("W5", "start to the first 200, warm", "s", median(live), target=2.0)
    yield Figure("W5", "start until ready to run, warm", "s", median(ready), target=2.0)
    yield Figure("W5", "start until ready, making the database", "s", cold_s)
    if memory_mib is not None:
        yield Figure(
            "W5",
            "memory, idle, with its database",
            "MiB",
            memory_mib,
            target=200.0,
            note="memory: PSS, which counts a page that n processes share as 1/n for each",
        )


async def _start_s(folder: Path, path: str) -> float:
    """Seconds from the spawn to the first 200 on `path`.

    Raises:
        RuntimeError: the server left its database running, so the next start would be another one's.
    """
    async with blockyard(folder, path=path) as server:
        await asyncio.sleep(_SETTLED_S)
    state = embedded.status(folder).state
    if state != "stopped":
        raise RuntimeError(f"After the server's end its database is {state}; it should be stopped.")
    return server.start_s


async def _idle_mib(folder: Path) -> float | None:
    """None where the system does not say (no Linux, or another account's processes)."""
    async with blockyard(folder) as server:
        await asyncio.sleep(_IDLE_S)
        try:
            return sum(map(pss_kib, _processes(folder, server.pid))) / 1024
        except OSError:
            return None


def _processes(folder: Path, server_pid: int) -> Iterator[int]:
    """The server, its PostgreSQL and all their children, each once."""
    database_pid = embedded.status(folder).pid
    roots = [psutil.Process(pid) for pid in (server_pid, database_pid) if pid is not None]
    yield from {process.pid for root in roots for process in [root, *root.children(recursive=True)]}


def pss_kib(pid: int) -> int:
    """The process's proportional share of memory.

    Source: https://docs.kernel.org/filesystems/proc.html, smaps_rollup.
    """
    found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
