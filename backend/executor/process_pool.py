"""Processes for blocks that compute: started when needed, kept warm, killed when a block must stop."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from typing import Any

import orjson

from backend.data.block import BlockData
from backend.util.errors import BlockError, Interrupted

_LENGTH = struct.Struct(">I")


class ProcessPool:
    """At most `size` block processes; 0 means as many as there are cores."""

    def __init__(self, size: int) -> None:
        self._free = asyncio.Semaphore(size or os.cpu_count() or 1)
        self._idle: list[Process] = []
        self._renewals = 0

    async def run(self, block_path: str, data: Any, keywords: dict[str, Any]) -> AsyncIterator[BlockData]:
        """What the block yields. Closing the stream early kills the process.

        Raises:
            BlockError: the block failed.
            Interrupted: its process died.
        """
        async with self._free:
            process = self._idle.pop() if self._idle else await self._start()
            is_reusable, renewals = False, self._renewals
            try:
                await _write(process, {"block": block_path, "input": data, "keywords": keywords})
                while (answer := await _read(process))[0] == "y":
                    yield answer[1], answer[2]
                is_reusable = True
                if answer[0] == "x":
                    raise _failure(answer[1], answer[2])
            finally:
                if is_reusable and renewals == self._renewals:
                    self._idle.append(process)
                elif process.returncode is None:
                    process.kill()

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend.executor.block_process", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )

    async def warm_up(self, count: int) -> None:
        """Start processes before they are needed."""
        self._idle += await asyncio.gather(*(self._start() for _ in range(count)))

    def renew(self) -> None:
        """The blocks' modules have changed: idle processes end now, busy ones after what they do."""
        self._renewals += 1
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                process.kill()

    async def close(self) -> None:
        """End all idle processes; busy ones end with their runs."""
        for process in self._idle:
            if process.returncode is None:
                process.kill()
                await process.wait()
        self._idle.clear()


def _failure(code: str, message: str) -> BlockError:
    error = BlockError(message)
    error.code = code  # type: ignore[misc]  # the instance keeps the kind that the other process named
    return error


async def _write(process: Process, message: Any) -> None:
    assert process.stdin is not None
    raw = orjson.dumps(message)
    process.stdin.write(_LENGTH.pack(len(raw)) + raw)
    await process.stdin.drain()


async def _read(process: Process) -> list[Any]:
    assert process.stdout is not None
    try:
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        answer: list[Any] = orjson.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise Interrupted("The process that ran the block died; it may have used too much memory.") from error
    return answer
